//! Why a value: who stands behind it, and when they last said so.

use super::fetch::AssetPage;
use cadastre_model::{Attr, Lock, Losing, Timestamp, Witness};

impl AssetPage {
    /// A person's value for an attribute, if there is one.
    #[must_use]
    pub fn lock(&self, attr: Attr) -> Option<&Lock> {
        self.locks.iter().find(|lock| lock.attr == attr)
    }

    /// Who stands behind an attribute's value; a lock also behind one that is held empty.
    #[must_use]
    pub fn winner(&self, attr: Attr) -> Option<Witness> {
        self.doc.winner(attr).or_else(|| self.lock(attr).map(|_| Witness::Lock))
    }

    /// The values of an attribute that lost, in order of authority.
    #[must_use]
    pub fn losers(&self, attr: Attr) -> &[Losing] {
        self.doc.provenance.get(&attr).map_or(&[], |one| one.losers.as_slice())
    }

    /// The witness's name: a source's, `lock`, or what it is derived from.
    #[must_use]
    pub fn witness_name(&self, witness: &Witness) -> String {
        match witness {
            Witness::Source(id) => self
                .records
                .iter()
                .find(|record| record.source_id == *id)
                .map_or_else(|| format!("source {id}"), |record| record.source.clone()),
            Witness::Lock => "lock".to_owned(),
            Witness::Derived(from) => from.clone(),
        }
    }

    /// When the witness last said so: a source when its record was last seen, a person when they set
    /// it.
    #[must_use]
    pub fn witness_time(&self, attr: Attr, witness: &Witness) -> Option<Timestamp> {
        match witness {
            Witness::Source(id) => {
                let records = self.records.iter().filter(|record| record.source_id == *id);
                records.map(|record| record.last_seen).max()
            }
            Witness::Lock => self.lock(attr).map(|lock| lock.set_at),
            Witness::Derived(_) => Some(self.last_seen),
        }
    }
}
