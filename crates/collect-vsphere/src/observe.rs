//! What every observation of vSphere begins with, and how its values become the model's.

use crate::api::{Known, Row};
use crate::enumerate::Scope;
use crate::tags::Tagged;
use cadastre_model::{
    Attr, Claim, Identifier, Kind, Observation, RelationType, Scheme, Tag, Target, Timestamp, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use vim_rs::types::structs::CustomFieldStringValue;
use vim_rs::types::traits::CustomFieldValueTrait;

/// Moments before 1990 and from 2200 on are none that anything was made at, but what a clock or a
/// field holds that was never set.
const EARLIEST: Timestamp = Timestamp(631_152_000_000);
const LATEST: Timestamp = Timestamp(7_258_118_400_000);

/// The name of a thing's custom attributes' property; every managed entity has it.
pub(crate) const CUSTOM_VALUES: &str = "customValue";

/// An observation of a thing: its name, where it lies, its tags.
pub(crate) fn begin(
    scope: &Scope<'_>,
    kind: Kind,
    native: String,
    row: &mut Row,
    tags: &BTreeMap<String, Vec<Tagged>>,
) -> Observation {
    let mut seen = Observation::new(native, kind, scope.datacenter.scope.as_str());
    seen.state_text(Attr::Name, row.name());
    seen.state_text(Attr::Datacenter, Some(scope.datacenter.name.as_str()));
    let parent = row.object("parent");
    state(
        &mut seen,
        Attr::Folder,
        text(parent.and_then(|parent| scope.survey.folder(Some(&parent)))),
    );
    seen.identify(Identifier::plain(Scheme::Native, &row.object.id));
    let tagged = tags.get(&row.object.id).map(Vec::as_slice).unwrap_or_default();
    let custom = custom_values(scope, row);
    seen.tags = joined(tagged, custom);
    seen
}

/// States what was read of an attribute.
pub(crate) fn state(seen: &mut Observation, attr: Attr, read: Known<Value>) {
    seen.facts.insert(attr, read.into_fact());
}

/// A text as a value.
pub(crate) fn text(read: Known<String>) -> Known<Value> {
    read.and_then(|text| (!text.is_empty()).then_some(Value::Text(text)))
}

/// A number as a value.
pub(crate) fn int(read: Known<i64>) -> Known<Value> {
    read.map(Value::Int)
}

/// Yes or no as a value.
pub(crate) fn flag(read: Known<bool>) -> Known<Value> {
    read.map(Value::Bool)
}

/// Several texts as a value, sorted, each once.
pub(crate) fn list(read: Known<Vec<String>>) -> Known<Value> {
    read.and_then(|items| {
        let items: BTreeSet<String> = items.into_iter().filter(|item| !item.is_empty()).collect();
        (!items.is_empty()).then(|| Value::List(items.into_iter().collect()))
    })
}

/// A moment as a value, in the run's time base; one that cannot be is none.
pub(crate) fn moment(scope: &Scope<'_>, read: Known<String>) -> Known<Value> {
    read.and_then(|text| at(scope, &text)).map(|at| Value::Int(at.0))
}

/// A moment that is written as RFC 3339, in the run's time base.
pub(crate) fn at(scope: &Scope<'_>, text: &str) -> Option<Timestamp> {
    let stated = Timestamp::from_str(text.trim()).ok()?;
    (EARLIEST..LATEST).contains(&stated).then(|| scope.run.moment(stated))
}

/// Claims a relation to another thing of the same server.
pub(crate) fn claim(seen: &mut Observation, relation: RelationType, native: Option<String>) {
    let Some(native) = native.filter(|native| *native != seen.native_id) else { return };
    seen.claims.insert(Claim::new(relation, Target::Native(native)));
}

/// Custom attributes by name.
fn custom_values(scope: &Scope<'_>, row: &mut Row) -> Vec<(String, String)> {
    let held: Known<Vec<Box<dyn CustomFieldValueTrait>>> = row.take(CUSTOM_VALUES);
    let held = held.value().unwrap_or_default();
    held.iter()
        .filter_map(|one| {
            let one = (**one).as_any_ref().downcast_ref::<CustomFieldStringValue>()?;
            let name = scope.survey.field(one.custom_field_value_.key)?;
            let value = crate::text::value(&one.value);
            (!value.is_empty()).then(|| (name.to_owned(), value))
        })
        .collect()
}

/// Tags by category and custom attributes by name, each key once: several values of one key stand
/// side by side.
fn joined(tags: &[Tagged], custom: Vec<(String, String)>) -> BTreeSet<Tag> {
    let tags = tags.iter().map(|tag| (tag.category.clone(), tag.name.clone()));
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, value) in tags.chain(custom) {
        values.entry(key).or_default().insert(value);
    }
    values
        .into_iter()
        .map(|(key, values)| Tag::new(key, values.into_iter().collect::<Vec<_>>().join(", ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_once() {
        let tag = |category: &str, name: &str| Tagged {
            category: category.to_owned(),
            name: name.to_owned(),
        };
        let tags = [tag("team", "web"), tag("team", "shop"), tag("env", "prod")];
        let custom = vec![("env".to_owned(), "prod".to_owned())];
        let expected = [Tag::new("env", "prod"), Tag::new("team", "shop, web")];
        assert_eq!(joined(&tags, custom), expected.into());
    }
}
