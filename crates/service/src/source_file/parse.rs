//! The keys at the top of a source file.

use super::kind_table::{KindTable, kind_table};
use super::{KindKeys, NAME_MAX, SourceFile, Unfit, name_is_valid};
use crate::schedule::Schedule;
use crate::toml_doc::{Document, Entry, Fault, Faults, closest};
use cadastre_model::SourceKind;
use std::path::{Path, PathBuf};

/// What every source file may have besides its kind's table.
const TOP_KEYS: [&str; 4] = ["name", "kind", "schedule", "recording"];

pub(super) fn parse(
    label: &str,
    folder: &Path,
    text: &str,
    kinds: &[KindKeys<'_>],
) -> Result<SourceFile, Unfit> {
    let document = Document::parse(label, text)?;
    let mut reader = Reader { document: &document, faults: Faults::default() };
    let entries = document.entries();
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);

    let kind = reader.kind(find("kind"), kinds);
    let mut name = None;
    let mut schedule = None;
    let mut recording = None;
    let mut table = KindTable::default();
    for entry in &entries {
        match entry.key {
            "kind" => {}
            "name" => name = reader.name(entry),
            "schedule" => schedule = reader.schedule(entry),
            "recording" => recording = reader.recording(entry, folder),
            other => match kind {
                Some(keys) if other == keys.kind.word() => {
                    table = kind_table(&document, entry, keys, &mut reader.faults);
                }
                _ => reader.unknown(entry, kind),
            },
        }
    }
    if find("name").is_none() {
        reader.missing("name", "a name such as `name = \"aws-prod\"`");
    }
    // Both are there unless a fault says why not.
    let file = name.zip(kind).map(|(name, keys)| SourceFile {
        name,
        kind: keys.kind,
        schedule,
        recording,
        settings: table.settings.into(),
        secrets: table.secrets,
    });
    match file {
        Some(file) if reader.faults.0.is_empty() => Ok(file),
        rest => Err(Unfit { faults: reader.faults, rest: rest.map(Box::new) }),
    }
}

/// Reads one key after the other and notes what is wrong.
struct Reader<'a, 'i> {
    document: &'a Document<'i>,
    faults: Faults,
}

impl<'a, 'i> Reader<'a, 'i> {
    fn kind<'k>(
        &mut self,
        entry: Option<&Entry<'_, '_>>,
        kinds: &'k [KindKeys<'k>],
    ) -> Option<&'k KindKeys<'k>> {
        let words: Vec<&str> = kinds.iter().map(|keys| keys.kind.word()).collect();
        let listed = format!("one of: {}", words.join(", "));
        let Some(entry) = entry else {
            self.missing("kind", &listed);
            return None;
        };
        let text = self.document.text(entry, "kind", &listed, &mut self.faults)?;
        let found = kinds.iter().find(|keys| keys.kind.word() == text);
        if found.is_none() {
            let problem = format!("`{text}` is not a kind of source here, expected {listed}");
            let advice = did_you_mean(&text, words.iter().copied());
            self.fault_at_value(entry, "kind", problem, advice);
        }
        found
    }

    fn name(&mut self, entry: &Entry<'_, '_>) -> Option<String> {
        let expected = "a name";
        let name = self.document.text(entry, "name", expected, &mut self.faults)?;
        if name_is_valid(&name) {
            return Some(name);
        }
        let problem = format!(
            "`{name}` cannot name a source, expected at most {NAME_MAX} of a-z, 0-9, `.`, `_`, \
             `-`, a letter or digit first"
        );
        self.fault_at_value(entry, "name", problem, "such as `aws-prod`".to_owned());
        None
    }

    fn schedule(&mut self, entry: &Entry<'_, '_>) -> Option<Schedule> {
        let expected = "a schedule such as \"0 3 * * *\"";
        let text = self.document.text(entry, "schedule", expected, &mut self.faults)?;
        match Schedule::parse(&text) {
            Ok(schedule) => Some(schedule),
            Err(error) => {
                self.fault_at_value(entry, "schedule", error.to_string(), String::new());
                None
            }
        }
    }

    fn recording(&mut self, entry: &Entry<'_, '_>, folder: &Path) -> Option<PathBuf> {
        let expected = "the path of a recording";
        let text = self.document.text(entry, "recording", expected, &mut self.faults)?;
        if text.is_empty() {
            let advice = "name what `discover --record` wrote, or remove the key";
            self.fault_at_value(
                entry,
                "recording",
                format!("is empty, expected {expected}"),
                advice.to_owned(),
            );
            return None;
        }
        Some(folder.join(text))
    }

    /// A key at the top that is none, with the likeliest way to mend it.
    fn unknown(&mut self, entry: &Entry<'_, '_>, kind: Option<&KindKeys<'_>>) {
        let place = self.document.key_place(entry);
        if let (Some(keys), Some(other)) = (kind, SourceKind::from_word(entry.key)) {
            let problem =
                format!("the table of another kind; this source is of kind `{}`", keys.kind);
            let advice = format!("remove it, or set kind = \"{other}\"");
            return self.faults.push(Fault::new(place, entry.key, problem, advice));
        }
        // Without a kind its table cannot be told from an unknown key: the kind is told instead.
        if kind.is_none() && SourceKind::from_word(entry.key).is_some() {
            return;
        }
        let belongs_below = kind.filter(|keys| {
            let base = entry.key.strip_suffix("_env").or(entry.key.strip_suffix("_file"));
            keys.settings.contains(&entry.key)
                || keys.secrets.contains(&entry.key)
                || base.is_some_and(|base| keys.secrets.contains(&base))
        });
        let advice = match belongs_below {
            Some(keys) => format!("put it below [{}]", keys.kind),
            None => {
                let word = kind.map(|keys| keys.kind.word());
                let near = did_you_mean(entry.key, TOP_KEYS.into_iter().chain(word));
                let table = word.map_or(String::new(), |word| format!(", and the table [{word}]"));
                if near.is_empty() {
                    format!("a source file has {}{table}", TOP_KEYS.join(", "))
                } else {
                    near
                }
            }
        };
        self.faults.push(Fault::new(place, entry.key, "unknown key", advice));
    }

    fn missing(&mut self, key: &str, expected: &str) {
        let place = self.document.file();
        let problem = format!("is missing, expected {expected}");
        self.faults.push(Fault::new(place, key, problem, "add it at the top of the file"));
    }

    fn fault_at_value(
        &mut self,
        entry: &Entry<'_, '_>,
        key: &str,
        problem: String,
        advice: String,
    ) {
        let place = self.document.value_place(entry);
        self.faults.push(Fault::new(place, key, problem, advice));
    }
}

/// "did you mean `x`?", or nothing.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(word, known).map_or(String::new(), |near| format!("did you mean `{near}`?"))
}
