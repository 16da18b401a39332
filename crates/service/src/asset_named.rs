//! The one asset that a person means by a text: its number, or whatever finds it alone.

use crate::error::{ErrorKind, Result, ServiceError};
use crate::service::Service;
use cadastre_model::text::fold;
use cadastre_model::{Actor, AssetId};
use cadastre_store::ListRow;

/// Assets that are looked at, and those that an error names.
const LOOKED_AT: u32 = 50;
const NAMED: usize = 5;

impl Service {
    /// The asset of this number, or the one that the text finds; of several, the one that is called so.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it finds none, or several; not allowed, or what the database says.
    pub async fn asset_named(&self, actor: &Actor, text: &str) -> Result<AssetId> {
        let text = text.trim();
        let invalid = |message: String| ServiceError::new(ErrorKind::Invalid, message);
        if text.is_empty() {
            return Err(invalid(
                "expected an asset: its number, or a text that finds it alone".into(),
            ));
        }
        if let Ok(number) = text.parse() {
            return Ok(AssetId(number));
        }
        let query = self.query(text)?;
        let found = self.asset_hits(actor, &query, LOOKED_AT).await?;
        let called: Vec<&ListRow> =
            found.iter().filter(|row| fold(&row.doc.name) == fold(text)).collect();
        match (found.as_slice(), called.as_slice()) {
            ([only], _) => Ok(only.id),
            (_, [only]) => Ok(only.id),
            ([], _) => Err(invalid(format!("`{text}` finds no asset"))),
            (several, _) => {
                let first = several.iter().take(NAMED);
                let first: Vec<String> =
                    first.map(|row| format!("{} {}", row.id, row.doc.name)).collect();
                let message = format!("`{text}` finds several assets: {}", first.join(", "));
                Err(invalid(message).advising("give the number of one"))
            }
        }
    }
}
