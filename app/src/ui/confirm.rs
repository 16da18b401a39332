//! A question before something that cannot be taken back.

use leptos::prelude::*;

/// Says what will happen, does it at a press, and leads away as easily.
#[component]
pub fn Confirm(
    /// Where a yes is posted to.
    #[prop(into)]
    action: String,
    /// What the button does, as a verb with its object.
    #[prop(into)]
    deed: String,
    /// Where a no leads.
    #[prop(into)]
    back: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="confirm">
            {children()}
            <form class="form-actions" method="post" action=action>
                <button class="button button-danger">{deed}</button>
                <a class="button" href=back>"No, go back"</a>
            </form>
        </section>
    }
}
