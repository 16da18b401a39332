//! Asking a page for another day: a date to pick, or a moment to type.

use super::{Field, Fold};
use leptos::prelude::*;

/// Two small forms that lead to the same page `as_of` what is asked. `asked` is what the page shows;
/// `kept` is what else its address says.
#[component]
pub fn AsOf(
    #[prop(into)] address: String,
    #[prop(into)] asked: String,
    #[prop(optional_no_strip)] kept: Option<(&'static str, String)>,
) -> impl IntoView {
    let keep = move || {
        kept.clone().map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
    };
    let is_open = !asked.is_empty();
    let (day, moment) =
        if is_day(&asked) { (asked, String::new()) } else { (String::new(), asked) };
    view! {
        <Fold summary="Show another day" open=is_open>
            <div class="as-of">
                <form method="get" action=address.clone()>
                    {keep()}
                    <Field
                        name="as_of"
                        id="as-of-day"
                        label="As of the end of"
                        kind="date"
                        value=day
                    />
                    <button class="button">"Show the day"</button>
                </form>
                <form method="get" action=address>
                    {keep()}
                    <Field
                        name="as_of"
                        id="as-of-moment"
                        label="Or as of a moment"
                        hint="Such as 2026-06-30T12:00:00Z or -7d."
                        value=moment
                    />
                    <button class="button">"Show the moment"</button>
                </form>
            </div>
        </Fold>
    }
}

/// Whether a date input can show it: `2026-06-30`.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_day;

    #[test]
    fn a_day_is_told_from_a_moment() {
        assert!(is_day("2026-06-30"));
        for moment in ["", "-7d", "2026-06-30T12:00:00Z", "2026-6-30", "30.06.2026"] {
            assert!(!is_day(moment), "{moment}");
        }
    }
}
