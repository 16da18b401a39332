//! The wish to stop: an interrupt (Ctrl-C) or a wish to terminate, as service managers send it.

use crate::cli::exit::Problem;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Cancels `stop` at the first wish, and logs `told`. The wish is heard from the moment this returns.
pub fn cancel_on_signal(
    stop: CancellationToken,
    told: &'static str,
) -> Result<JoinHandle<()>, Vec<Problem>> {
    let hear = |kind| {
        signal(kind).map_err(|error| {
            vec![Problem::new(format!("the wish to stop could not be heard: {error}"))]
        })
    };
    let mut interrupt = hear(SignalKind::interrupt())?;
    let mut terminate = hear(SignalKind::terminate())?;
    Ok(tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("{told}");
        stop.cancel();
    }))
}
