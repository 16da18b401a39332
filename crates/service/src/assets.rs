//! Looking assets up, and what people may set on them.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use cadastre_model::query::Query;
use cadastre_model::registry::ValueType;
use cadastre_model::{
    Actor, AssetId, Attr, Lock, Permission, Plan, Reason, Rule, Timestamp, Value,
};
use cadastre_store::{AssetPage, ChangeLine, Count, Facet, ListRequest, Page, Sort};

/// Counts stop here unless asked to go on.
pub const COUNT_CEILING: u64 = 10_000;

/// What to set on an asset, or to release.
#[derive(Clone, Debug, Default)]
pub struct AssetEdit {
    /// Attributes to lock and their values; empty text locks "deliberately empty".
    pub set: Vec<(Attr, String)>,
    /// Attributes whose lock to release.
    pub release: Vec<Attr>,
    /// From when on the values hold in the world; now, if not said.
    pub effective_from: Option<Timestamp>,
}

impl Service {
    /// Reads a query as people type it.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with every mistake and its column.
    pub fn query(&self, text: &str) -> Result<Query> {
        cadastre_model::query::parse(text, &self.zone())
            .map_err(|errors| ServiceError::query(text, &errors))
    }

    /// One page of assets.
    ///
    /// # Errors
    /// Not allowed, a page mark that is none of ours, or what the database says.
    pub async fn asset_list(
        &self,
        actor: &Actor,
        query: &Query,
        as_of: Option<Timestamp>,
        sort: Sort,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page> {
        let visibility = self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        let request = ListRequest { query, at, visibility: &visibility, sort, after, limit };
        Ok(self.store().asset_list(&request).await?)
    }

    /// How many assets fulfil a query; `whole` counts beyond [`COUNT_CEILING`].
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn asset_count(
        &self,
        actor: &Actor,
        query: &Query,
        as_of: Option<Timestamp>,
        whole: bool,
    ) -> Result<Count> {
        let visibility = self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        let ceiling = (!whole).then_some(COUNT_CEILING);
        Ok(self.store().asset_count(query, at, &visibility, ceiling).await?)
    }

    /// How many of the assets found have each value.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn asset_facets(
        &self,
        actor: &Actor,
        query: &Query,
        as_of: Option<Timestamp>,
        top: usize,
    ) -> Result<Vec<Facet>> {
        let visibility = self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        Ok(self.store().asset_facets(query, at, &visibility, top).await?)
    }

    /// One asset whole.
    ///
    /// # Errors
    /// Not allowed, no such asset then, or what the database says.
    pub async fn asset_fetch(
        &self,
        actor: &Actor,
        id: AssetId,
        as_of: Option<Timestamp>,
    ) -> Result<AssetPage> {
        let visibility = self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        match self.store().asset_fetch(id, at, &visibility).await? {
            Some(page) => Ok(page),
            None => Err(no_such_asset(id, as_of)),
        }
    }

