//! The wish to read the certificate and its key anew (SIGHUP), as those who renew them send it.

use crate::cli::exit::Problem;
use crate::config::TlsFiles;
use crate::tls;
use rustls::ServerConfig;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Reads the pair now, and again at each wish; a pair that cannot be used leaves the old in force.
/// The wish is heard from the moment this returns.
pub fn pair_in_force(files: TlsFiles) -> Result<watch::Receiver<Arc<ServerConfig>>, Vec<Problem>> {
    let pair =
        tls::read(&files).map_err(|error| vec![Problem::new(&error).advise(error.advice())])?;
    let hangups = signal(SignalKind::hangup()).map_err(|error| {
        vec![Problem::new(format!("the wish to reload could not be heard: {error}"))]
    })?;
    let (sender, receiver) = watch::channel(pair);
    tokio::spawn(reload(files, hangups, sender));
    Ok(receiver)
}

async fn reload(files: TlsFiles, mut hangups: Signal, pair: watch::Sender<Arc<ServerConfig>>) {
    while hangups.recv().await.is_some() {
        let files = files.clone();
        match tokio::task::spawn_blocking(move || tls::read(&files)).await {
            Ok(Ok(new)) => {
                pair.send_replace(new);
                tracing::info!("the certificate and its key were read anew");
            }
            Ok(Err(error)) => tracing::error!(
                advice = error.advice(),
                "the old certificate stays in force: {error}"
            ),
            Err(error) => tracing::error!(%error, "the old certificate stays in force"),
        }
    }
}
