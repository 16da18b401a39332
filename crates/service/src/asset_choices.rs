//! What a form for an asset offers: whom it may belong to, where it may stand.

use crate::error::{Result, require};
use crate::service::Service;
use cadastre_model::{Actor, Permission};
use cadastre_store::{Party, Site};

/// More are not offered; who knows another may name it all the same.
const OFFERED: u32 = 300;

/// Owners and sites to offer, at most some hundreds of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetChoices {
    /// People and teams that are still there, by handle.
    pub parties: Vec<Party>,
    /// Places, by slug.
    pub sites: Vec<Site>,
}

impl Service {
    /// What a form for an asset offers.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn asset_choices(&self, actor: &Actor) -> Result<AssetChoices> {
        require(actor, Permission::AssetRead)?;
        let at = self.at(actor, None).await?;
        Ok(AssetChoices {
            parties: self.store().party_choices(at, OFFERED).await?,
            sites: self.store().site_choices(at, OFFERED).await?,
        })
    }
}
