//! Editing assets by hand, one or many: all or none, and everything that is wrong at once.

use crate::asset_ports::PortEdits;
use crate::asset_tags::TagEdit;
use crate::assets::{AssetEdit, Known};
use crate::error::{Result, ServiceError, require};
use crate::service::Service;
use cadastre_model::registry::ValueType;
use cadastre_model::{
    Actor, AssetId, Attr, Lock, Permission, Plan, Policy, Reason, Rev, Rule, Value,
};
use cadastre_store::{StoreError, WriteTx};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// One asset's part of an edit.
#[derive(Clone, Debug)]
pub struct AssetChange {
    /// The asset.
    pub id: AssetId,
    /// What to set on it and to release.
    pub edit: AssetEdit,
    /// The revisions of which its version must be one, so that nothing is overwritten that was not
    /// seen; `None`: whichever it is.
    pub versions: Option<Vec<Rev>>,
}

/// What is wrong with one part of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditProblem {
    /// Which part, from 0.
    pub index: usize,
    /// What sort of trouble.
    pub trouble: EditTrouble,
    /// In words; of a value with its attribute before it.
    pub message: String,
}

/// What sort of trouble a part of an edit is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditTrouble {
    /// The attribute cannot have this value.
    Value(Attr),
    /// A tag cannot be set so.
    Tag,
    /// A port cannot be held so.
    Port,
    /// There is no such asset.
    NoAsset,
    /// Another part is about the same asset.
    Twice,
    /// The asset is not of a version that was asked for.
    Changed,
}

/// Why an edit did nothing.
#[derive(Debug)]
pub enum EditError {
    /// Some of its parts cannot be.
    Refused(Vec<EditProblem>),
    /// It failed as a whole.
    Service(ServiceError),
}

impl From<ServiceError> for EditError {
    fn from(error: ServiceError) -> EditError {
        EditError::Service(error)
    }
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> EditError {
        EditError::Service(error.into())
    }
}

/// Values that are locked, by the number of the part.
type Locks = Vec<Vec<(Attr, Option<Value>)>>;

