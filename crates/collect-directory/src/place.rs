//! What a domain controller says of itself: its domain, its forest, and where things lie in them.

use crate::decode::dn;
use crate::decode::level::functional_level;
use crate::decode::text::clean_text;
use crate::entry::Entry;
use crate::errors::Fault;
use crate::observe::name_of;
use cadastre_collect::ErrorClass;

/// What is asked of the root of the directory (\[MS-ADTS\] 3.1.1.3.2).
pub(crate) const ROOT_ATTRIBUTES: [&str; 12] = [
    "defaultNamingContext",
    "configurationNamingContext",
    "schemaNamingContext",
    "rootDomainNamingContext",
    "namingContexts",
    "supportedCapabilities",
    "currentTime",
    "domainFunctionality",
    "forestFunctionality",
    "supportedControl",
    "highestCommittedUSN",
    "dsServiceName",
];

/// The mark of Active Directory (\[MS-ADTS\] 3.1.1.3.4.3.1).
const ACTIVE_DIRECTORY: &[u8] = b"1.2.840.113556.1.4.800";

/// A domain as one of its controllers tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The name of the scope: the domain's DNS name, or the object below which is read.
    pub scope: String,
    /// The domain's DNS name.
    pub domain: String,
    /// The DNS name of the forest's root domain.
    pub forest: String,
    /// The domain's name in the directory.
    pub domain_dn: String,
    /// Below which object is read: the domain, or less.
    pub base: String,
    /// Where the forest keeps its configuration.
    pub configuration: String,
    /// Where the forest keeps its schema.
    pub schema: String,
    /// The parts of the directory that this controller has.
    pub contexts: Vec<String>,
    /// The controller's clock, as GeneralizedTime.
    pub now: Option<String>,
    /// The domain's functional level.
    pub domain_level: Option<String>,
    /// The forest's functional level.
    pub forest_level: Option<String>,
    /// It tells what changed (DirSync).
    pub tells_changes: bool,
    /// The number of the controller's last change, and of no other controller's.
    pub last_change: Option<i64>,
    /// The controller's settings object.
    pub settings_dn: Option<String>,
}

impl Place {
    /// Out of what the root says. `base`: below which object is read; none: the whole domain.
    pub(crate) fn read(root: &Entry, base: Option<&str>) -> Result<Place, Fault> {
        let text = |key: &str| root.first(key).map(|value| clean_text(value).text);
        let odd = || {
            Fault::new(
                ErrorClass::BadAnswer,
                "what answers is a directory, and not that of a domain",
                "name a domain controller of Active Directory",
            )
            .hopeless()
        };
        if !root.values("supportedcapabilities").iter().any(|it| it == ACTIVE_DIRECTORY) {
            return Err(odd());
        }
        let domain_dn = text("defaultnamingcontext").ok_or_else(odd)?;
        let domain = domain_name(&domain_dn).ok_or_else(odd)?;
        let forest = text("rootdomainnamingcontext").and_then(|dn| domain_name(&dn));
        let base = base.filter(|base| !dn::same(base, &domain_dn));
        if let Some(base) = base.filter(|base| domain_name(base).as_ref() != Some(&domain)) {
            return Err(Fault::new(
                ErrorClass::Refused,
                format!("{base} is not in the domain {domain}"),
                "name a base of this domain, or a controller of that one",
            )
            .hopeless());
        }
        let level = |key: &str| root.number(key).map(functional_level);
        let contexts = root.values("namingcontexts").iter().map(|it| clean_text(it).text);
        Ok(Place {
            scope: base.map_or_else(|| domain.clone(), normal),
            forest: forest.unwrap_or_else(|| domain.clone()),
            domain,
            base: base.unwrap_or(&domain_dn).to_owned(),
            domain_dn,
            configuration: text("configurationnamingcontext").ok_or_else(odd)?,
            schema: text("schemanamingcontext").ok_or_else(odd)?,
            contexts: contexts.collect(),
            now: text("currenttime"),
            domain_level: level("domainfunctionality"),
            forest_level: level("forestfunctionality"),
            tells_changes: root
                .values("supportedcontrol")
                .iter()
                .any(|control| control == crate::session::CHANGES.as_bytes()),
            last_change: root.number("highestcommittedusn"),
            settings_dn: text("dsservicename"),
        })
    }

    /// Whether all of the domain is read, or a part of it.
    pub(crate) fn is_whole(&self) -> bool {
        dn::same(&self.base, &self.domain_dn)
    }

    /// The scope of what belongs to the forest: sites and subnets.
    pub(crate) fn sites_scope(&self) -> String {
        format!("{}/sites", self.forest)
    }
}

/// The DNS name of the domain that an object is in.
pub(crate) fn domain_name(dn: &str) -> Option<String> {
    dn::parts(dn).and_then(|parts| dn::domain_of(&parts))
}

/// A name in one spelling, as scopes are known by it: keys in capitals, no blanks.
fn normal(dn: &str) -> String {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace(',', "\\,");
    let parts = dn::parts(dn).unwrap_or_default();
    let parts: Vec<String> = parts
        .iter()
        .map(|part| format!("{}={}", part.key.to_ascii_uppercase(), escaped(&part.value)))
        .collect();
    parts.join(",")
}

/// The last part of an entry's name.
pub(crate) fn leaf_of(entry: &Entry) -> Option<String> {
    dn::parts(&name_of(entry)).and_then(|parts| parts.into_iter().next()).map(|part| part.value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn root(capability: &str) -> Entry {
        let texts: [(&str, &str); 6] = [
            ("defaultnamingcontext", "DC=corp,DC=example,DC=test"),
            ("rootdomainnamingcontext", "DC=example,DC=test"),
            ("configurationnamingcontext", "CN=Configuration,DC=example,DC=test"),
            ("schemanamingcontext", "CN=Schema,CN=Configuration,DC=example,DC=test"),
            ("domainfunctionality", "7"),
            ("supportedcapabilities", capability),
        ];
        let attributes =
            texts.map(|(key, value)| (key.to_owned(), vec![value.as_bytes().to_vec()]));
        Entry { dn: Vec::new(), attributes: attributes.into() }
    }

    #[test]
    fn a_domain_and_a_part_of_it() {
        let root = root("1.2.840.113556.1.4.800");
        let place = Place::read(&root, None).unwrap();
        assert_eq!(place.scope, "corp.example.test");
        assert_eq!((place.forest.as_str(), place.is_whole()), ("example.test", true));
        assert_eq!(place.sites_scope(), "example.test/sites");
        assert_eq!(place.domain_level.as_deref(), Some("Windows Server 2016"));
        let same = Place::read(&root, Some("dc=corp, dc=example, dc=test")).unwrap();
        assert_eq!((same.scope.as_str(), same.is_whole()), ("corp.example.test", true));
        let part = Place::read(&root, Some("ou=A\\, B, dc=corp, dc=example, dc=test")).unwrap();
        assert_eq!(part.scope, "OU=A\\, B,DC=corp,DC=example,DC=test");
        assert!(!part.is_whole());
    }

    #[test]
    fn what_is_no_domain() {
        assert!(Place::read(&root("1.2.3"), None).is_err());
        let root = root("1.2.840.113556.1.4.800");
        let fault = Place::read(&root, Some("OU=A,DC=other,DC=test")).unwrap_err();
        assert!(fault.what.contains("not in the domain"), "{fault:?}");
    }
}
