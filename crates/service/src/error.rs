//! The one error of the service: what sort it is, in words that say what to do.

use cadastre_collect::{CollectError, RecordingError, SettingError};
use cadastre_model::query::ParseError;
use cadastre_model::{Actor, Permission};
use cadastre_store::StoreError;

/// What sort of trouble: decides the exit status and the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The actor may not.
    Forbidden,
    /// Too many tries: the next may come after so many seconds.
    TooSoon(u32),
    /// There is nothing of that name.
    NotFound,
    /// What was given makes no sense.
    Invalid,
    /// It clashes with what is there or under way.
    Conflict,
    /// The database or a peer does not answer.
    Unavailable,
    /// Anything else that went wrong on our side.
    Failed,
}

/// An error of a use case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ServiceError {
    /// What sort of trouble.
    pub kind: ErrorKind,
    /// What went wrong and where.
    pub message: String,
    /// What to do next, if the message does not say it.
    pub hint: Option<String>,
}

/// What use cases return.
pub type Result<T> = std::result::Result<T, ServiceError>;

impl ServiceError {
    /// An error of this sort.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> ServiceError {
        ServiceError { kind, message: message.into(), hint: None }
    }

    /// With advice.
    #[must_use]
    pub fn advising(mut self, hint: impl Into<String>) -> ServiceError {
        self.hint = Some(hint.into());
        self
    }

    /// Several problems with what was given, one a line.
    pub fn invalid_all(problems: impl IntoIterator<Item = String>) -> ServiceError {
        let lines: Vec<String> = problems.into_iter().collect();
        ServiceError::new(ErrorKind::Invalid, lines.join("\n"))
    }

    /// A query that does not parse, shown with the place.
    #[must_use]
    pub fn query(text: &str, errors: &[ParseError]) -> ServiceError {
        // On lines of its own, so that the marks stand under what they mark.
        let marked = cadastre_model::query::render(text, errors);
        ServiceError::new(ErrorKind::Invalid, format!("the query cannot be read\n{marked}"))
            .advising("docs/QUERY.md has the language with examples")
    }
}

/// Refuses an actor without the permission.
///
/// # Errors
/// [`ErrorKind::Forbidden`].
pub fn require(actor: &Actor, permission: Permission) -> Result<()> {
    if actor.may(permission) {
        return Ok(());
    }
    Err(refused(actor))
}

/// What to tell an actor who may not.
#[must_use]
pub fn refused(actor: &Actor) -> ServiceError {
    let who = format!("{} has the role {}", actor.name, actor.role);
    if actor.reads_only {
        let message = format!("{who}, reads only, and may not do this");
        return ServiceError::new(ErrorKind::Forbidden, message).advising(
            "a token writes if it was made with `cadastre token add --write` for an account that may",
        );
    }
    ServiceError::new(ErrorKind::Forbidden, format!("{who} and may not do this"))
        .advising("ask an admin")
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> ServiceError {
        let kind = match &error {
            StoreError::Unknown { .. } => ErrorKind::NotFound,
            StoreError::Exists { .. }
            | StoreError::Changed { .. }
            | StoreError::RunUnderWay { .. } => ErrorKind::Conflict,
            StoreError::Refused(_) | StoreError::Address { .. } => ErrorKind::Invalid,
            StoreError::Database { .. }
            | StoreError::Unreachable { .. }
            | StoreError::Unusable { .. }
            | StoreError::Missing { .. } => ErrorKind::Unavailable,
            StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::Backup { .. }
            | StoreError::Corrupt { .. } => ErrorKind::Failed,
        };
        let hint = match &error {
            _ if error.is_disk_full() => {
                Some("the disk is full: make room; what was committed stands")
            }
            StoreError::Exists { .. } => Some("choose another name"),
            StoreError::Changed { .. } => Some("look at how it stands now, and try again"),
            StoreError::Unknown { what: "open conflict", .. } => {
                Some("it may have been decided, or settled by a later run: list what is open now")
            }
            StoreError::Backup { why, .. } if why.contains("(os error") => {
                Some("check the name, its folder and the permissions there")
            }
            _ => None,
        };
        let error = ServiceError::new(kind, error.to_string());
        match hint {
            Some(hint) => error.advising(hint),
            None => error,
        }
    }
}

impl From<CollectError> for ServiceError {
    fn from(error: CollectError) -> ServiceError {
        ServiceError::new(ErrorKind::Unavailable, format!("{}: {}", error.place, error.what))
            .advising(error.hint)
    }
}

impl From<RecordingError> for ServiceError {
    fn from(error: RecordingError) -> ServiceError {
        ServiceError::new(ErrorKind::Invalid, error.to_string())
    }
}

impl From<Vec<SettingError>> for ServiceError {
    fn from(errors: Vec<SettingError>) -> ServiceError {
        ServiceError::invalid_all(errors.iter().map(ToString::to_string))
    }
}
