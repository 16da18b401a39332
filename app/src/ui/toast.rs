//! What was done before the page was shown. An address says it by a word of this list, never by a text
//! of its own, so that nobody can put words on our pages by a link.

use leptos::prelude::*;

/// The word that stands for it in an address, and what people read.
const DONE: [(&str, &str); 4] = [
    ("columns-kept", "These columns are shown from now on in this browser."),
    ("columns-usual", "The usual columns are shown again."),
    ("ageing-let", "Decided. What the next complete run of the scope misses goes stale."),
    (
        "ageing-held",
        "Decided. They stay as they are; the question comes again if the next run misses them too.",
    ),
];

/// Says it, if the word is known.
pub fn toast(word: &str) -> Option<impl IntoView + use<>> {
    let (_, text) = DONE.iter().find(|(known, _)| *known == word)?;
    Some(view! { <p class="notice notice-good toast" role="status">{*text}</p> })
}
