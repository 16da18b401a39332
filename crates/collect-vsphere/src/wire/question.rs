//! A question: what goes out, what it is known by in a recording, and what of it people may read.

use super::tape::without_sessions;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// This much of a question stands in a recording, for people who read the file.
const TOLD_MAX_CHARS: usize = 2_000;

/// HTTP's verbs, as far as they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Read.
    Get,
    /// Call.
    Post,
    /// End a session.
    Delete,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Delete => "DELETE",
        }
    }
}

/// One question.
#[derive(Debug)]
pub(crate) struct Question {
    /// What is asked, in a word: `RetrievePropertiesEx`.
    pub what: String,
    /// How.
    pub verb: Verb,
    /// Where, from the first slash on.
    pub path: String,
    /// Plain headers.
    pub headers: Vec<(&'static str, String)>,
    /// Headers that are secrets.
    pub secret_headers: Vec<(&'static str, SecretString)>,
    /// What is sent along.
    pub body: Option<String>,
    /// The question or its good answer holds a secret: neither is taken down.
    pub secret: bool,
    /// Asking twice does no harm.
    pub may_repeat: bool,
}

impl Question {
    /// A question without headers and body.
    pub(crate) fn new(what: impl Into<String>, verb: Verb, path: impl Into<String>) -> Question {
        Question {
            what: what.into(),
            verb,
            path: path.into(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body: None,
            secret: false,
            may_repeat: true,
        }
    }

    /// With a body of this type.
    pub(crate) fn with_body(mut self, content_type: &str, body: String) -> Question {
        self.headers.push(("content-type", content_type.to_owned()));
        self.body = Some(body);
        self
    }

    /// What it is known by: the same in each run that asks the same, whatever its session.
    pub(crate) fn key(&self) -> String {
        let head = format!("{} {} {}", self.verb.word(), self.path, self.what);
        match &self.body {
            Some(body) if !self.secret => {
                let digest = Sha256::digest(without_sessions(body).as_bytes());
                let short: String =
                    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
                format!("{head} {short}")
            }
            _ => head,
        }
    }

    /// What of it people may read.
    pub(crate) fn told(&self) -> String {
        match &self.body {
            Some(body) if !self.secret => {
                without_sessions(body).chars().take(TOLD_MAX_CHARS).collect()
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(body: &str) -> Question {
        Question::new("Ask", Verb::Post, "/sdk").with_body("text/xml", body.to_owned())
    }

    #[test]
    fn the_session_is_no_part_of_the_key() {
        let first = question("<a>session[52aa-1]52bb</a>");
        let second = question("<a>session[99-zz]52bb</a>");
        assert_eq!(first.key(), second.key());
        assert_ne!(first.key(), question("<a>other</a>").key());
        assert!(!first.told().contains("52aa"), "{}", first.told());
    }

    #[test]
    fn a_secret_question_is_not_told() {
        let mut login = question("<password>hunter2</password>");
        login.secret = true;
        assert_eq!((login.told().as_str(), login.key().as_str()), ("", "POST /sdk Ask"));
    }
}
