//! Secrets typed at the command line: from standard input or asked for at the terminal, never as an
//! argument.

use secrecy::SecretString;
use std::io::{self, BufRead, IsTerminal, Read};

/// A secret is one line; more than this is something else.
const LIMIT: u64 = 64 * 1024;

/// The first line of standard input.
///
/// # Errors
/// Nothing there, or not text.
pub fn first_line() -> io::Result<SecretString> {
    let mut line = String::new();
    io::stdin().lock().take(LIMIT).read_line(&mut line)?;
    let secret = line.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "standard input is empty"));
    }
    Ok(SecretString::from(secret))
}

/// Asks for a password twice, unseen.
///
/// # Errors
/// There is no terminal, or the two differ.
pub fn ask_password() -> io::Result<SecretString> {
    if !io::stdin().is_terminal() {
        return Err(io::Error::other("there is no terminal to ask at"));
    }
    let once = rpassword::prompt_password("password: ")?;
    let twice = rpassword::prompt_password("once more: ")?;
    if once != twice {
        return Err(io::Error::other("the two differ"));
    }
    Ok(SecretString::from(once))
}
