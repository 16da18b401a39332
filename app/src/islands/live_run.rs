//! A run's figures as it goes on: shown once by the server, and again whenever it says they changed.

use crate::ui::RunFigures;
use cadastre_model::RunNow;
use leptos::prelude::*;

/// The figures of a run that goes on. Its end loads the page anew, with what the run changed.
#[island]
pub fn LiveRun(now: RunNow) -> impl IntoView {
    let shown = RwSignal::new(now);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| live::follow(shown));
    view! { <div class="live">{move || view! { <RunFigures now=shown.get()/> }}</div> }
}

#[cfg(feature = "hydrate")]
mod live {
    use super::RunNow;
    use crate::islands::browser;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen::prelude::Closure;
    use web_sys::{EventSource, MessageEvent};

    /// Who was refused asks again after so long.
    const COME_BACK: Duration = Duration::from_secs(30);

    /// Hears how the run stands until it has ended. A connection that breaks is made anew by the browser; one
    /// that was refused, because too many look on, is not, and so is asked for again.
    pub fn follow(shown: RwSignal<RunNow>) {
        let run = shown.with_untracked(|now| now.run);
        let Ok(events) = EventSource::new(&format!("/runs/{run}/events")) else { return };
        let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            if let Ok(now) = serde_json::from_str(&text) {
                shown.set(now);
            }
        });
        events.set_onmessage(Some(told.as_ref().unchecked_ref()));
        let refused = events.clone();
        let broken = Closure::<dyn Fn()>::new(move || {
            if refused.ready_state() == EventSource::CLOSED {
                set_timeout(move || follow(shown), COME_BACK);
            }
        });
        events.set_onerror(Some(broken.as_ref().unchecked_ref()));
        let source = events.clone();
        let ended = Closure::<dyn Fn()>::new(move || {
            source.close();
            browser::reload();
        });
        // It fails only without memory.
        let _ = events.add_event_listener_with_callback("end", ended.as_ref().unchecked_ref());
        // They are heard as long as the page is shown.
        told.forget();
        broken.forget();
        ended.forget();
    }
}
