//! The data file, read once.

use super::pattern::Pattern;
use crate::oid::Oid;
use cadastre_model::Kind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const FILE: &str = include_str!("makers.toml");

/// `1.3.6.1.4.1`.
const ENTERPRISES: &[u32] = &[1, 3, 6, 1, 4, 1];

/// One line, ready to be held against a device.
#[derive(Clone, Debug)]
pub(super) struct Line {
    trees: Vec<Oid>,
    words: Vec<String>,
    /// Who made it, in words for people.
    pub vendor: Option<String>,
    /// What runs on it.
    pub os: Option<String>,
    /// What it is; `None`: to be told from what it does.
    pub kind: Option<Kind>,
    /// Scalars to ask, and what to take of each.
    pub asks: Vec<(Oid, Pattern)>,
    /// What to take of `sysDescr`.
    pub says: Vec<Pattern>,
    /// What to take of the chassis' fields.
    pub entity: Vec<(String, Pattern)>,
    /// What build numbers stand for: operating system and version.
    pub builds: BTreeMap<String, (String, String)>,
    /// Whether the model is written in capitals.
    pub is_upper: bool,
}

impl Line {
    /// Whether this line is about a device that says this of itself.
    fn fits(&self, object_id: Option<&Oid>, description: &str) -> bool {
        let tree = self.trees.is_empty()
            || object_id.is_some_and(|id| self.trees.iter().any(|tree| id.is_below(tree.arcs())));
        let words = self.words.is_empty()
            || self.words.iter().any(|word| description.contains(word.as_str()));
        tree && words
    }
}

/// The first line that fits.
pub(super) fn line(object_id: Option<&Oid>, description: &str) -> Option<&'static Line> {
    LINES.iter().find(|line| line.fits(object_id, description))
}

// A line that cannot be read is left out; a test reads them all.
static LINES: LazyLock<Vec<Line>> =
    LazyLock::new(|| written().into_iter().filter_map(|line| line.ready().ok()).collect());

#[derive(Deserialize)]
struct File {
    line: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    trees: Vec<String>,
    #[serde(default)]
    descr: Vec<String>,
    vendor: Option<String>,
    os: Option<String>,
    kind: String,
    #[serde(default)]
    asks: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    entity: Vec<String>,
    #[serde(default)]
    builds: BTreeMap<String, (String, String)>,
    #[serde(default)]
    upper: bool,
}

fn written() -> Vec<Written> {
    toml::from_str::<File>(FILE).map(|file| file.line).unwrap_or_default()
}

impl Written {
    fn ready(self) -> Result<Line, String> {
        let kind = match self.kind.as_str() {
            "auto" => None,
            word => Some(Kind::from_word(word).ok_or(format!("`{word}` is no kind"))?),
        };
        let trees = self.trees.iter().map(|tree| below_enterprises(tree));
        let pattern = |text: &str| Pattern::parse(text).ok_or(format!("`{text}` is no pattern"));
        let parted = |text: &String| {
            let parts = text.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
            parts.ok_or(format!("`{text}` is only one thing"))
        };
        let asks = self.asks.iter().map(|text| {
            let (oid, rest) = parted(text)?;
            let oid = oid.parse().map_err(|_| format!("`{oid}` is no object identifier"))?;
            Ok((oid, pattern(&rest)?))
        });
        let entity = self.entity.iter().map(|text| {
            let (field, rest) = parted(text)?;
            Ok((field, pattern(&rest)?))
        });
        Ok(Line {
            trees: trees.collect::<Result<_, String>>()?,
            words: self.descr,
            vendor: self.vendor,
            os: self.os,
            kind,
            asks: asks.collect::<Result<_, String>>()?,
            says: self.says.iter().map(|text| pattern(text)).collect::<Result<_, String>>()?,
            entity: entity.collect::<Result<_, String>>()?,
            builds: self.builds,
            is_upper: self.upper,
        })
    }
}

fn below_enterprises(tree: &str) -> Result<Oid, String> {
    let oid: Oid = tree.parse().map_err(|_| format!("`{tree}` is no object identifier"))?;
    Ok(Oid::new(ENTERPRISES).child(oid.arcs()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_can_be_read() {
        let file: File = toml::from_str(FILE).unwrap();
        let lines: Vec<Line> = file.line.into_iter().map(|line| line.ready().unwrap()).collect();
        assert_eq!(LINES.len(), lines.len());
        const FIELDS: [&str; 7] =
            ["description", "name", "hardware", "firmware", "software", "serial", "model"];
        for line in &lines {
            assert!(!line.trees.is_empty() || !line.words.is_empty(), "{line:?} fits all");
            for (field, _) in &line.entity {
                assert!(FIELDS.contains(&field.as_str()), "{field}");
            }
        }
        let makers: BTreeSet<_> = lines.iter().filter_map(|line| line.vendor.as_ref()).collect();
        assert!(makers.len() > 50, "{makers:?}");
    }
}