    /// Changes of an asset, newest first, `limit` before `before` (revision and subject).
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn asset_changes(
        &self,
        actor: &Actor,
        id: AssetId,
        as_of: Option<Timestamp>,
        before: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<ChangeLine>> {
        self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        Ok(self.store().asset_changes(id, at, before, limit).await?)
    }

    /// Sets people's values on an asset, or releases them. All or nothing.
    ///
    /// # Errors
    /// Not allowed, no such asset, a value that its attribute cannot have (all of them named), an
    /// owner or site that is not known, or what the database says.
    pub async fn asset_edit(&self, actor: &Actor, id: AssetId, edit: &AssetEdit) -> Result<()> {
        require(actor, Permission::AssetEdit)?;
        let mut problems = Vec::new();
        let mut locks = Vec::new();
        for (attr, text) in &edit.set {
            match self.lock_value(*attr, text).await? {
                Ok(value) => locks.push((*attr, value)),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(ServiceError::invalid_all(problems));
        }
        let policy = self.store().policy().await?;
        let mut tx = self.store().begin_write(self.intent(actor, "edited by hand")).await?;
        let now = tx.moment();
        let Some((id, _)) = tx.snapshot_of_asset(id).await? else {
            return Err(no_such_asset(id, None));
        };
        let mut told = serde_json::Map::new();
        for (attr, value) in locks {
            told.insert(format!("set {attr}"), serde_json::json!(value));
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
                told.insert(format!("released {attr}"), serde_json::Value::Bool(true));
            }
        }
        // Read again: the locks are part of what is merged.
        let Some((_, snapshot)) = tx.snapshot_of_asset(id).await? else {
            return Err(no_such_asset(id, None));
        };
        let reason = Reason::new(Rule::Person, format!("edited by {}", actor.name));
        let write = cadastre_reconcile::remerge(&snapshot, id, &policy, now, reason);
        let plan = Plan { assets: write.into_iter().collect(), ..Plan::default() };
        tx.apply(&plan, &policy).await?;
        if !told.is_empty() {
            let subject = format!("asset:{id}");
            tx.audit("asset.edit", &subject, Some(&serde_json::Value::Object(told))).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The value a text stands for, or what is wrong with it.
    async fn lock_value(
        &self,
        attr: Attr,
        text: &str,
    ) -> Result<std::result::Result<Option<Value>, String>> {
        let text = text.trim();
        if attr == Attr::Name && text.is_empty() {
            return Ok(Err("name: an asset cannot be without a name; release it instead".into()));
        }
        if text.is_empty() {
            return Ok(Ok(None));
        }
        Ok(match attr.def().value_type {
            ValueType::Text => Ok(Some(Value::text(text))),
            ValueType::List => {
                Ok(Some(Value::List(text.split(',').map(|item| item.trim().to_owned()).collect())))
            }
            ValueType::Bool => match text {
                "yes" | "true" => Ok(Some(Value::Bool(true))),
                "no" | "false" => Ok(Some(Value::Bool(false))),
                _ => Err(format!("{attr}: `{text}` is neither yes nor no")),
            },
            ValueType::Moment => text
                .parse::<Timestamp>()
                .map(|at| Some(Value::Int(at.0)))
                .map_err(|error| format!("{attr}: {error}")),
            ValueType::Party => self.known_party(attr, text).await?,
            ValueType::Site => self.known_site(attr, text).await?,
            ValueType::Count
            | ValueType::Bytes
            | ValueType::Megahertz
            | ValueType::BytesPerSecond => {
                let unit = attr.def().value_type.unit().unwrap_or("a whole number");
                text.parse::<i64>()
                    .map(|number| Some(Value::Int(number)))
                    .map_err(|_| format!("{attr}: `{text}` is not a whole number; expected {unit}"))
            }
        })
    }

    async fn known_party(
        &self,
        attr: Attr,
        handle: &str,
    ) -> Result<std::result::Result<Option<Value>, String>> {
        let at = self.store().now(self.now()).await?;
        let parties = self.store().party_list(at).await?;
        Ok(match parties.iter().find(|party| party.handle == handle) {
            Some(party) if party.active => Ok(Some(Value::text(handle))),
            Some(_) => Err(format!("{attr}: `{handle}` has left; name somebody who is here")),
            None => Err(format!(
                "{attr}: there is no person or team `{handle}`{}; `cadastre party add` makes one",
                suggest(handle, parties.iter().map(|party| party.handle.as_str()))
            )),
        })
    }

    async fn known_site(
        &self,
        attr: Attr,
        slug: &str,
    ) -> Result<std::result::Result<Option<Value>, String>> {
        let at = self.store().now(self.now()).await?;
        let sites = self.store().site_list(at).await?;
        if sites.iter().any(|site| site.slug == slug) {
            return Ok(Ok(Some(Value::text(slug))));
        }
        Ok(Err(format!(
            "{attr}: there is no site `{slug}`{}; `cadastre site add` makes one",
            suggest(slug, sites.iter().map(|site| site.slug.as_str()))
        )))
    }
}

fn suggest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> String {
    match crate::toml_doc::closest(given, known) {
        Some(near) => format!(" (did you mean `{near}`?)"),
        None => String::new(),
    }
}

fn no_such_asset(id: AssetId, as_of: Option<Timestamp>) -> ServiceError {
    let when = as_of.map_or(String::new(), |at| format!(" as of {at}"));
    ServiceError::new(ErrorKind::NotFound, format!("there is no asset {id}{when}"))
        .advising("`cadastre assets QUERY` finds assets and prints their ids")
}
