//! A collector at work: its events one by one, and the end it comes to.
//!
//! Why it exists: a collector is a stranger's code over a stranger's network. It may panic, never
//! end, or not listen when it is told to stop; none of that may hold a run for ever. It must not
//! know what the events mean. Its neighbours: `run`, which starts it, and the contract in
//! `cadastre_collect`.

use crate::service::RunSettings;
use cadastre_collect::{CollectError, Collector, ErrorClass, Event, Memory, RunContext, TimeBase};
use cadastre_model::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Events on their way from the collector to the register.
const EVENTS: usize = 1024;

/// How errors of a collector as such name their place.
const PLACE: &str = "collector";

/// A collector, and what it is given for a run.
pub(super) struct Given {
    pub collector: Box<dyn Collector>,
    pub time: TimeBase,
    pub begun_at: Timestamp,
    pub memory: Memory,
}

/// A collector that runs.
pub(super) struct Collection {
    task: JoinHandle<Result<(), CollectError>>,
    events: mpsc::Receiver<Event>,
    cancel: CancellationToken,
    settings: RunSettings,
    /// When it is told to stop.
    deadline: Instant,
    /// When it is waited for no longer; set once it was told to stop.
    patience_ends: Option<Instant>,
    is_over_deadline: bool,
    is_abandoned: bool,
}

impl Collection {
    /// Starts it; `cancel` tells it to stop.
    pub fn start(given: Given, cancel: CancellationToken, settings: RunSettings) -> Collection {
        let Given { collector, time, begun_at, memory } = given;
        let (sender, events) = mpsc::channel(EVENTS);
        let context = RunContext::new(sender, cancel.clone(), time);
        let context = context.begun(begun_at).remembering(memory);
        let collector: Arc<dyn Collector> = collector.into();
        Collection {
            task: tokio::spawn(async move { collector.collect(&context).await }),
            events,
            cancel,
            settings,
            deadline: Instant::now() + settings.deadline,
            patience_ends: None,
            is_over_deadline: false,
            is_abandoned: false,
        }
    }

    /// The next event; `None` when the collector is done, or is waited for no longer.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let alarm = self.patience_ends.unwrap_or(self.deadline);
            tokio::select! {
                event = self.events.recv() => return event,
                () = self.cancel.cancelled(), if self.patience_ends.is_none() => {
                    self.patience_ends = Some(Instant::now() + self.settings.grace);
                }
                () = tokio::time::sleep_until(alarm) => {
                    if self.patience_ends.is_some() {
                        self.abandon();
                        return None;
                    }
                    self.is_over_deadline = true;
                    self.cancel.cancel();
                }
            }
        }
    }

    /// Tells it to stop and listens no longer: nothing of what it says can be written.
    pub fn stop(&mut self) {
        self.cancel.cancel();
        self.events.close();
    }

    fn abandon(&mut self) {
        self.is_abandoned = true;
        self.task.abort();
    }

    /// Why it failed as a whole, if it did. To be asked when there are no more events.
    pub async fn ended(self) -> Option<CollectError> {
        if self.is_over_deadline {
            let limit = words(self.settings.deadline);
            return Some(CollectError::new(
                ErrorClass::Cancelled,
                PLACE,
                format!("the run was stopped because it took longer than {limit}"),
                "what was read stands; give it less to read at once, with `include` or several sources",
            ));
        }
        if self.is_abandoned {
            // It may never yield, so its task is not waited for.
            let grace = words(self.settings.grace);
            return Some(CollectError::new(
                ErrorClass::Cancelled,
                PLACE,
                format!("it was told to stop and had not done so {grace} later"),
                "report this with the log",
            ));
        }
        match self.task.await {
            Ok(outcome) => outcome.err(),
            Err(error) => Some(CollectError::new(
                ErrorClass::BadAnswer,
                PLACE,
                format!("it broke off by a mistake of its own: {error}"),
                "report this with the log",
            )),
        }
    }
}

/// A duration for people: the largest whole unit.
fn words(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        seconds if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        seconds if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}
