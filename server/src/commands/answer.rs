//! Answers on standard output, and what goes wrong in giving them.

use super::Outcome;
use crate::cli::exit::{Exit, Problem};
use crate::wiring::problems;
use cadastre_service::{ErrorKind, ServiceError};
use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Standard output, buffered.
pub fn out() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Prints a value as JSON, one line.
pub fn json(value: &impl Serialize) -> Outcome {
    let mut out = out();
    serde_json::to_writer(&mut out, value).map_err(|error| written(error.into()))?;
    writeln!(out).and_then(|()| out.flush()).map_err(written)?;
    Ok(Exit::Done)
}

/// Prints one line for people.
pub fn line(text: impl std::fmt::Display) -> Outcome {
    let mut out = out();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(written)?;
    Ok(Exit::Done)
}

/// Output that could not be written. Who reads through `head` has read enough: that is no problem to
/// tell, though the command still ends as failed, like any other that is cut off.
pub fn written(error: io::Error) -> Vec<Problem> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Vec::new();
    }
    vec![Problem::new(format!("the answer could not be written: {error}"))]
}

/// An error of the service: wrong usage ends with 2, everything else with 1.
pub fn failed(error: ServiceError) -> Outcome {
    let wrong_usage = error.kind == ErrorKind::Invalid;
    let problems = problems(error);
    if !wrong_usage {
        return Err(problems);
    }
    crate::cli::exit::tell(&mut io::stderr(), &problems);
    Ok(Exit::Usage)
}
