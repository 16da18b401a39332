//! One run of a collector into memory, as the engine would have it, without a register.

use crate::Outcome;
use cadastre_collect::{Event, Factory, Memory, Mode, RunContext, TimeBase};
use cadastre_model::Enumeration;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What a run gave.
pub struct Collected {
    /// Things seen.
    pub seen: u64,
    /// What its scopes left for the next run.
    pub memory: Memory,
}

/// Runs a collector; an error if any scope was not read whole.
pub async fn collected(
    factory: &dyn Factory,
    settings: &Value,
    secrets: &[(&str, &str)],
    memory: Memory,
) -> Outcome<Collected> {
    let secrets: BTreeMap<String, SecretString> = secrets
        .iter()
        .map(|(key, secret)| ((*key).to_owned(), SecretString::from(*secret)))
        .collect();
    let built = factory.build(settings, &secrets, Mode::Live);
    let collector = built.map_err(|errors| format!("{errors:?}"))?;
    let (sender, mut events) = mpsc::channel(1024);
    let run =
        RunContext::new(sender, CancellationToken::new(), TimeBase::live()).remembering(memory);
    let listening = tokio::spawn(async move {
        let (mut found, mut gap) = (Collected { seen: 0, memory: Memory::default() }, None);
        while let Some(event) = events.recv().await {
            match event {
                Event::Seen(_) => found.seen += 1,
                Event::ScopeFinished { scope, coverage } => {
                    if coverage.enumeration != Enumeration::Complete {
                        gap = coverage.error;
                    }
                    found.memory.scopes.insert(scope, coverage.mark);
                }
                _ => {}
            }
        }
        (found, gap)
    });
    collector.collect(&run).await?;
    drop(run);
    match listening.await? {
        (found, None) => Ok(found),
        (_, Some(gap)) => Err(gap.into()),
    }
}

/// Of several times the one in the middle, in milliseconds.
pub fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
