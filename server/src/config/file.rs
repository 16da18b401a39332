//! The layer of the file: which file it is, and its keys.

use super::environment::CONFIG_VARIABLE;
use super::inputs::Inputs;
use super::keys::{KEYS, LIST_COMMA, Sort, find};
use super::layers::{Given, Giver, Layers};
use super::paths;
use cadastre_service::toml_doc::{Document, Entry, Fault, Faults, closest};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// The name looked for where no file is named.
pub(super) const FILE_NAME: &str = "cadastre.toml";

/// A configuration file is a page of text; more than this is something else.
const LIMIT: u64 = 1024 * 1024;

/// The file named by `--config` or `CADASTRE_CONFIG`, else the first there is of `cadastre.toml` in
/// the configuration folder and in the state folder. `None` if there is none.
///
/// # Errors
/// A file was named that cannot be read, or one found cannot.
pub(super) fn read(inputs: &Inputs) -> Result<Option<(PathBuf, String)>, Faults> {
    let named = inputs.flags.config.clone();
    let named = named.or_else(|| inputs.variable(CONFIG_VARIABLE).map(PathBuf::from));
    if let Some(path) = named {
        let path = inputs.working_folder.join(path);
        return match read_text(&path) {
            Ok(text) => Ok(Some((path, text))),
            Err(problem) => Err(refused(&path, problem)),
        };
    }
    for folder in [paths::config_dir(inputs), paths::state_dir(inputs)] {
        let path = folder.join(FILE_NAME);
        match read_text(&path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(Unreadable::Missing) => {}
            Err(problem) => return Err(refused(&path, problem)),
        }
    }
    Ok(None)
}

/// Why a file has no text.
enum Unreadable {
    Missing,
    Failed(String),
}

fn read_text(path: &Path) -> Result<String, Unreadable> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Unreadable::Missing,
        _ => Unreadable::Failed(format!("cannot be read ({error})")),
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        return Err(Unreadable::Failed(format!("has more than {LIMIT} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::Failed("is not UTF-8 text".to_owned()))
}

fn refused(path: &Path, problem: Unreadable) -> Faults {
    let problem = match problem {
        Unreadable::Missing => "there is no such file".to_owned(),
        Unreadable::Failed(problem) => problem,
    };
    let advice = "name the configuration file with --config, or correct its permissions";
    Faults::one(Fault::new(path.display().to_string(), "", problem, advice))
}

/// Puts every key of the file, and refuses those that are none.
pub(super) fn put(path: &Path, text: &str, layers: &mut Layers, faults: &mut Faults) {
    let document = match Document::parse(&path.display().to_string(), text) {
        Ok(document) => document,
        // What stands in a file that cannot be parsed is not known.
        Err(syntax) => return faults.0.extend(syntax.0),
    };
    let folder = path.parent().unwrap_or(Path::new("/"));
    for entry in document.entries() {
        match entry.table() {
            Some(entries) if is_section(entry.key) => {
                for below in entries {
                    let key = format!("{}.{}", entry.key, below.key);
                    put_key(&document, &below, &key, folder, layers, faults);
                }
            }
            None if is_section(entry.key) => {
                let problem = format!("is {}, expected a table", entry.described());
                let advice = format!("write [{}] and its keys below it", entry.key);
                let place = document.value_place(&entry);
                faults.push(Fault::new(place, entry.key, problem, advice));
            }
            _ => put_key(&document, &entry, entry.key, folder, layers, faults),
        }
    }
}

fn put_key(
    document: &Document<'_>,
    entry: &Entry<'_, '_>,
    path: &str,
    folder: &Path,
    layers: &mut Layers,
    faults: &mut Faults,
) {
    let Some(key) = find(path) else {
        let place = document.key_place(entry);
        return faults.push(Fault::new(place, path, "unknown key", advice(path)));
    };
    let text = match (key.sort, entry.value) {
        (Sort::Text, DeValue::String(text)) => Some(text.to_string()),
        (Sort::Count, DeValue::Integer(number)) => Some(number.to_string()),
        (Sort::Switch, DeValue::Boolean(yes)) => Some(yes.to_string()),
        (Sort::List, DeValue::Array(items)) => {
            let texts: Option<Vec<&str>> =
                items.iter().map(|item| item.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(LIST_COMMA))
        }
        _ => None,
    };
    let Some(text) = text else {
        let problem = format!("is {}, expected {}", entry.described(), key.sort.word());
        let place = document.value_place(entry);
        return faults.push(Fault::new(place, path, problem, ""));
    };
    let given =
        Given { text, giver: Giver::File(document.value_place(entry)), folder: folder.to_owned() };
    layers.put(path, given);
}

fn is_section(word: &str) -> bool {
    KEYS.iter().any(|key| section(key.path) == Some(word))
}

/// What was probably meant: a key of nearly that name, here or in a table, or a table.
fn advice(path: &str) -> String {
    let paths = KEYS.iter().map(|key| key.path);
    let name = last(path);
    let near = closest(path, paths.clone())
        .or_else(|| {
            let near = closest(name, paths.clone().map(last))?;
            paths.clone().find(|path| last(path) == near)
        })
        .or_else(|| closest(path, paths.clone().filter_map(section)));
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let all: Vec<&str> = paths.collect();
            format!("remove it; the keys are {}", all.join(", "))
        }
    }
}

/// The table a key stands in, if it stands in one.
fn section(path: &str) -> Option<&str> {
    path.split_once('.').map(|(section, _)| section)
}

/// A key's name without its table.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
