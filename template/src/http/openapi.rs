//! `/api/openapi.json`: the document of the API, in OpenAPI 3.1. The handlers have the parts that belong to them.

use std::sync::LazyLock;

use axum::{Json, http::Method};
use utoipa::{
    Modify, OpenApi,
    openapi::{
{%- if teams %}
        self, Content, Header, HeaderBuilder, ObjectBuilder, Ref, Required, ResponseBuilder,
        SchemaFormat, SecurityRequirement, Type,
{%- else %}
        self, Content, Header, HeaderBuilder, ObjectBuilder, Ref, Required, ResponseBuilder,
        SecurityRequirement, Type,
{%- endif %}
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{
    api_access::{Access, access},
    idempotency, notes,
    problem_details::ProblemDetails,
    session, users,
};
{%- if teams %}
use crate::models::TokenScope;
{%- endif %}

#[derive(OpenApi)]
#[openapi(
    paths(
        users::register,
        users::profile,
        users::me,
        session::log_in,
        session::log_out,
{%- if totp %}
        super::code::complete,
{%- endif %}
        notes::list,
        notes::create,
{%- if pgvector %}
        super::search::search,
{%- endif %}
        notes::show,
        notes::update,
        notes::delete,
    ),
    components(schemas(ProblemDetails)),
    modifiers(&Common),
)]
struct Document;

/// The document, which is made once.
pub fn document() -> &'static openapi::OpenApi {
    static DOCUMENT: LazyLock<openapi::OpenApi> = LazyLock::new(Document::openapi);
    &DOCUMENT
}

/// Returns the document.
pub async fn show() -> Json<&'static openapi::OpenApi> {
    Json(document())
}

/// What all operations have in common: how programs say who they are, and errors.
struct Common;

/// The names of the ways to say who one is.
const TOKEN: &str = "token";
const SESSION: &str = "session";

impl Modify for Common {
    fn modify(&self, document: &mut openapi::OpenApi) {
        document.info.title = env!("CARGO_PKG_DESCRIPTION").to_owned();
        document.info.description =
            Some("Errors are `application/problem+json`. Times are in UTC.".to_owned());
        document.info.license = None;
        let schemes = document.components.get_or_insert_default();
        let token = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token that was made in the account's settings."))
            .build();
        schemes.add_security_scheme(TOKEN, SecurityScheme::Http(token));
        let session = ApiKeyValue::with_description(
            "session",
            "The cookie of `POST /api/session`. Over TLS its name has the prefix `__Host-`.",
        );
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(session));
        schemes.add_security_scheme(SESSION, session);
        for (pattern, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                describe(operation, &method, access(&method, pattern), pattern);
            }
        }
    }
}

/// The statuses that say when to come back.
const TOO_MANY: &str = "429";
const IN_USE: &str = "409";

fn retry_after() -> Header {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer);
    HeaderBuilder::new()
        .schema(Some(seconds))
        .description(Some("After how many seconds to try again."))
        .build()
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let text = text
        .min_length(Some(1))
        .max_length(Some(idempotency::MAX_LENGTH));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .schema(Some(text))
        .description(Some(
            "A text that no other request has, such as a UUID. However often the request is sent with it \
             within a day, it is done once.",
        ))
        .build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let operations = [
        (Method::GET, item.get.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
    ];
    let operations = operations.into_iter();
    operations.filter_map(|(method, operation)| Some((method, operation?)))
}

fn describe(operation: &mut Operation, method: &Method, access: Access, pattern: &str) {
    let mut statuses = vec![(TOO_MANY, "A limit is reached.")];
    let is_done_once = method == Method::POST && matches!(access, Access::Scope(_));
    if is_done_once {
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(idempotency_key().into());
        statuses.push((
            IN_USE,
            "A request with the same `Idempotency-Key` is not done yet.",
        ));
        statuses.push((
            "422",
            "Some fields are invalid, or the `Idempotency-Key` was used for another request.",
        ));
    }
    if let Access::Scope(scope) = access {
        operation.security = Some(vec![
            SecurityRequirement::new(TOKEN, [scope.name()]),
            SecurityRequirement::new::<_, [&str; 0], _>(SESSION, []),
        ]);
        statuses.push(("401", "Nobody is logged in, or the token is not valid."));
    }
{%- if teams %}
    if let Access::Scope(TokenScope::NotesRead | TokenScope::NotesWrite) = access {
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(team().into());
    }
{%- endif %}
    // Also for what takes no token at all, and is sent one.
    statuses.push((
        "403",
        "The token may not do this, or a page of another site has sent it.",
    ));
    if pattern.contains('{') {
        statuses.push(("404", "There is none, or it is somebody else's."));
    }
    if operation.request_body.is_some() {
        statuses.push(("422", "Some fields are invalid."));
    }
    statuses.push(("default", "Any other error."));
    for (status, description) in statuses {
        let problem = Content::new(Some(Ref::from_schema_name("ProblemDetails")));
        let mut response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", problem);
        if [TOO_MANY, IN_USE].contains(&status) {
            response = response.header("Retry-After", retry_after());
        }
        let responses = &mut operation.responses.responses;
        responses
            .entry(status.to_owned())
            .or_insert_with(|| response.build().into());
    }
}
{%- if teams %}

/// The parameter of [`CurrentScope`](super::current_scope::CurrentScope).
fn team() -> Parameter {
    let id = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())));
    let which = "The team whose notes these are; without it, the one of the session, and for a token the \
                 one that its user has to themselves.";
    ParameterBuilder::new()
        .name("team")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(which))
        .schema(Some(id))
        .build()
}
{%- endif %}