impl Service {
    /// Sets people's values on assets, or releases them, in one transaction: all or none.
    ///
    /// # Errors
    /// Every part that cannot be, at once; not allowed; or what the database says.
    pub async fn asset_edit_all(
        &self,
        actor: &Actor,
        changes: &[AssetChange],
    ) -> std::result::Result<(), EditError> {
        require(actor, Permission::AssetEdit)?;
        let (locks, mut problems) = self.locks_of(changes).await?;
        let policy = self.store().policy().await?;
        let tags = tags_of(changes, &policy, &mut problems);
        let mut tx = self.store().begin_write(self.intent(actor, "edited by hand")).await?;
        let ids: Vec<AssetId> = changes.iter().map(|change| change.id).collect();
        let standing = tx.asset_versions(&ids).await?;
        problems.extend(misplaced(changes, &standing));
        let ports = PortEdits::read(&tx, changes, &standing, &mut problems).await?;
        if !problems.is_empty() {
            problems.sort_by_key(|problem| problem.index);
            return Err(EditError::Refused(problems));
        }
        let mut told = Vec::new();
        for ((change, locks), tags) in changes.iter().zip(locks).zip(tags) {
            let Some((id, _)) = standing.get(&change.id) else { continue };
            let mut done = held(&mut tx, actor, *id, &change.edit, locks).await?;
            let from = change.edit.effective_from.unwrap_or(tx.moment());
            tags.write(&mut tx, *id, actor, from, &mut done).await?;
            ports.tell(*id, &mut done);
            if !done.is_empty() {
                told.push((format!("asset:{id}"), Json::Object(done)));
            }
        }
        ports.write(&mut tx, actor).await?;
        let edited = standing.values().map(|(id, _)| *id).collect();
        tx.apply(&merged(&tx, actor, &edited, &policy).await?, &policy).await?;
        for (subject, detail) in told {
            tx.audit("asset.edit", &subject, Some(&detail)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The values that are to be locked, and what is wrong with others.
    async fn locks_of(&self, changes: &[AssetChange]) -> Result<(Locks, Vec<EditProblem>)> {
        let set = changes.iter().flat_map(|change| &change.edit.set);
        let types: Vec<ValueType> = set.map(|(attr, _)| attr.def().value_type).collect();
        let known = self.known(&types).await?;
        let (mut locks, mut problems) = (Vec::with_capacity(changes.len()), Vec::new());
        for (index, change) in changes.iter().enumerate() {
            let mut of_one = Vec::with_capacity(change.edit.set.len());
            for (attr, text) in &change.edit.set {
                match known.lock_value(*attr, text) {
                    Ok(value) => of_one.push((*attr, value)),
                    Err(message) => {
                        let trouble = EditTrouble::Value(*attr);
                        problems.push(EditProblem { index, trouble, message });
                    }
                }
            }
            locks.push(of_one);
        }
        Ok((locks, problems))
    }

    async fn known(&self, types: &[ValueType]) -> Result<Known> {
        let mut known = Known::default();
        let (parties, sites) =
            (types.contains(&ValueType::Party), types.contains(&ValueType::Site));
        if parties || sites {
            let at = self.store().now(self.now()).await?;
            if parties {
                known.parties = self.store().party_list(at).await?;
            }
            if sites {
                known.sites = self.store().site_list(at).await?;
            }
        }
        Ok(known)
    }
}

/// What each part says of tags; adds what is wrong with it.
fn tags_of<'a>(
    changes: &'a [AssetChange],
    policy: &'a Policy,
    problems: &mut Vec<EditProblem>,
) -> Vec<TagEdit<'a>> {
    let mut read = Vec::with_capacity(changes.len());
    for (index, change) in changes.iter().enumerate() {
        let mut wrong = Vec::new();
        read.push(TagEdit::read(&change.edit, policy, &mut wrong));
        let trouble = EditTrouble::Tag;
        problems.extend(wrong.into_iter().map(|message| EditProblem { index, trouble, message }));
    }
    read
}

/// Parts about assets that are not there, not as they were seen, or named before.
fn misplaced(
    changes: &[AssetChange],
    standing: &BTreeMap<AssetId, (AssetId, Rev)>,
) -> Vec<EditProblem> {
    let (mut problems, mut named) = (Vec::new(), BTreeSet::new());
    for (index, change) in changes.iter().enumerate() {
        let asked = change.id;
        let mut problem = |trouble, message| problems.push(EditProblem { index, trouble, message });
        let Some((id, rev)) = standing.get(&asked) else {
            problem(EditTrouble::NoAsset, format!("there is no asset {asked}"));
            continue;
        };
        if !named.insert(*id) {
            let message = format!("asset {id} is named twice; put its changes together");
            problem(EditTrouble::Twice, message);
        }
        if change.versions.as_ref().is_some_and(|versions| !versions.contains(rev)) {
            let message = format!("asset {id} was changed meanwhile; read it again");
            problem(EditTrouble::Changed, message);
        }
    }
    problems
}

/// Sets and releases locks of one asset; what was done.
async fn held(
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    id: AssetId,
    edit: &AssetEdit,
    locks: Vec<(Attr, Option<Value>)>,
) -> Result<Map<String, Json>> {
    let (mut told, now) = (Map::new(), tx.moment());
    for (attr, value) in locks {
        told.insert(format!("set {attr}"), json!(value));
        let lock = Lock {
            attr,
            value,
            actor: actor.name.clone(),
            set_at: now,
            effective_from: edit.effective_from.unwrap_or(now),
        };
        tx.lock_set(id, &lock).await?;
    }
    for attr in &edit.release {
        if tx.lock_release(id, *attr).await? {
            told.insert(format!("released {attr}"), Json::Bool(true));
        }
    }
    Ok(told)
}

/// The assets merged anew: their locks are part of what is merged.
async fn merged(
    tx: &WriteTx<'_>,
    actor: &Actor,
    assets: &BTreeSet<AssetId>,
    policy: &Policy,
) -> Result<Plan> {
    let snapshot = tx.snapshot_of_assets(assets).await?;
    let reason = Reason::new(Rule::Person, format!("edited by {}", actor.name));
    let again = assets.iter().filter_map(|id| {
        cadastre_reconcile::remerge(&snapshot, *id, policy, tx.moment(), reason.clone())
    });
    Ok(Plan { assets: again.collect(), ..Plan::default() })
}
