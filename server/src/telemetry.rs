//! Logging: what is told while the program runs, to standard error, for people or as JSON.
//!
//! Why it exists: results go to standard output and must stay clean; everything else goes here.
//! What it must not know: what is logged. Its neighbour: `config`, which checks the level with it.

use crate::config::{Log, LogFormat};
use cadastre_service::toml_doc::closest;
use std::io::IsTerminal;
use tracing::Subscriber;
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Logging cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level passed the check and is refused all the same.
    #[error("log.level cannot be used: {0}")]
    Level(#[from] ParseError),
    /// Something else in this process logs already.
    #[error("logging is set up already: {0}")]
    Twice(#[from] TryInitError),
}

/// Sends logs to standard error from now on, coloured on a terminal.
///
/// # Errors
/// It was done before, or the level cannot be used.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let is_coloured = std::io::stderr().is_terminal();
    subscriber(log, std::io::stderr, is_coloured)?.try_init()?;
    Ok(())
}

/// Whether the text is a level, or levels of modules as in `info,cadastre_store=debug`.
///
/// # Errors
/// What is wrong, in words. A misspelt level would else be taken for a module's name.
pub fn level_check(text: &str) -> Result<(), String> {
    for directive in text.split(',').map(str::trim) {
        let (module, level) = match directive.split_once('=') {
            Some((module, level)) => (Some(module), level),
            None => (None, directive),
        };
        let is_named = |module: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
            !module.is_empty() && module.chars().all(plain)
        };
        if LEVELS.contains(&level) && module.is_none_or(is_named) {
            continue;
        }
        let near = closest(level, LEVELS)
            .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Err(format!(
            "`{directive}` is not a log level, expected one of {}, or MODULE=LEVEL{near}",
            LEVELS.join(", ")
        ));
    }
    Ok(())
}

fn subscriber<W>(
    log: &Log,
    writer: W,
    is_coloured: bool,
) -> Result<Box<dyn Subscriber + Send + Sync>, ParseError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.level)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(is_coloured)
        // Where nobody listens there is nobody to complain to: it would panic in trying.
        .log_internal_errors(false);
    Ok(match log.format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: &str, format: LogFormat) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let log = Log { level: level.to_owned(), format };
        let subscriber = subscriber(&log, move || writer.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(source = "prod", "run begins");
            tracing::debug!("a detail");
        });
        let bytes = memory.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn text_of_the_level_and_above() {
        let text = logged("info", LogFormat::Text);
        assert!(text.contains("run begins") && text.contains("source=\"prod\""), "{text}");
        assert!(!text.contains("a detail"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(logged("error", LogFormat::Text), "");
        let of_this_crate = concat!("off,", env!("CARGO_CRATE_NAME"), "=debug");
        assert!(logged(of_this_crate, LogFormat::Text).contains("a detail"));
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = logged("debug", LogFormat::Json);
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        let first = lines.first().unwrap();
        assert_eq!(first.get("message").unwrap(), "run begins");
        assert_eq!(first.get("source").unwrap(), "prod");
    }

    #[test]
    fn levels() {
        for level in ["info", "off", "warn,cadastre_store=debug", "error, sqlx::query=off"] {
            assert_eq!(level_check(level), Ok(()), "{level}");
        }
        for level in ["", "inof", "INFO", "info,", "=info", "a b=info", "store=loud", "info info"] {
            assert!(level_check(level).is_err(), "{level}");
        }
        let problem = level_check("inof").unwrap_err();
        assert!(problem.ends_with("did you mean `info`?"), "{problem}");
    }
}
