//! What every observation of a directory begins with, and how attributes become facts.

use crate::decode::dn::{self, Part};
use crate::decode::filetime::Filetime;
use crate::decode::general_time::general_time;
use crate::decode::guid::guid_text;
use crate::decode::reference::Reference;
use crate::decode::sid::sid_text;
use crate::decode::text::clean_text;
use crate::entry::Entry;
use cadastre_collect::RunContext;
use cadastre_model::{
    Attr, Claim, Fact, Identifier, Kind, Observation, RelationType, Scheme, Target, Timestamp,
};

/// An attribute keeps this many values, at most.
const VALUES_MAX: usize = 1_000;

/// This many troubles of one object are told.
const TROUBLES_MAX: usize = 8;

/// One object being written down.
pub(crate) struct Sheet<'a> {
    entry: &'a Entry,
    run: &'a RunContext,
    /// What is said of it.
    pub seen: Observation,
    /// Its name, part by part; none if it is no name.
    pub name: Vec<Part>,
    /// Its objectSid.
    pub sid: Option<String>,
    troubles: Vec<String>,
}

/// The object has no id that could be read.
pub(crate) struct NoId;

/// The objectGUID of an entry.
pub(crate) fn id_of(entry: &Entry) -> Option<String> {
    guid_text(entry.first("objectguid")?)
}

/// The name of an entry, without the ids before it.
pub(crate) fn name_of(entry: &Entry) -> String {
    Reference::read(&String::from_utf8_lossy(&entry.dn)).dn
}

