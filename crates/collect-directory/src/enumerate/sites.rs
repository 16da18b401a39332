//! Sites and the subnets that belong to them. They are the forest's, and read once.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Survey};
use crate::decode::dn;
use crate::observe::{Sheet, Sight};
use crate::question::Question;
use cadastre_model::{Attr, Kind, RelationType};

const ATTRIBUTES: [&str; 6] =
    ["objectGUID", "cn", "description", "location", "whenCreated", "siteObject"];

impl Survey<'_> {
    /// Sends every site and every subnet.
    pub(super) async fn sites_and_subnets(&mut self, report: &mut Report) -> Result<(), Halt> {
        for (name, class, kind) in
            [("sites", "site", Kind::DirectorySite), ("subnets", "subnet", Kind::Subnet)]
        {
            self.in_sites(name, class, kind, report).await?;
        }
        Ok(())
    }

    async fn in_sites(
        &mut self,
        name: &'static str,
        class: &str,
        kind: Kind,
        report: &mut Report,
    ) -> Result<(), Halt> {
        let base = format!("CN=Sites,{}", self.place.configuration);
        let filter = format!("(objectClass={class})");
        let question = Question::of_all(name, base, filter, &ATTRIBUTES, self.page_size);
        let mut pager = Pager::new(question);
        while let Some(entries) = pager.next(self).await? {
            report.page();
            for entry in entries {
                let sheet = match self.sheet(kind, &entry) {
                    Ok(sheet) => sheet,
                    Err(why) => {
                        self.left_out(&entry, why, report).await?;
                        continue;
                    }
                };
                let (sight, name) = observe(sheet, &self.place.forest);
                self.see(sight, &[&name]).await?;
            }
            self.run.progress(None);
        }
        Ok(())
    }
}

fn observe(mut sheet: Sheet<'_>, forest: &str) -> (Sight, String) {
    let name = sheet.read_text("cn").unwrap_or_default();
    sheet.seen.state_text(Attr::Name, Some(name.as_str()));
    sheet.seen.state_text(Attr::ForestName, Some(forest));
    sheet.text(Attr::Description, "description");
    sheet.text(Attr::Location, "location");
    sheet.created();
    if sheet.seen.kind == Kind::Subnet {
        sheet.seen.state_list(Attr::Cidr, [name.clone()]);
        let site = sheet.references("siteobject").into_iter().next();
        let site = site.and_then(|site| dn::parts(&site.dn)?.into_iter().next());
        sheet.seen.state_text(Attr::DirectorySiteName, site.map(|part| part.value));
        sheet.claim(RelationType::MemberOf, "siteobject");
    } else {
        let full = sheet.full_name();
        sheet.seen.state_text(Attr::DistinguishedName, Some(full));
    }
    (sheet.finish(), name)
}
