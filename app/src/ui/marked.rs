//! Text in which backticks stand around what is typed: a command, a setting, a query.

use leptos::prelude::*;

/// The text with those parts as code. A backtick without its fellow stands as it is.
pub fn marked(text: &str) -> impl IntoView + use<> {
    parts(text)
        .into_iter()
        .map(|(is_code, part)| match is_code {
            true => view! { <code>{part.to_owned()}</code> }.into_any(),
            false => part.to_owned().into_any(),
        })
        .collect_view()
}

/// Its parts in order, each with whether it is code.
fn parts(text: &str) -> Vec<(bool, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, (code, after))) =
        rest.split_once('`').and_then(|(before, open)| Some((before, open.split_once('`')?)))
    {
        found.extend([(false, before), (true, code)]);
        rest = after;
    }
    found.push((false, rest));
    found.retain(|(_, part)| !part.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn code_stands_between_two_backticks() {
        let expected =
            vec![(false, "decide with "), (true, "cadastre conflicts"), (false, ", now")];
        assert_eq!(parts("decide with `cadastre conflicts`, now"), expected);
        assert_eq!(parts("`a``b`"), vec![(true, "a"), (true, "b")]);
        assert_eq!(parts("half ` of it"), vec![(false, "half ` of it")]);
        assert_eq!(parts(""), vec![]);
    }
}
