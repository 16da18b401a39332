//! The OpenAPI document, made from the same tables as the answers: addresses from `route`, fields from
//! where each object declares them, attributes from the registry.

use crate::api::field::{Field, Form};
use crate::api::route::{Endpoint, Gives, Takes, endpoints};
use crate::api::{about, asset_json, assets, runs, schema_parameters, sources};
use cadastre_model::Attr;
use cadastre_model::registry::ValueType;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{
    ArrayBuilder, Components, ComponentsBuilder, KnownFormat, ObjectBuilder, RefBuilder, Schema,
    SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, InfoBuilder, License, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, Response,
    ResponseBuilder,
};

const ABOUT: &str = "The register of an IT estate: what there is, whose it is, and how that is known. \
     Addresses end with a slash; a parameter or field that is not known is an error, never ignored; \
     everything that is wrong is said at once. docs/API.md has examples.";

/// The name of the way to log in.
const TOKEN: &str = "token";

/// The whole document.
pub fn document() -> OpenApi {
    let license = License::new("Apache-2.0");
    let info = InfoBuilder::new()
        .title("Cadastre")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build();
    let mut paths = Paths::new();
    for endpoint in endpoints() {
        let method = match endpoint.route.method {
            "PATCH" => HttpMethod::Patch,
            _ => HttpMethod::Get,
        };
        paths.add_path_operation(endpoint.route.path, vec![method], operation(&endpoint));
    }
    let needs_token = SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, []);
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components()))
        .security(Some([needs_token]))
        .build()
}

fn operation(endpoint: &Endpoint) -> Operation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(endpoint.id))
        .summary(Some(endpoint.says))
        .parameters(Some(schema_parameters::of(endpoint)))
        .request_body(body(endpoint.takes));
    if let Some(area) = endpoint.route.path.split('/').nth(2).filter(|area| !area.is_empty()) {
        operation = operation.tag(area);
    }
    let refusals = [
        ("400", "Something of what was asked cannot be; `errors` says what."),
        ("401", "Who asks is not known, or the token does not hold."),
        ("403", "Who asks may not."),
    ];
    operation = operation.response("200", answer(endpoint));
    for (status, says) in refusals {
        operation = operation.response(status, refusal(says));
    }
    if endpoint.route.path.contains('{') {
        operation = operation.response("404", refusal("There is nothing of this number."));
    }
    match endpoint.takes {
        Takes::Change => {
            let says = "The object is not of the version that If-Match names.";
            operation = operation.response("412", refusal(says));
            operation.response("415", refusal("The body is not JSON.")).build()
        }
        Takes::Changes => operation.response("415", refusal("The body is not JSON.")).build(),
        _ => operation.build(),
    }
}

fn answer(endpoint: &Endpoint) -> Response {
    let (says, schema): (&str, RefOr<Schema>) = match endpoint.gives {
        Gives::One(name) => ("The object.", named(name)),
        Gives::Page(name) => ("A page of them.", named(&format!("{name}Page"))),
        Gives::Array(name) => {
            ("Them, in the order they were named.", ArrayBuilder::new().items(named(name)).into())
        }
        Gives::Other(says) => (says, ObjectBuilder::new().into()),
    };
    let content = Content::new(Some(schema));
    ResponseBuilder::new().description(says).content("application/json", content).build()
}

fn refusal(says: &str) -> Response {
    let content = Content::new(Some(named("Refusal")));
    ResponseBuilder::new().description(says).content("application/json", content).build()
}

fn body(takes: Takes) -> Option<RequestBody> {
    let (says, schema): (&str, RefOr<Schema>) = match takes {
        Takes::Change => ("What to change.", named("AssetChange")),
        Takes::Changes => (
            "What to change, each with the `id` of its asset: 1 to 1000, all or none.",
            ArrayBuilder::new().items(named("AssetChange")).into(),
        ),
        _ => return None,
    };
    let body = RequestBodyBuilder::new()
        .description(Some(says))
        .required(Some(Required::True))
        .content("application/json", Content::new(Some(schema)));
    Some(body.build())
}

fn named(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}

fn components() -> Components {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "`Authorization: Bearer cdst_...`, or `Token cdst_...`; `cadastre token add` makes one. \
             A browser's session does as well.",
        ))
        .build();
    let mut components =
        ComponentsBuilder::new().security_scheme(TOKEN, SecurityScheme::Http(scheme));
    for (name, says, fields) in [
        ("Areas", "What there is here.", about::AREAS.to_vec()),
        ("Status", "How the register stands.", about::STATUS.to_vec()),
        ("Asset", "An asset in a list.", asset_json::ASSET.to_vec()),
        ("AssetWhole", "An asset with all that is known of it.", assets::all_fields()),
        ("Source", "A place to discover from.", sources::SOURCE.to_vec()),
        ("Run", "One execution of a source.", runs::RUN.to_vec()),
        ("RunWhole", "A run with its scopes and errors.", runs::all_fields()),
    ] {
        components = components.schema(name, object(says, &fields));
    }
    for name in ["Asset", "Source", "Run"] {
        components = components.schema(format!("{name}Page"), page(name));
    }
    components
        .schema("Attributes", attributes("Attributes of an asset, by name: those it has.", false))
        .schema("AssetChange", change())
        .schema("Choice", choice())
        .schema("Tag", tag())
        .schema("Refusal", refusal_schema())
        .build()
}

fn object(says: &str, fields: &[Field]) -> ObjectBuilder {
    let object = ObjectBuilder::new().description(Some(says));
    fields.iter().fold(object, |object, field| object.property(field.name, property(field)))
}

