//! Who is a member of the groups that rule a domain, through other groups too. Pure.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Numbers (RID) in a domain of the groups that rule it, the forest or its keys: Domain Admins,
/// Schema Admins, Enterprise Admins, Group Policy Creator Owners, Key Admins, Enterprise Key Admins
/// (\[MS-DTYP\] 2.4.2.4).
const OF_DOMAIN: [u32; 6] = [512, 518, 519, 520, 526, 527];

/// Numbers of those that every domain has built in: Administrators, Account, Server, Print and
/// Backup Operators.
const BUILT_IN: [u32; 5] = [544, 548, 549, 550, 551];

/// Whether a group of this SID rules the domain, the forest or its controllers.
pub(crate) fn is_privileged(sid: &str) -> bool {
    let Some((domain, rid)) = crate::decode::sid::domain_and_rid(sid) else { return false };
    match domain {
        "S-1-5-32" => BUILT_IN.contains(&rid),
        _ => domain.starts_with("S-1-5-21-") && OF_DOMAIN.contains(&rid),
    }
}

/// The SIDs of all of them, in a domain of this SID.
pub(crate) fn ruling_sids(domain: &str) -> impl Iterator<Item = String> {
    let of_domain = OF_DOMAIN.iter().map(move |rid| format!("{domain}-{rid}"));
    of_domain.chain(BUILT_IN.iter().map(|rid| format!("S-1-5-32-{rid}")))
}

/// The number of a GUID in its text form, to hold many of them.
pub(crate) fn guid_number(guid: &str) -> Option<u128> {
    let digits: String = guid.chars().filter(|letter| *letter != '-').collect();
    (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok())?
}

/// The groups of a domain and who is in them, as far as they were read.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    members: BTreeMap<u128, Vec<u128>>,
    /// Privileged groups and their names.
    privileged: BTreeMap<u128, String>,
    /// Groups of the domain by their number in it, for primary groups.
    by_rid: BTreeMap<u32, u128>,
}

impl Groups {
    /// Adds a group.
    pub(crate) fn add(&mut self, guid: &str, sid: Option<&str>, name: &str, members: Vec<u128>) {
        let Some(group) = guid_number(guid) else { return };
        self.members.insert(group, members);
        let Some(sid) = sid else { return };
        if is_privileged(sid) {
            self.privileged.insert(group, name.to_owned());
        }
        if let Some((_, rid)) = crate::decode::sid::domain_and_rid(sid) {
            self.by_rid.entry(rid).or_insert(group);
        }
    }

    /// Follows the members of each privileged group down.
    pub(crate) fn settle(self) -> Privileges {
        let mut of: BTreeMap<u128, BTreeSet<String>> = BTreeMap::new();
        for (group, name) in &self.privileged {
            let mut met = BTreeSet::from([*group]);
            let mut due = VecDeque::from([*group]);
            while let Some(next) = due.pop_front() {
                for member in self.members.get(&next).into_iter().flatten() {
                    if met.insert(*member) {
                        of.entry(*member).or_default().insert(name.clone());
                        due.push_back(*member);
                    }
                }
            }
        }
        Privileges { of, names: self.privileged, by_rid: self.by_rid }
    }
}

/// Who is in which privileged groups.
#[derive(Debug, Default)]
pub(crate) struct Privileges {
    of: BTreeMap<u128, BTreeSet<String>>,
    names: BTreeMap<u128, String>,
    by_rid: BTreeMap<u32, u128>,
}

impl Privileges {
    /// The privileged groups of an account, by its id and the number of its primary group.
    pub(crate) fn of(&self, guid: &str, primary: Option<u32>) -> BTreeSet<String> {
        let own = guid_number(guid).and_then(|guid| self.of.get(&guid));
        let mut names = own.cloned().unwrap_or_default();
        if let Some(group) = primary.and_then(|rid| self.by_rid.get(&rid)) {
            names.extend(self.names.get(group).cloned());
            names.extend(self.of.get(group).cloned().unwrap_or_default());
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guid(number: u128) -> String {
        let digits = format!("{number:032x}");
        digits
            .chars()
            .enumerate()
            .flat_map(|(at, digit)| {
                let dash = matches!(at, 8 | 12 | 16 | 20).then_some('-');
                dash.into_iter().chain([digit])
            })
            .collect()
    }

    #[test]
    fn the_groups_that_rule() {
        assert!(is_privileged("S-1-5-21-1-2-3-512"));
        assert!(is_privileged("S-1-5-32-544"));
        assert!(!is_privileged("S-1-5-21-1-2-3-544"));
        assert!(!is_privileged("S-1-5-21-1-2-3-513"));
        assert!(!is_privileged("nonsense"));
        assert!(ruling_sids("S-1-5-21-1-2-3").all(|sid| is_privileged(&sid)));
        assert_eq!(guid_number(&guid(7)), Some(7));
        assert_eq!(guid_number("7"), None);
    }

    #[test]
    fn membership_is_followed_through_groups_and_circles() {
        let mut groups = Groups::default();
        groups.add(&guid(1), Some("S-1-5-21-1-2-3-512"), "Domain Admins", vec![2, 9]);
        groups.add(&guid(2), Some("S-1-5-21-1-2-3-1104"), "Leads", vec![3, 10]);
        // A circle, and a group within a group within a group.
        groups.add(&guid(3), Some("S-1-5-21-1-2-3-1105"), "Inner", vec![2, 11]);
        groups.add(&guid(4), Some("S-1-5-32-544"), "Administrators", vec![1]);
        groups.add(&guid(5), None, "Other", vec![12]);
        let privileges = groups.settle();
        let both = ["Administrators", "Domain Admins"];
        for member in [9, 10, 11] {
            assert!(privileges.of(&guid(member), None).iter().eq(both.iter()), "{member}");
        }
        assert!(privileges.of(&guid(12), Some(513)).is_empty());
        // By primary group: it is a member of no list.
        assert!(privileges.of(&guid(12), Some(512)).iter().eq(both.iter()));
        assert!(privileges.of(&guid(12), Some(1105)).iter().eq(both.iter()));
    }
}
