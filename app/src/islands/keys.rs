//! The keyboard on every page: `/` searches, `j` and `k` go through rows, Enter opens one, `?` helps.

use leptos::html;
use leptos::prelude::*;

/// Keys and what they do, as the help shows them.
const HELP: [(&str, &str); 6] = [
    ("/", "search"),
    ("Ctrl K", "look up with results as you type"),
    ("j", "next row"),
    ("k", "row before"),
    ("Enter", "open the row"),
    ("?", "this help"),
];

/// The help, and the keys once the program runs.
#[island]
pub fn Keys() -> impl IntoView {
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| live::listen(dialog));
    let lines = HELP.map(|(key, does)| {
        view! {
            <div>
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
            </div>
        }
    });
    view! {
        <dialog class="dialog" aria-labelledby="keys-title" node_ref=dialog>
            <h2 id="keys-title">"Keys"</h2>
            <dl class="facts">{lines.into_iter().collect_view()}</dl>
            <form method="dialog">
                <button class="button">"Close"</button>
            </form>
        </dialog>
    }
}

#[cfg(feature = "hydrate")]
mod live {
    use crate::islands::browser;
    use leptos::ev::{KeyboardEvent, keydown};
    use leptos::html;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast as _;

    /// What a row is opened by.
    const ROWS: &str = "main .table tbody tr td:first-child a";
    /// Where it is searched: in the list, or else in the bar.
    const SEARCH: [&str; 2] = [".filter input[type=search]", ".bar-search input"];

    pub fn listen(dialog: NodeRef<html::Dialog>) {
        let _ = window_event_listener(keydown, move |event| {
            let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            if is_plain && !browser::is_typing() && act(&event, dialog) {
                event.prevent_default();
            }
        });
    }

    /// Does what the key stands for; `false` if it stands for nothing here.
    fn act(event: &KeyboardEvent, dialog: NodeRef<html::Dialog>) -> bool {
        match event.key().as_str() {
            "/" => search(),
            "j" => step(1),
            "k" => step(-1),
            "?" => dialog.get_untracked().is_some_and(|dialog| dialog.show_modal().is_ok()),
            _ => false,
        }
    }

    fn search() -> bool {
        let field = SEARCH.iter().find_map(|field| browser::all(field).into_iter().next());
        let Some(field) = field.and_then(|field| field.dyn_into().ok()) else { return false };
        browser::focus(&field);
        true
    }

    /// Moves the focus by rows; Enter then opens the link as ever.
    fn step(by: isize) -> bool {
        let rows = browser::all(ROWS);
        let focused = browser::focused();
        let now = rows.iter().position(|row| focused.as_ref() == Some(row.as_ref()));
        let next = match now {
            Some(now) => now.saturating_add_signed(by).min(rows.len().saturating_sub(1)),
            None => 0,
        };
        rows.get(next).is_some_and(|row| row.focus().is_ok())
    }
}