fn property(field: &Field) -> RefOr<Schema> {
    let says = Some(field.says);
    let text = || ObjectBuilder::new().description(says);
    let typed = |types: &[Type]| text().schema_type(SchemaType::from_iter(types.to_vec()));
    let of = |item: RefOr<Schema>| ArrayBuilder::new().items(item).description(says).into();
    let reference = |name: &str| {
        RefOr::Ref(RefBuilder::new().ref_location_from_schema_name(name).description(says).build())
    };
    let moment = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
    match field.form {
        Form::Number => text().schema_type(Type::Integer).into(),
        Form::Text => text().schema_type(Type::String).into(),
        Form::TextOrNull => typed(&[Type::String, Type::Null]).into(),
        Form::Address => text()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uri".to_owned())))
            .into(),
        Form::Moment => text().schema_type(Type::String).format(moment).into(),
        Form::MomentOrNull => typed(&[Type::String, Type::Null]).format(moment).into(),
        Form::Flag => text().schema_type(Type::Boolean).into(),
        Form::Choice => reference("Choice"),
        Form::Texts => of(ObjectBuilder::new().schema_type(Type::String).into()),
        Form::Object if field.name == "attributes" => reference("Attributes"),
        Form::Object => text().into(),
        Form::ObjectOrNull => typed(&[Type::Object, Type::Null]).into(),
        Form::Objects => of(ObjectBuilder::new().into()),
        Form::Tags => of(named("Tag")),
    }
}

fn described(says: &str, types: &[Type]) -> ObjectBuilder {
    let types = match types {
        [one] => SchemaType::Type(one.clone()),
        several => SchemaType::from_iter(several.to_vec()),
    };
    ObjectBuilder::new().description(Some(says)).schema_type(types)
}

fn page(name: &str) -> ObjectBuilder {
    let results = ArrayBuilder::new().items(named(name)).description(Some("The page's objects."));
    ObjectBuilder::new()
        .description(Some("A page of a list."))
        .property("count", described("How many there are on all pages.", &[Type::Integer]))
        .property("next", described("Where the next page is.", &[Type::String, Type::Null]))
        .property(
            "previous",
            described(
                "Where the page before is, of pages by `offset`.",
                &[Type::String, Type::Null],
            ),
        )
        .property("results", results)
}

/// Attributes with their types; those to be set may be written as text too.
fn attributes(says: &str, are_set: bool) -> ObjectBuilder {
    let object = ObjectBuilder::new().description(Some(says));
    let set = Attr::ALL.iter().copied().filter(|attr| attr.is_versioned());
    set.filter(|attr| are_set || *attr != Attr::Name)
        .fold(object, |object, attr| object.property(attr.name(), attribute(attr, are_set)))
}

fn attribute(attr: Attr, is_set: bool) -> RefOr<Schema> {
    let def = attr.def();
    let unit = def.value_type.unit().map_or(String::new(), |unit| format!(" In {unit}."));
    let says = format!("{}{unit}", def.description);
    let texts = || ObjectBuilder::new().schema_type(Type::String);
    let types = match def.value_type {
        ValueType::Bool => vec![Type::Boolean],
        ValueType::Moment => {
            let moment = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
            return described(&says, &[Type::String]).format(moment).into();
        }
        ValueType::List if is_set => vec![Type::Array],
        ValueType::List => {
            return ArrayBuilder::new().items(texts()).description(Some(says)).into();
        }
        number if number.is_number() => vec![Type::Integer],
        _ => return described(&says, &[Type::String]).into(),
    };
    // "" says that it is deliberately empty.
    let more = if is_set { vec![Type::String] } else { Vec::new() };
    described(&says, &[types, more].concat()).into()
}

fn change() -> ObjectBuilder {
    let names = ObjectBuilder::new().schema_type(Type::String);
    let release =
        ArrayBuilder::new().items(names).description(Some("Attributes that sources say again."));
    let keys = ObjectBuilder::new().schema_type(Type::String);
    let release_tags =
        ArrayBuilder::new().items(keys).description(Some("Keys of tags that sources say again."));
    let value = described("The value; null holds the tag away.", &[Type::String, Type::Null]);
    let tags = ObjectBuilder::new()
        .description(Some("Tags to hold, by key. Others stay as they are."))
        .additional_properties(Some(value));
    let says = "What to change on an asset. An attribute set is held over what sources say; \"\" holds \
                it deliberately empty.";
    attributes(says, true)
        .property("id", described("The asset; needed in a list of changes.", &[Type::Integer]))
        .property("release", release)
        .property("tags", tags)
        .property("release_tags", release_tags)
        .property(
            "effective_from",
            described(
                "The day from which the values hold in the world; now, if not said.",
                &[Type::String],
            ),
        )
        .property("attributes", named("Attributes"))
}

fn choice() -> ObjectBuilder {
    ObjectBuilder::new()
        .description(Some("One of a closed set."))
        .property("value", described("The word for scripts.", &[Type::String]))
        .property("label", described("The words for people.", &[Type::String]))
}

fn tag() -> ObjectBuilder {
    ObjectBuilder::new()
        .description(Some("A tag as its source wrote it."))
        .property("display", described("What to show people.", &[Type::String]))
        .property("key", described("Its key.", &[Type::String]))
        .property("value", described("Its value, perhaps empty.", &[Type::String]))
}

fn refusal_schema() -> ObjectBuilder {
    ObjectBuilder::new()
        .description(Some("Why there is no answer."))
        .property("detail", described("In words, with what to do.", &[Type::String]))
        .property(
            "errors",
            described(
                "What is wrong, by parameter or field; of a list of changes an array of \
                 {index, errors}.",
                &[Type::Object, Type::Array],
            ),
        )
}
