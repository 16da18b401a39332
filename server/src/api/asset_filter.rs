//! Filters of assets: parameters translated to the query language, word for word. What has no exact
//! translation is refused, never guessed at.

use crate::api::asked::{Asked, flag_of};
use cadastre_model::Attr;
use cadastre_model::query::{MAX_TERMS, ParseError, Query, parse};
use cadastre_model::registry::ValueType;
use cadastre_service::Service;
use cadastre_service::toml_doc::closest;
use cadastre_service::zone::Zone;

/// What filters there are, in a few words.
pub const KNOWN: &str = "limit, offset, start, ordering, brief, fields, omit, as_of, q, query, or a \
     filter: id, kind, source, tag, lifecycle, power, freshness, first_seen, last_seen, conflicted, \
     hidden, locked, or an attribute such as name, owner, site, env, os, vcpu (/api/schema/ has all)";

/// Which sort of thing is filtered by: decides the suffixes that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Text,
    Number,
    Moment,
    /// When it was seen: every asset has that.
    Seen,
    /// One of a closed set, or a number that names one asset.
    Word,
    Flag,
    /// Yes or no of a state, `is:` in the language.
    State,
    Tag,
}

/// A filter by its name and what it is in the query language.
#[derive(Clone, Copy, Debug)]
struct Filter {
    name: &'static str,
    key: &'static str,
    sort: Sort,
}

const FIXED: [Filter; 12] = [
    Filter { name: "id", key: "id", sort: Sort::Word },
    Filter { name: "kind", key: "kind", sort: Sort::Word },
    Filter { name: "source", key: "source", sort: Sort::Text },
    Filter { name: "tag", key: "tag", sort: Sort::Tag },
    Filter { name: "lifecycle", key: "lifecycle", sort: Sort::Word },
    Filter { name: "power", key: "power", sort: Sort::Word },
    Filter { name: "freshness", key: "freshness", sort: Sort::Word },
    Filter { name: "first_seen", key: "first-seen", sort: Sort::Seen },
    Filter { name: "last_seen", key: "seen", sort: Sort::Seen },
    Filter { name: "conflicted", key: "conflicted", sort: Sort::State },
    Filter { name: "hidden", key: "hidden", sort: Sort::State },
    Filter { name: "locked", key: "locked", sort: Sort::State },
];

impl Filter {
    fn of(attr: Attr) -> Option<Filter> {
        // What scripts read as `created` is when the register first knew it.
        if !attr.is_versioned() || attr == Attr::CreatedAt {
            return None;
        }
        let sort = match attr.def().value_type {
            ValueType::Bool => Sort::Flag,
            ValueType::Moment => Sort::Moment,
            number if number.is_number() => Sort::Number,
            _ => Sort::Text,
        };
        Some(Filter { name: attr.name(), key: attr.name(), sort })
    }

    fn named(name: &str) -> Option<Filter> {
        let fixed = FIXED.iter().find(|filter| filter.name == name).copied();
        fixed.or_else(|| Attr::from_name(name).and_then(Filter::of))
    }

