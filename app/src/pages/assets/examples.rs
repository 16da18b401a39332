//! The query language by examples, for who has found nothing or could not be understood.

use super::address::Address;
use leptos::prelude::*;

/// Queries, each with what it finds. docs/QUERY.md has the whole language.
const EXAMPLES: [(&str, &str); 8] = [
    ("web", "a word in the name, an address, an id or a tag"),
    ("10.16.160.0/24", "everything with an address in that network"),
    ("env:(prod OR staging) region:eu-*", "one of these, and a region that begins so"),
    ("kind:vm -owner:*", "of that kind, without an owner"),
    ("memory>=64GiB", "at least so much"),
    ("tag:team=payments", "a tag with that value"),
    ("runs-on:(name:esx03*)", "what runs on such a host"),
    ("first-seen<7d is:any", "new in the last seven days, also what is gone or hidden by now"),
];

/// The examples; each leads to what it finds.
pub fn examples() -> impl IntoView {
    let lines = EXAMPLES.map(|(query, finds)| {
        let link = Address::default().asking(query.to_owned()).link();
        view! { <div><dt><a class="id" href=link>{query}</a></dt><dd>{finds}</dd></div> }
    });
    view! {
        <section aria-labelledby="examples">
            <h2 id="examples">"What can be asked"</h2>
            <dl class="facts">{lines.into_iter().collect_view()}</dl>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::EXAMPLES;
    use cadastre_model::query::{UtcDays, parse};

    #[test]
    fn every_example_can_be_asked() {
        for (query, _) in EXAMPLES {
            assert!(parse(query, &UtcDays).is_ok(), "{query}");
        }
    }
}
