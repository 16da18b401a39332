//! Looking assets up, and what people may set on them.

use crate::edit::{AssetChange, EditError, EditProblem, EditTrouble};
use crate::error::{ErrorKind, Result, ServiceError};
use crate::service::Service;
use cadastre_model::query::Query;
use cadastre_model::registry::ValueType;
use cadastre_model::{Actor, AssetId, Attr, FarPort, Timestamp, Value};
use cadastre_store::{
    AssetPage, At, ChangeLine, Count, Facet, ListRequest, Page, Party, Site, Sort, Version,
};
use std::collections::BTreeMap;

/// Counts stop here unless asked to go on.
pub const COUNT_CEILING: u64 = 10_000;

/// What to set on an asset, or to release.
#[derive(Clone, Debug, Default)]
pub struct AssetEdit {
    /// Attributes to lock and their values; empty text locks "deliberately empty".
    pub set: Vec<(Attr, String)>,
    /// Attributes whose lock to release.
    pub release: Vec<Attr>,
    /// Tags to lock, by key, and their values; an empty one is a value.
    pub tag_set: Vec<(String, String)>,
    /// Keys of tags that the asset is deliberately without.
    pub tag_remove: Vec<String>,
    /// Keys of tags whose lock to release.
    pub tag_release: Vec<String>,
    /// Ports to lock and where each leads; `None` says "deliberately nowhere".
    pub port_set: Vec<(String, Option<FarPort>)>,
    /// Ports whose lock to release, at whichever end it was set.
    pub port_release: Vec<String>,
    /// From when on the values hold in the world; now, if not said. Not of ports.
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

    /// The versions of assets at a point in time.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn asset_versions(
        &self,
        actor: &Actor,
        ids: &[AssetId],
        at: At,
    ) -> Result<BTreeMap<AssetId, Version>> {
        self.visibility(actor)?;
        Ok(self.store().asset_versions(ids, at).await?)
    }

    /// One asset whole, with its version.
    ///
    /// # Errors
    /// Not allowed, no such asset then, or what the database says.
    pub async fn asset_fetch_versioned(
        &self,
        actor: &Actor,
        id: AssetId,
        as_of: Option<Timestamp>,
    ) -> Result<(AssetPage, Version)> {
        let visibility = self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        let Some(page) = self.store().asset_fetch(id, at, &visibility).await? else {
            return Err(no_such_asset(id, as_of));
        };
        let versions = self.store().asset_versions(&[page.id], at).await?;
        match versions.get(&page.id) {
            Some(version) => Ok((page, *version)),
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
    /// Not allowed, no such asset, a value that its attribute or tag cannot have (all of them named),
    /// an owner or site that is not known, a tag named twice, or what the database says.
    pub async fn asset_edit(&self, actor: &Actor, id: AssetId, edit: &AssetEdit) -> Result<()> {
        let change = AssetChange { id, edit: edit.clone(), versions: None };
        match self.asset_edit_all(actor, &[change]).await {
            Ok(()) => Ok(()),
            Err(EditError::Service(error)) => Err(error),
            Err(EditError::Refused(problems)) => {
                let is_value = |one: &EditProblem| {
                    use EditTrouble::{Port, Tag, Value};
                    matches!(one.trouble, Value(_) | Tag | Port)
                };
                if !problems.iter().any(is_value) {
                    return Err(no_such_asset(id, None));
                }
                Err(ServiceError::invalid_all(problems.into_iter().map(|one| one.message)))
            }
        }
    }
}

/// Who and what is there to be named as an owner or a site.
#[derive(Default)]
pub(crate) struct Known {
    pub parties: Vec<Party>,
    pub sites: Vec<Site>,
}

impl Known {
    /// The value a text stands for, or what is wrong with it.
    pub fn lock_value(&self, attr: Attr, text: &str) -> std::result::Result<Option<Value>, String> {
        let text = text.trim();
        if attr == Attr::Name && text.is_empty() {
            return Err("name: an asset cannot be without a name; release it instead".into());
        }
        if text.is_empty() {
            return Ok(None);
        }
        match attr.def().value_type {
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
            ValueType::Party => self.party(attr, text),
            ValueType::Site => self.site(attr, text),
            ValueType::Count
            | ValueType::Bytes
            | ValueType::Megahertz
            | ValueType::BytesPerSecond => {
                let unit = attr.def().value_type.unit().unwrap_or("a whole number");
                text.parse::<i64>()
                    .map(|number| Some(Value::Int(number)))
                    .map_err(|_| format!("{attr}: `{text}` is not a whole number; expected {unit}"))
            }
        }
    }

    fn party(&self, attr: Attr, handle: &str) -> std::result::Result<Option<Value>, String> {
        match self.parties.iter().find(|party| party.handle == handle) {
            Some(party) if party.active => Ok(Some(Value::text(handle))),
            Some(_) => Err(format!("{attr}: `{handle}` has left; name somebody who is here")),
            None => Err(format!(
                "{attr}: there is no person or team `{handle}`{}; `cadastre party add` makes one",
                suggest(handle, self.parties.iter().map(|party| party.handle.as_str()))
            )),
        }
    }

    fn site(&self, attr: Attr, slug: &str) -> std::result::Result<Option<Value>, String> {
        if self.sites.iter().any(|site| site.slug == slug) {
            return Ok(Some(Value::text(slug)));
        }
        Err(format!(
            "{attr}: there is no site `{slug}`{}; `cadastre site add` makes one",
            suggest(slug, self.sites.iter().map(|site| site.slug.as_str()))
        ))
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
