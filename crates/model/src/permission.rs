//! Who may do what. Asked by the service in every use case.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a person or token is here for. Roles are not ordered: an auditor is not half an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks things up.
    Reader,
    /// Also edits owners, tags, sites; decides conflicts; starts runs.
    Editor,
    /// Reads, also the audit log and evidence.
    Auditor,
    /// Reads, also imports and closes cost.
    Finance,
    /// Everything, sources and users included.
    Admin,
}

/// One thing that needs leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Read assets, relations, history.
    AssetRead,
    /// Edit owner, tags, site and other locks; hide and add assets.
    AssetEdit,
    /// Read the conflict queue.
    ConflictRead,
    /// Decide conflicts.
    ConflictDecide,
    /// See sources and runs (never secrets).
    SourceRead,
    /// Add, change, remove and test sources.
    SourceManage,
    /// Start a run.
    RunStart,
    /// Read the audit log.
    AuditRead,
    /// Export evidence.
    EvidenceExport,
    /// Import charges, run allocations, close a month.
    CostManage,
    /// Add and change users and tokens.
    UserManage,
    /// Back up, restore, migrate, configure.
    SystemManage,
}

impl Permission {
    /// Whether it is only about reading.
    #[must_use]
    pub fn is_reading(self) -> bool {
        use Permission as P;
        matches!(self, P::AssetRead | P::ConflictRead | P::SourceRead | P::AuditRead)
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] =
        [Role::Reader, Role::Editor, Role::Auditor, Role::Finance, Role::Admin];

    /// The word in files and output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Editor => "editor",
            Role::Auditor => "auditor",
            Role::Finance => "finance",
            Role::Admin => "admin",
        }
    }

    /// Whether the role grants the permission.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        let everyone = matches!(permission, P::AssetRead | P::ConflictRead | P::SourceRead);
        everyone
            || match self {
                Role::Reader => false,
                Role::Editor => {
                    matches!(permission, P::AssetEdit | P::ConflictDecide | P::RunStart)
                }
                Role::Auditor => matches!(permission, P::AuditRead | P::EvidenceExport),
                Role::Finance => matches!(permission, P::CostManage),
                Role::Admin => true,
            }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL.into_iter().find(|role| role.word() == text).ok_or_else(|| {
            format!("`{text}` is not a role; expected reader, editor, auditor, finance or admin")
        })
    }
}

/// Who acts: a person, a token, a worker, or someone at the machine's command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// As written to revisions and the audit log: `user:alice`, `token:report@alice`, `cli:root`,
    /// `worker`.
    pub name: String,
    /// What it is here for.
    pub role: Role,
    /// It may only read, whatever its role: a token that was not made to write.
    #[serde(default)]
    pub reads_only: bool,
}

impl Actor {
    /// Someone who may do all that the role grants.
    pub fn new(name: impl Into<String>, role: Role) -> Actor {
        Actor { name: name.into(), role, reads_only: false }
    }

    /// Someone at the command line of the machine that holds the database: an admin by that fact.
    pub fn cli(user: &str) -> Actor {
        Actor::new(format!("cli:{user}"), Role::Admin)
    }

    /// The background worker.
    #[must_use]
    pub fn worker() -> Actor {
        Actor::new("worker", Role::Admin)
    }

    /// Whether it may.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role.allows(permission) && (!self.reads_only || permission.is_reading())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_only_may_do_no_more_than_its_role_and_nothing_but_read() {
        for role in Role::ALL {
            let reader = Actor { reads_only: true, ..Actor::new("token:x@y", role) };
            for permission in [Permission::AssetRead, Permission::AuditRead, Permission::SourceRead]
            {
                assert_eq!(reader.may(permission), role.allows(permission), "{role}");
            }
            for permission in [
                Permission::AssetEdit,
                Permission::RunStart,
                Permission::UserManage,
                Permission::SystemManage,
            ] {
                assert!(!reader.may(permission), "{role}");
            }
        }
    }
}
