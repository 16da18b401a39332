//! Organisational units: the tree that the rest stands in.

use super::pager::Pager;
use super::part::Part;
use super::report::Report;
use super::shared::state_place;
use super::{Halt, Survey};
use crate::observe::{Sheet, Sight};
use crate::place::Place;
use crate::question::Question;
use cadastre_model::{Attr, Kind, RelationType};

const NAME: &str = "organisational units";

const ATTRIBUTES: [&str; 5] = ["objectGUID", "ou", "description", "whenCreated", "managedBy"];

impl Survey<'_> {
    /// Sends every organisational unit of a part.
    pub(super) async fn ous(&mut self, part: &Part, report: &mut Report) -> Result<(), Halt> {
        let filter = part.filter("(objectCategory=organizationalUnit)");
        let question = Question::of_all(NAME, &part.base, filter, &ATTRIBUTES, self.page_size);
        let mut pager = Pager::new(question);
        while let Some(entries) = pager.next(self).await? {
            report.page();
            for entry in entries {
                let sheet = match self.sheet(Kind::Ou, &entry) {
                    Ok(sheet) => sheet,
                    Err(why) => {
                        self.left_out(&entry, why, report).await?;
                        continue;
                    }
                };
                let (sight, name) = observe(sheet, &self.place);
                self.see(sight, &[&name]).await?;
            }
            self.run.progress(None);
        }
        Ok(())
    }
}

fn observe(mut sheet: Sheet<'_>, place: &Place) -> (Sight, String) {
    let name = sheet.read_text("ou").unwrap_or_default();
    let full = sheet.full_name();
    sheet.seen.state_text(Attr::Name, Some(name.as_str()));
    sheet.seen.state_text(Attr::DistinguishedName, Some(full));
    state_place(&mut sheet, place);
    sheet.claim(RelationType::ManagedBy, "managedby");
    (sheet.finish(), name)
}
