//! What more a line of the audit log says, in words instead of JSON.

use serde_json::{Map, Value};

/// Its parts, each with what it is about.
pub fn told(detail: &Value) -> Vec<(String, String)> {
    match detail {
        Value::Object(parts) => parts.iter().map(|(key, value)| part(key, value)).collect(),
        other => vec![(String::new(), text(other))],
    }
}

fn part(key: &str, value: &Value) -> (String, String) {
    let said = match (key, value) {
        ("counts", Value::Object(counts)) => tally(counts),
        // Nobody reads a digest; its beginning tells it from others.
        ("rows_sha256", Value::String(digest)) => digest.chars().take(12).chain(['…']).collect(),
        _ => text(value),
    };
    // A key of several words names what people called so; the others are ours.
    let what = if key.contains(' ') { key.to_owned() } else { key.replace('_', " ") };
    (what, said)
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "(nothing)".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        // Something may be set to be deliberately empty.
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(parts) => {
            let part = |(key, value): (&String, &Value)| format!("{key} {}", text(value));
            parts.iter().map(part).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Numbers of things; none goes unsaid, unless there is none of all.
fn tally(counts: &Map<String, Value>) -> String {
    let some: Vec<String> = counts
        .iter()
        .filter(|(_, count)| count.as_f64() != Some(0.0))
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    if some.is_empty() { "none".to_owned() } else { some.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::told;
    use serde_json::json;

    fn line(detail: &serde_json::Value) -> String {
        let parts: Vec<String> =
            told(detail).into_iter().map(|(what, text)| format!("{what}: {text}")).collect();
        parts.join("; ")
    }

    #[test]
    fn details_are_told_in_words() {
        let counts = json!({"counts": {"created": 27, "gone": 0, "stale": 6}, "run": 5});
        assert_eq!(line(&counts), "counts: 27 created, 6 stale; run: 5");
        assert_eq!(line(&json!({"counts": {"created": 0}})), "counts: none");
        let source = json!({"kind": "snmp", "settings": {"targets": ["10.0.0.1", "10.0.0.2"]}});
        assert_eq!(line(&source), "kind: snmp; settings: targets 10.0.0.1, 10.0.0.2");
        assert_eq!(
            line(&json!({"sessions_ended": 0, "first": true})),
            "first: yes; sessions ended: 0"
        );
        assert_eq!(line(&json!({"set owner": null})), "set owner: (nothing)");
        assert_eq!(line(&json!({"set owner": ""})), "set owner: (empty)");
        let tag = json!({"set tag cost_centre": "1"});
        assert_eq!(line(&tag), "set tag cost_centre: 1");
        let settings = json!({"settings": {"page_size": 500, "retries": 0}});
        assert_eq!(line(&settings), "settings: page_size 500, retries 0");
        let digest = "a7663c6d02d43196a5138b236a59bc156808606518dee72441a57b7d563252ac";
        assert_eq!(line(&json!({"rows_sha256": digest})), "rows sha256: a7663c6d02d4…");
    }
}