impl<'a> Sheet<'a> {
    /// A sheet that says who the object is: its ids and nothing else.
    pub(crate) fn begin(
        run: &'a RunContext,
        scope: &str,
        kind: Kind,
        entry: &'a Entry,
    ) -> Result<Sheet<'a>, NoId> {
        let guid = id_of(entry).ok_or(NoId)?;
        let mut seen = Observation::new(guid.as_str(), kind, scope);
        seen.identify(Identifier::ad_guid(&guid));
        let full = name_of(entry);
        let mut troubles = Vec::new();
        let name = dn::parts(&full).unwrap_or_default();
        if name.is_empty() {
            troubles.push("its distinguished name cannot be read".to_owned());
        }
        let sid = entry.first("objectsid").map(sid_text);
        if sid == Some(None) {
            troubles.push("objectSid is none".to_owned());
        }
        let sid = sid.flatten();
        let mut sheet = Sheet { entry, run, seen, name, sid, troubles };
        if let Some(sid) = sheet.sid.clone() {
            sheet.seen.identify(Identifier::plain(Scheme::AdSid, &sid));
        }
        Ok(sheet)
    }

    /// Its full name, cleaned.
    pub(crate) fn full_name(&self) -> String {
        clean_text(name_of(self.entry).as_bytes()).text
    }

    /// The first value as text; empty is none.
    pub(crate) fn read_text(&mut self, key: &str) -> Option<String> {
        let clean = clean_text(self.entry.first(key)?);
        self.note(key, clean.trouble);
        Some(clean.text).filter(|text| !text.is_empty())
    }

    /// States the first value as text.
    pub(crate) fn text(&mut self, attr: Attr, key: &str) {
        let text = self.read_text(key);
        self.seen.state_text(attr, text);
    }

    /// All values as texts.
    pub(crate) fn read_texts(&mut self, key: &str) -> Vec<String> {
        let entry = self.entry;
        let values = entry.values(key);
        if values.len() > VALUES_MAX {
            let what = format!("has {} values, of which {VALUES_MAX} were kept", values.len());
            self.note(key, Some(what));
        }
        let mut texts = Vec::new();
        for value in values.iter().take(VALUES_MAX) {
            let clean = clean_text(value);
            self.note(key, clean.trouble);
            texts.push(clean.text);
        }
        texts.retain(|text| !text.is_empty());
        texts
    }

    /// States all values as a list.
    pub(crate) fn list(&mut self, attr: Attr, key: &str) {
        let texts = self.read_texts(key);
        self.seen.state_list(attr, texts);
    }

    /// The first value as a whole number.
    pub(crate) fn read_number(&mut self, key: &str) -> Option<i64> {
        let value = self.entry.first(key)?;
        let number = self.entry.number(key);
        if number.is_none() {
            let shown = clean_text(value.get(..32).unwrap_or(value)).text;
            self.note(
                key,
                Some(format!("is \"{shown}\", which is no number that a directory has")),
            );
        }
        number
    }

    /// The first value as a count: not negative.
    pub(crate) fn count(&mut self, attr: Attr, key: &str) {
        let number = self.read_number(key).filter(|number| *number >= 0);
        self.seen.state_int(attr, number);
    }

    /// The first value as a moment of the directory's own kind, in the run's time base.
    pub(crate) fn read_moment(&mut self, key: &str) -> Option<Timestamp> {
        let number = self.read_number(key)?;
        match Filetime::of(number) {
            Filetime::Never => None,
            Filetime::At(at) => Some(self.run.moment(at)),
            Filetime::OutOfRange(number) => {
                let what = format!("is {number}, a moment before 1970 or after 9999: left out");
                self.note(key, Some(what));
                None
            }
        }
    }

    /// States the first value as a moment of the directory's own kind.
    pub(crate) fn moment(&mut self, attr: Attr, key: &str) {
        let at = self.read_moment(key);
        self.seen.state_time(attr, at);
    }

    /// The first value as a moment written as GeneralizedTime, in the run's time base.
    pub(crate) fn read_written_moment(&mut self, key: &str) -> Option<Timestamp> {
        let text = self.read_text(key)?;
        let at = general_time(&text);
        if at.is_none() {
            let what = "is no moment after 1970, and was left out".to_owned();
            self.note(key, Some(what));
        }
        at.map(|at| self.run.moment(at))
    }

    /// States when it was made.
    pub(crate) fn created(&mut self) {
        let at = self.read_written_moment("whencreated");
        self.seen.state_time(Attr::CreatedAt, at);
    }

    /// The objects that an attribute refers to.
    pub(crate) fn references(&self, key: &str) -> Vec<Reference> {
        let read = |value: &Vec<u8>| Reference::read(&String::from_utf8_lossy(value));
        self.entry.values(key).iter().map(read).collect()
    }

    /// Claims a relation to each object that an attribute refers to.
    pub(crate) fn claim(&mut self, relation: RelationType, key: &str) {
        for reference in self.references(key) {
            match reference.guid {
                Some(guid) => self.claim_native(relation, guid),
                None => {
                    let what = "refers to an object without its id, which was left out".to_owned();
                    self.note(key, Some(what));
                }
            }
        }
    }

    /// Claims a relation to an object of the directory by its id.
    pub(crate) fn claim_native(&mut self, relation: RelationType, guid: String) {
        self.seen.claims.insert(Claim::new(relation, Target::Native(guid)));
    }

    /// Claims a relation to an object by its SID.
    pub(crate) fn claim_sid(&mut self, relation: RelationType, sid: &str) {
        if let Some(identifier) = Identifier::plain(Scheme::AdSid, sid) {
            self.seen.claims.insert(Claim::new(relation, Target::Identifier(identifier)));
        }
    }

    /// Whether an attribute is there at all.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry.first(key).is_some()
    }

    /// Octets of each value, for what is neither text nor number.
    pub(crate) fn octets(&self, key: &str) -> &'a [Vec<u8>] {
        self.entry.values(key)
    }

    /// Notes what is wrong with an attribute.
    pub(crate) fn note(&mut self, key: &str, trouble: Option<String>) {
        let Some(trouble) = trouble else { return };
        if self.troubles.len() < TROUBLES_MAX {
            let text = format!("{key} {trouble}");
            if !self.troubles.contains(&text) {
                self.troubles.push(text);
            }
        }
    }

    /// What is not there was not asked for or taken away: what the register knew of it stays.
    pub(crate) fn keep_what_is_missing(&mut self, why: &str) {
        for fact in self.seen.facts.values_mut() {
            if *fact == Fact::Absent {
                *fact = Fact::NotRead(why.to_owned());
            }
        }
    }

    /// The observation, and what was wrong with it.
    pub(crate) fn finish(self) -> Sight {
        let trouble = (!self.troubles.is_empty()).then(|| self.troubles.join(". Also: "));
        Sight { seen: self.seen, trouble }
    }
}

/// One object as it goes to the register.
pub(crate) struct Sight {
    /// What is said of it.
    pub seen: Observation,
    /// What of it could not be read, in words.
    pub trouble: Option<String>,
}