    /// The suffixes that go with it.
    fn suffixes(self) -> &'static [&'static str] {
        match self.sort {
            Sort::Text => {
                &["n", "ic", "nic", "isw", "nisw", "iew", "niew", "ie", "nie", "empty", "isnull"]
            }
            Sort::Number | Sort::Moment => &["n", "lt", "lte", "gt", "gte", "empty", "isnull"],
            Sort::Seen => &["n", "lt", "lte", "gt", "gte"],
            Sort::Word | Sort::Tag => &["n"],
            Sort::Flag => &["n", "empty", "isnull"],
            Sort::State => &[],
        }
    }

    /// The clause of one value, in the query language; whether it is to be negated stands in the
    /// suffix.
    fn clause(self, suffix: &str, value: &str) -> Result<String, String> {
        let key = self.key;
        if matches!(suffix, "empty" | "isnull") {
            let is_empty = flag_of(value).ok_or(format!("`{value}` is neither true nor false"))?;
            return Ok(if is_empty { format!("-{key}:*") } else { format!("{key}:*") });
        }
        let needed = || match value.is_empty() {
            true => Err("a value is missing".to_owned()),
            false => Ok(quoted(value)),
        };
        match (self.sort, suffix.strip_prefix('n').unwrap_or(suffix)) {
            (Sort::State, _) => match flag_of(value) {
                Some(true) => Ok(format!("is:{key}")),
                Some(false) => Ok(format!("-is:{key}")),
                None => Err(format!("`{value}` is neither true nor false")),
            },
            (Sort::Text, "ic") => Ok(format!("{key}:\"*{}*\"", needed()?)),
            (Sort::Text, "isw") => Ok(format!("{key}:\"{}*\"", needed()?)),
            (Sort::Text, "iew") => Ok(format!("{key}:\"*{}\"", needed()?)),
            (Sort::Text, _) => Ok(format!("{key}:\"{}\"", quoted(value))),
            (Sort::Word | Sort::Flag, _) => Ok(format!("{key}:\"{}\"", needed()?)),
            (Sort::Tag, _) => match value.split_once('=') {
                Some((tag, value)) => {
                    Ok(format!("{key}:\"{}\"=\"{}\"", quoted(tag), quoted(value)))
                }
                None => Ok(format!("{key}:\"{}\"", needed()?)),
            },
            (Sort::Number | Sort::Moment | Sort::Seen, suffix) => {
                self.plain(value)?;
                let sign = match suffix {
                    "lt" => "<",
                    "lte" => "<=",
                    "gt" => ">",
                    "gte" => ">=",
                    _ => ":",
                };
                Ok(format!("{key}{sign}{value}"))
            }
        }
    }

    /// Numbers and moments stand without quotes: nothing but them may.
    fn plain(self, value: &str) -> Result<(), String> {
        let is_number = self.sort == Sort::Number;
        let is_plain = |c: char| {
            c.is_ascii_alphanumeric()
                || matches!(c, '.' | '-')
                || !is_number && matches!(c, ':' | '+')
        };
        // An age such as 30d counts backwards, which `lt` and `gt` would not say.
        let is_day = is_number || value.find('-').is_some_and(|at| at > 0);
        if !value.is_empty() && !value.contains("..") && value.chars().all(is_plain) && is_day {
            return Ok(());
        }
        Err(match is_number {
            true => format!("`{value}` is not a number, such as 4 or 16GiB"),
            false => format!(
                "`{value}` is not a day or moment, such as 2026-06-30 or 2026-06-30T12:00:00Z; for \
                 an age ask `query={}<30d`",
                self.key
            ),
        })
    }
}

/// The text as it stands within quotes of the query language.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '*') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Takes `q`, `query` and everything that is left: what assets must fulfil. All of it must hold; of one
/// filter's values one, of tags each.
pub fn read(service: &Service, asked: &mut Asked) -> Query {
    let zone = service.zone();
    let mut parts = Vec::new();
    if let Some(text) = asked.one("query") {
        match parse(&text, &zone) {
            Ok(query) => parts.push(query),
            Err(errors) => {
                errors.iter().for_each(|error| asked.problem("query", error.to_string()));
            }
        }
    }
    if let Some(text) = asked.one("q") {
        let words = text.split_whitespace().take(MAX_TERMS);
        for word in words.map(|word| searched(word, &zone)) {
            match word {
                Ok(query) => parts.push(query),
                Err(error) => asked.problem("q", error),
            }
        }
    }
    let mut values_left = MAX_TERMS;
    for (name, values) in asked.rest() {
        match values_left.checked_sub(values.len()) {
            Some(left) => values_left = left,
            None => {
                asked.problem(&name, format!("too many values: at most {MAX_TERMS} in all"));
                break;
            }
        }
        match filter(&name, &values, &zone) {
            Ok(query) => parts.push(query),
            Err(problems) => {
                problems.into_iter().for_each(|problem| asked.problem(&name, problem));
            }
        }
    }
    Query::all_of(parts)
}

/// A word of `q`: an identifier if it looks like one, else text that is looked for as it stands.
fn searched(word: &str, zone: &Zone) -> Result<Query, String> {
    let is_lookup = |query: &Query| match query {
        Query::Lookup(_) => true,
        Query::Or(parts) => matches!(parts.first(), Some(Query::Lookup(_))),
        _ => false,
    };
    match parse(word, zone) {
        Ok(query) if is_lookup(&query) => Ok(query),
        _ => parse(&format!("\"{}\"", quoted(word)), zone).map_err(|errors| told(&errors)),
    }
}

