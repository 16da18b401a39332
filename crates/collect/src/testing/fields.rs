//! Whether a factory describes the very settings that it accepts.

use crate::factory::Factory;
use crate::field::{FieldSort, SettingField};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A key that no kind of source has, and that is near to none.
const NOWHERE: &str = "?";

/// Where [`Factory::fields`] and [`Factory::check`] disagree, in words: keys that only one of them
/// knows, and sorts of values that are described and refused, or the other way round.
pub fn disagreements(factory: &dyn Factory) -> Vec<String> {
    let fields = factory.fields();
    let described: BTreeSet<String> = fields.iter().flat_map(keys).collect();
    let accepted = accepted(factory);
    let mut found: Vec<String> = described
        .symmetric_difference(&accepted)
        .map(|key| match described.contains(key) {
            true => format!("`{key}` is described and not accepted"),
            false => format!("`{key}` is accepted and not described"),
        })
        .collect();
    for field in fields.iter().filter(|field| !field.is_secret) {
        let complaint = |value: &Value| {
            let errors = factory.check(&json!({ field.key: value }));
            errors.into_iter().find(|error| error.key == field.key)
        };
        let (right, wrong) = samples(field.sort);
        for value in wrong {
            if complaint(&value).is_none() {
                found.push(format!(
                    "`{}` is no {} and takes {value}",
                    field.key,
                    field.sort.word()
                ));
            }
        }
        // A right sort may hold a wrong value; then something else is said than what sort it is.
        if let Some(error) = right.and_then(|value| complaint(&value))
            && error.hint.starts_with("expected a ")
        {
            found.push(format!("{error}, and is described as {}", field.sort.word()));
        }
    }
    found
}

/// The keys that a setting has in a file.
fn keys(field: &SettingField) -> Vec<String> {
    if field.is_secret {
        return vec![format!("{}_env", field.key), format!("{}_file", field.key)];
    }
    vec![field.key.to_owned()]
}

/// The keys that the check knows, as it tells them to someone who names another.
fn accepted(factory: &dyn Factory) -> BTreeSet<String> {
    let errors = factory.check(&json!({ NOWHERE: true }));
    let hint = errors.iter().find(|error| error.key == NOWHERE).map(|error| error.hint.as_str());
    let list = hint.and_then(|hint| hint.strip_prefix("known here: ")).unwrap_or_default();
    list.split(", ").filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

/// A value of the sort, where one fits every such setting, and values that are not of it.
fn samples(sort: FieldSort) -> (Option<Value>, Vec<Value>) {
    match sort {
        FieldSort::Text | FieldSort::Path => (None, vec![json!(8), json!(["x"]), json!(true)]),
        FieldSort::Texts => (Some(json!(["x"])), vec![json!(8), json!(true)]),
        FieldSort::Switch => (Some(json!(true)), vec![json!("yes"), json!(8)]),
        FieldSort::Whole => (None, vec![json!("x"), json!(true), json!(-1)]),
        FieldSort::Duration => (Some(json!("30s")), vec![json!("soon"), json!(8)]),
        FieldSort::Tables(_) => (Some(json!([{}])), vec![json!("x"), json!(8), json!(["x"])]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::collector::Collector;
    use crate::factory::Mode;
    use crate::settings::{SettingError, SettingsReader};
    use cadastre_model::SourceKind;
    use secrecy::SecretString;
    use std::collections::BTreeMap;

    /// Says other things about its settings than it does with them.
    struct Careless;

    impl Factory for Careless {
        fn kind(&self) -> SourceKind {
            SourceKind::Aws
        }

        fn check(&self, settings: &Value) -> Vec<SettingError> {
            let mut reader = SettingsReader::new("aws", settings);
            reader.text("regions");
            reader.text("forgotten");
            reader.secret("password");
            reader.finish()
        }

        fn fields(&self) -> Vec<SettingField> {
            vec![
                SettingField::new("regions", FieldSort::Texts, "", ""),
                SettingField::new("gone", FieldSort::Text, "", ""),
                SettingField::secret("password", "", ""),
            ]
        }

        fn build(
            &self,
            _settings: &Value,
            _secrets: &BTreeMap<String, SecretString>,
            _mode: Mode,
        ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
            Err(Vec::new())
        }
    }

    #[test]
    fn a_careless_description_is_found_out() {
        assert_eq!(
            disagreements(&Careless),
            [
                "`forgotten` is accepted and not described",
                "`gone` is described and not accepted",
                "`regions` is a list; expected a text in quotes, and is described as list of texts",
            ]
        );
    }
}
