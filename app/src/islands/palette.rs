//! The palette: Ctrl-K anywhere, type, see what is found, Enter.
//!
//! It opens and is typed into before the program runs: `public/boot.js` has the key, and what stands in the
//! field then is asked for once the program is there. Enter before that searches the list of assets.

use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What `GET /lookup?q=` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The first few that were found.
    pub hits: Vec<Hit>,
    /// How many there are, in words; what is wrong with the query, if it cannot be read.
    pub note: String,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its name.
    pub name: String,
    /// What it is, in a word.
    pub kind: String,
    /// What tells it from others of the name.
    pub about: String,
    /// Its page.
    pub address: String,
}

/// What the palette holds while it is open.
#[derive(Clone, Copy)]
struct State {
    dialog: NodeRef<html::Dialog>,
    field: NodeRef<html::Input>,
    answer: RwSignal<Answer>,
    /// The hit that Enter opens.
    chosen: RwSignal<usize>,
    /// Answers to older questions come late and are not shown.
    #[cfg(feature = "hydrate")]
    asked: StoredValue<u64>,
    /// The question whose hits are shown.
    #[cfg(feature = "hydrate")]
    answered: StoredValue<u64>,
}

/// The button in the bar, and the dialog. Shown once the program runs.
#[island]
pub fn Palette() -> impl IntoView {
    let state = State {
        dialog: NodeRef::new(),
        field: NodeRef::new(),
        answer: RwSignal::new(Answer::default()),
        chosen: RwSignal::new(0),
        #[cfg(feature = "hydrate")]
        asked: StoredValue::new(0),
        #[cfg(feature = "hydrate")]
        answered: StoredValue::new(0),
    };
    let is_ready = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        is_ready.set(true);
        state.ask();
    });
    let marked = move || match state.answer.with(|answer| answer.hits.is_empty()) {
        true => String::new(),
        false => format!("palette-{}", state.chosen.get()),
    };
    view! {
        <button
            class="button button-quiet palette-button"
            type="button"
            aria-haspopup="dialog"
            hidden=move || !is_ready.get()
            on:click=move |_| state.open()
        >
            "Look up " <kbd>"Ctrl K"</kbd>
        </button>
        <dialog class="palette" aria-label="Look up an asset" node_ref=state.dialog>
            <form action="/assets">
                <input
                    class="palette-field"
                    type="text"
                    name="q"
                    role="combobox"
                    aria-label="Name, address, MAC, id or query"
                    aria-autocomplete="list"
                    aria-controls="palette-hits"
                    aria-expanded=move || state.answer.with(|answer| !answer.hits.is_empty()).to_string()
                    aria-activedescendant=marked
                    placeholder="Name, address, MAC, id or query"
                    autocomplete="off"
                    spellcheck="false"
                    node_ref=state.field
                    on:input=move |_| state.ask()
                    on:keydown=move |event| state.key(&event)
                />
            </form>
            <ul class="palette-hits" id="palette-hits" role="listbox" aria-label="Found">
                {move || hits(state)}
            </ul>
            <p class="palette-note" role="status">{move || state.answer.with(|answer| answer.note.clone())}</p>
        </dialog>
    }
}

fn hits(state: State) -> impl IntoView {
    let hits = state.answer.with(|answer| answer.hits.clone());
    let lines = hits.into_iter().enumerate().map(|(at, hit)| {
        let is_chosen = move || (state.chosen.get() == at).to_string();
        view! {
            <li
                class="palette-hit"
                id=format!("palette-{at}")
                role="option"
                aria-selected=is_chosen
                on:click=move |_| state.open_hit(at)
            >
                <span class="palette-name">{hit.name}</span>
                <span class="badge badge-kind">{hit.kind}</span>
                <span class="palette-about">{hit.about}</span>
            </li>
        }
    });
    lines.collect_view()
}

/// Natively nothing ever happens to an island.
#[cfg(not(feature = "hydrate"))]
impl State {
    fn open(self) {}
    fn ask(self) {}
    fn open_hit(self, _: usize) {}
    fn key(self, _: &leptos::ev::KeyboardEvent) {}
}

#[cfg(feature = "hydrate")]
mod live {
    use super::{Answer, State};
    use crate::islands::browser;
    use leptos::ev::KeyboardEvent;
    use leptos::prelude::*;
    use std::time::Duration;

    /// Typing is not asked after letter by letter.
    const PAUSE: Duration = Duration::from_millis(60);

    impl State {
        pub fn open(self) {
            let (Some(dialog), Some(field)) =
                (self.dialog.get_untracked(), self.field.get_untracked())
            else {
                return;
            };
            // It fails only for one that is open already.
            let _ = dialog.show_modal();
            browser::focus(&field);
        }

        /// Asks for what stands in the field, once typing pauses.
        pub fn ask(self) {
            let turn = self.asked.get_value() + 1;
            self.asked.set_value(turn);
            set_timeout(
                move || {
                    if self.asked.get_value() == turn {
                        leptos::task::spawn_local(self.fetch(turn));
                    }
                },
                PAUSE,
            );
        }

        /// Whether the hits are of the text in the field.
        fn is_answered(self) -> bool {
            self.answered.get_value() == self.asked.get_value()
        }

        async fn fetch(self, turn: u64) {
            let Some(field) = self.field.get_untracked() else { return };
            let text = field.value();
            let answer = match text.trim() {
                "" => Ok(Answer::default()),
                text => browser::fetch(&format!("/lookup?q={}", browser::encoded(text))).await,
            };
            if self.asked.get_value() != turn {
                return;
            }
            self.answered.set_value(turn);
            self.chosen.set(0);
            self.answer.set(answer.unwrap_or_else(|note| Answer { note, ..Answer::default() }));
        }

        pub fn open_hit(self, at: usize) {
            let address = self
                .answer
                .with_untracked(|answer| answer.hits.get(at).map(|hit| hit.address.clone()));
            if let Some(address) = address {
                browser::go(&address);
            }
        }

        pub fn key(self, event: &KeyboardEvent) {
            let count = self.answer.with_untracked(|answer| answer.hits.len());
            let chosen = self.chosen.get_untracked();
            match event.key().as_str() {
                "ArrowDown" if count > 0 => self.chosen.set((chosen + 1) % count),
                "ArrowUp" if count > 0 => self.chosen.set((chosen + count - 1) % count),
                // Of another text than stands there now nothing is opened: the list is asked for it.
                "Enter" if count > 0 && self.is_answered() => self.open_hit(chosen),
                _ => return,
            }
            event.prevent_default();
        }
    }
}