fn filter(name: &str, values: &[String], zone: &Zone) -> Result<Query, Vec<String>> {
    let (base, suffix) = name.split_once("__").unwrap_or((name, ""));
    let Some(filter) = Filter::named(base) else { return Err(vec![unknown(base)]) };
    if !suffix.is_empty() && !filter.suffixes().contains(&suffix) {
        return Err(vec![no_suffix(filter, suffix)]);
    }
    let mut problems = Vec::new();
    let mut queries = Vec::new();
    for value in values {
        let query = filter
            .clause(suffix, value)
            .and_then(|text| parse(&text, zone).map_err(|errors| told(&errors)));
        match query {
            Ok(query) => queries.push(query),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let is_negated = suffix.starts_with('n');
    Ok(match (filter.sort, is_negated) {
        (Sort::Tag, false) => Query::all_of(queries),
        (_, false) => Query::any_of(queries),
        (_, true) => Query::any_of(queries).negated(),
    })
}

fn unknown(base: &str) -> String {
    if base.starts_with("cf_") {
        return "there are no custom fields; filter by an attribute, such as vcpu__gte=4"
            .to_owned();
    }
    if base == "filter" {
        return "there are no saved filters yet; write the query itself: query=...".to_owned();
    }
    if matches!(base, "created" | "last_updated") {
        return "cannot be filtered by; first_seen and last_seen can, and `query=created>2026-06-30` \
                asks for what the source says"
            .to_owned();
    }
    if Attr::from_name(base).is_some() {
        return "cannot be filtered by: only its newest value is kept".to_owned();
    }
    let attributes = Attr::ALL.iter().copied().filter_map(Filter::of).map(|filter| filter.name);
    let names = FIXED.iter().map(|filter| filter.name).chain(attributes);
    match closest(base, names) {
        Some(near) => format!("there is no such parameter here; did you mean `{near}`?"),
        None => format!("there is no such parameter here; expected {KNOWN}"),
    }
}

fn no_suffix(filter: Filter, suffix: &str) -> String {
    let name = filter.name;
    let works: Vec<String> =
        filter.suffixes().iter().map(|suffix| format!("{name}__{suffix}")).collect();
    let works = match works.is_empty() {
        true => String::new(),
        false => format!(", {}", works.join(", ")),
    };
    format!("`__{suffix}` does not go with {name}; what works is {name}{works}, or query=")
}

/// What is wrong, without the place: it is not the text that was given.
fn told(errors: &[ParseError]) -> String {
    let one = |error: &ParseError| {
        let mut text = error.message.clone();
        if let Some(expected) = &error.expected {
            text += &format!("; expected {expected}");
        }
        if let Some(suggestion) = &error.suggestion {
            text += &format!("; did you mean `{suggestion}`?");
        }
        text
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Every filter with its suffixes and what it is about, for the schema.
pub fn described() -> Vec<(String, String)> {
    let attributes = Attr::ALL
        .iter()
        .copied()
        .filter_map(|attr| Some((Filter::of(attr)?, attr.def().description)));
    let fixed = FIXED.into_iter().map(|filter| {
        let says = match filter.name {
            "id" => "The asset's number.",
            "kind" => "What it is, such as `vm`.",
            "source" => "The name of a source that knows it.",
            "tag" => "`KEY`, or `KEY=VALUE`; several must all be there.",
            "lifecycle" => "`planned`, `active`, `retired` or `disposed`.",
            "power" => "`on`, `off`, `suspended` or `unknown`.",
            "freshness" => "`live`, `stale` or `gone`.",
            "first_seen" => "When the register first knew it: a day or moment.",
            "last_seen" => "When it was last seen: a day or moment.",
            "conflicted" => "Whether it waits for a decision.",
            "hidden" => "Whether it was hidden by hand.",
            _ => "Whether a person's lock holds one of its attributes.",
        };
        (filter, says)
    });
    let filters = fixed.chain(attributes);
    let with_suffixes = |(filter, says): (Filter, &'static str)| {
        let plain = [(filter.name.to_owned(), says.to_owned())];
        let more = filter.suffixes().iter().map(move |suffix| {
            (format!("{}__{suffix}", filter.name), suffix_says(suffix).to_owned())
        });
        plain.into_iter().chain(more)
    };
    filters.flat_map(with_suffixes).collect()
}

fn suffix_says(suffix: &str) -> &'static str {
    match suffix {
        "n" | "nie" => "Is none of these.",
        "ic" => "Holds this.",
        "nic" => "Does not hold this.",
        "isw" => "Begins with this.",
        "nisw" => "Does not begin with this.",
        "iew" => "Ends with this.",
        "niew" => "Does not end with this.",
        "ie" => "Is this.",
        "lt" => "Is less, or before it.",
        "lte" => "Is this or less, or not after it.",
        "gt" => "Is more, or after it.",
        "gte" => "Is this or more, or not before it.",
        _ => "Whether there is no value.",
    }
}
