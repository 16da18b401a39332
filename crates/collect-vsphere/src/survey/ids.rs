//! Who may be known by which UUID: of several that claim one, the oldest.

use cadastre_model::Identifier;
use std::collections::BTreeMap;

/// Who holds which UUID.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    holders: BTreeMap<String, String>,
}

impl Holders {
    /// An object states a UUID. Of several, the one that was made first holds it: a copy that kept
    /// its original's UUID came later, and vCenter counts its objects up.
    pub(super) fn claim(&mut self, uuid: Option<&str>, id: &str) {
        let Some(uuid) = uuid.and_then(normal) else { return };
        let holder = self.holders.entry(uuid).or_insert_with(|| id.to_owned());
        if age(id) < age(holder) {
            id.clone_into(holder);
        }
    }

    /// Whether this object is the one known by the UUID. One that nobody held when the survey was
    /// made is free.
    pub(super) fn may_hold(&self, uuid: &str, id: &str) -> bool {
        self.holders.get(uuid).is_none_or(|holder| holder == id)
    }
}

/// A UUID in its normal form; nothing, if it is a placeholder of a factory, which many have.
pub(super) fn normal(uuid: &str) -> Option<String> {
    let identifier = Identifier::smbios_uuid(uuid)?;
    identifier.junk().is_none().then_some(identifier.value)
}

/// `vm-9` before `vm-10`.
fn age(id: &str) -> (usize, &str) {
    (id.len(), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "502F1EC2-7A5B-4E4B-8B1C-0A0B0C0D0E0F";

    #[test]
    fn the_oldest_holds_it_in_whatever_order_they_come() {
        for order in [["vm-9", "vm-10", "vm-100"], ["vm-100", "vm-9", "vm-10"]] {
            let mut holders = Holders::default();
            for id in order {
                holders.claim(Some(UUID), id);
            }
            let uuid = normal(UUID).unwrap_or_default();
            assert!(holders.may_hold(&uuid, "vm-9"));
            assert!(!holders.may_hold(&uuid, "vm-10"));
        }
    }

    #[test]
    fn placeholders_are_nobodys() {
        assert_eq!(normal("03000200-0400-0500-0006-000700080009"), None);
        assert_eq!(normal("not a uuid"), None);
        assert_eq!(normal(UUID).as_deref(), Some("502f1ec2-7a5b-4e4b-8b1c-0a0b0c0d0e0f"));
    }
}
