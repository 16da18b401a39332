//! The parameters of each address in the OpenAPI document.

use crate::api::asset_filter;
use crate::api::envelope::{MOST_OFFSET, MOST_ROWS};
use crate::api::route::{Endpoint, Takes};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

/// The parameters that an address takes.
pub fn of(endpoint: &Endpoint) -> Vec<Parameter> {
    let mut all = Vec::new();
    if endpoint.route.path.contains("{id}") {
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The number of the object."))
            .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)));
        all.push(id.build());
    }
    match endpoint.takes {
        Takes::Nothing => {}
        Takes::One => {
            all.push(as_of());
            all.extend(shape());
        }
        Takes::Run => {
            all.push(as_of());
            all.extend(shape());
            all.push(text("scopes_after", "The scope after which to show scopes."));
            all.push(number("errors_from", "The number of the first error to show, from 0."));
        }
        Takes::Change => {
            all.extend(shape());
            all.push(if_match());
        }
        Takes::Changes => all.extend(shape()),
        Takes::Assets => {
            all.extend(list());
            let by = "`name`, `id` or an attribute, with `-` before it for the other way round.";
            all.push(text("ordering", by));
            all.push(text("q", "Words to look for, or identifiers; all must be found."));
            all.push(text("query", "A query of the query language, see docs/QUERY.md."));
            let filters = asset_filter::described();
            all.extend(filters.iter().map(|(name, says)| several(name, says)));
        }
        Takes::Sources => {
            all.extend(list());
            all.push(text("ordering", "`id` or `-id`."));
            all.push(several("name", "Its name."));
            all.push(several("kind", "What sort of place it is, such as `aws`."));
            all.push(several("enabled", "Whether its schedule reaches it."));
        }
        Takes::Runs => {
            all.extend(list());
            all.push(text("ordering", "`-id`: newest first, as they come anyway."));
            all.push(text("source", "The name of the source."));
        }
    }
    all
}

fn list() -> Vec<Parameter> {
    let limit = format!("Objects a page, {MOST_ROWS} at most; 0: as many.");
    let offset = format!(
        "Objects left out before, {MOST_OFFSET} at most; `next` goes on to the end by `start`."
    );
    let mut all = vec![
        number("limit", &limit),
        number("offset", &offset),
        text("start", "The mark at which the page before ended; `next` has it."),
        as_of(),
    ];
    all.extend(shape());
    all
}

fn shape() -> [Parameter; 3] {
    let brief = ObjectBuilder::new().schema_type(Type::Boolean);
    [
        query("brief", "Only the few fields that name an object.").schema(Some(brief)).build(),
        text("fields", "Only these fields, separated by commas."),
        text("omit", "All fields but these, separated by commas."),
    ]
}

fn as_of() -> Parameter {
    let says = "As the register said then: a day (its end), a moment, or an age such as -7d.";
    text("as_of", says)
}

fn if_match() -> Parameter {
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The ETag of the version that is meant; another is not overwritten."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn query(name: &str, says: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(says))
}

fn text(name: &str, says: &str) -> Parameter {
    query(name, says).schema(Some(ObjectBuilder::new().schema_type(Type::String))).build()
}

fn number(name: &str, says: &str) -> Parameter {
    query(name, says).schema(Some(ObjectBuilder::new().schema_type(Type::Integer))).build()
}

/// One that may be repeated.
fn several(name: &str, says: &str) -> Parameter {
    let values = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
    query(name, says).schema(Some(values)).explode(Some(true)).build()
}
