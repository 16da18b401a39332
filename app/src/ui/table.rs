//! A table of rows: the head stays in sight, what is too wide scrolls inside its frame.

use leptos::prelude::*;

/// The head of a column.
pub struct Head {
    word: String,
    class: Option<&'static str>,
    title: Option<&'static str>,
    sort: Option<(String, &'static str)>,
}

impl Head {
    /// With a word.
    pub fn new(word: impl Into<String>) -> Head {
        Head { word: word.into(), class: None, title: None, sort: None }
    }

    /// Of numbers, which end where their column ends.
    pub fn num(self) -> Head {
        Head { class: Some("num"), ..self }
    }

    /// With what the column says, shown to who points at it.
    pub fn told(self, title: &'static str) -> Head {
        Head { title: Some(title), ..self }
    }

    /// With the address of the other order, and the order it has: `ascending`, `descending` or `none`.
    pub fn sorted(self, link: String, order: &'static str) -> Head {
        Head { sort: Some((link, order)), ..self }
    }

    fn view(self) -> AnyView {
        let Head { word, class, title, sort } = self;
        match sort {
            Some((link, order)) => view! {
                <th scope="col" class=class title=title aria-sort=order>
                    <a href=link>{word}</a>
                </th>
            }
            .into_any(),
            None => view! { <th scope="col" class=class title=title>{word}</th> }.into_any(),
        }
    }
}

/// Heads for words alone.
pub fn heads<const N: usize>(words: [&'static str; N]) -> Vec<Head> {
    words.into_iter().map(Head::new).collect()
}

/// Rows (`tr`) under heads. The label says what they are to who cannot see them.
///
/// A table that `stacks` shows each row as a paragraph on a phone, where the heads find no room: a cell
/// that says nothing without its head repeats it as `data-head`.
#[component]
pub fn Table(
    #[prop(into)] label: String,
    heads: Vec<Head>,
    rows: Vec<AnyView>,
    #[prop(default = true)] stacks: bool,
) -> impl IntoView {
    let class = if stacks { "table table-stacks" } else { "table" };
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class=class>
                <thead>
                    <tr>{heads.into_iter().map(Head::view).collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
