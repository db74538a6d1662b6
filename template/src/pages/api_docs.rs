//! `/api/docs`: the document of the API for people. What it says is the document's.

use maud::{Markup, html};
use serde_json::Value;
use stack_live::Cx;

use super::{context::Context, layout};
use crate::{
    components::{
        section::section,
        table::{Column, table},
    },
    error::Error,
    http::openapi,
};

/// The page.
pub async fn page(cx: Cx) -> stack_live::Result {
    let document = serde_json::to_value(openapi::document()).map_err(Error::internal)?;
    let site = cx.app().config.site_url.join("");
    let site = site.trim_end_matches('/');
    let paths = entries(&document["paths"]);
    let schemas = entries(&document["components"]["schemas"]);
    let main = html! {
        header.title {
            h1 { "API" }
            a.button.secondary href="/account/tokens" data-link { "API tokens" }
        }
        (section("use", "How programs use it", html! {
            p {
                "They say who they are by " code { "Authorization: Bearer TOKEN" } ". "
                (prose(&document["info"]["description"])) " The whole document in OpenAPI 3.1 is at "
                a href="/api/openapi.json" { "/api/openapi.json" } "."
            }
        }))
        @for (path, item) in paths {
            @for (method, operation) in entries(item) {
                (show_operation(&document, site, &method.to_uppercase(), path, operation))
            }
        }
        @for (name, schema) in schemas {
            (show_schema(name, schema))
        }
    };
    Ok(layout::live(&cx, "API", main))
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn items(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text of the document, in which code stands in backquotes.
fn prose(value: &Value) -> Markup {
    html! {
        @for (number, part) in text(value).split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn show_operation(
    document: &Value,
    site: &str,
    method: &str,
    path: &str,
    operation: &Value,
) -> Markup {
    let content = &operation["requestBody"]["content"]["application/json"];
    let example = example(document, &content["schema"]);
    let scopes = items(&operation["security"]).flat_map(|way| items(&way["token"]));
    let scopes: Vec<_> = scopes.map(text).collect();
    let columns = ["Parameter", "In", "Type", "What it is"].map(Column::text);
    let rows = items(&operation["parameters"]).map(|parameter| {
        let cells = [
            html! { code { (text(&parameter["name"])) } },
            html! { (text(&parameter["in"])) },
            kind(&parameter["schema"]),
            html! { (prose(&parameter["description"])) },
        ];
        (text(&parameter["name"]).to_owned(), cells)
    });
    let columns_of_answers = ["Status", "Body", "When"].map(Column::text);
    let answers = entries(&operation["responses"]).map(|(status, response)| {
        let mut bodies = entries(&response["content"]).map(|(_, body)| kind(&body["schema"]));
        let cells = [
            html! { (status) },
            bodies.next().unwrap_or_default(),
            html! { (prose(&response["description"])) },
        ];
        (status.clone(), cells)
    });
    let id = text(&operation["operationId"]);
    section(
        id,
        &format!("{method} {path}"),
        html! {
            p { (prose(&operation["summary"])) }
            @if let [scope] = scopes[..] {
                p.small { "A token needs the scope " code { (scope) } "." }
            }
            @if operation["parameters"].is_array() { (table("Parameters", columns, rows)) }
            @if content.is_object() { p { "Body: " (kind(&content["schema"])) } }
            div.card { pre { code { (curl(site, method, path, operation, example)) } } }
            (table("Responses", columns_of_answers, answers))
        },
    )
}

/// The example of a schema that is a reference.
fn example<'a>(document: &'a Value, schema: &Value) -> Option<&'a Value> {
    let name = text(&schema["$ref"]).rsplit('/').next()?;
    document["components"]["schemas"][name].get("example")
}

/// The request on the command line.
fn curl(
    site: &str,
    method: &str,
    path: &str,
    operation: &Value,
    example: Option<&Value>,
) -> String {
    let mut lines = vec![format!("curl -X {method} '{site}{path}'")];
    if items(&operation["security"]).any(|way| way["token"].is_array()) {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if items(&operation["parameters"]).any(|parameter| parameter["name"] == "Idempotency-Key") {
        lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    if let Some(example) = example {
        lines.push("-H 'Content-Type: application/json'".to_owned());
        lines.push(format!("-d '{example}'"));
    }
    lines.join(" \\\n  ")
}

fn show_schema(name: &str, schema: &Value) -> Markup {
    let columns = ["Field", "Type", "Required", "What it is"].map(Column::text);
    let is_required = |field: &str| items(&schema["required"]).any(|name| name == field);
    let parts = [schema].into_iter().chain(items(&schema["allOf"]));
    let fields = parts.flat_map(|part| entries(&part["properties"]));
    let mut fields = fields.peekable();
    let has_fields = fields.peek().is_some();
    let rows = fields.map(|(field, schema)| {
        let cells = [
            html! { code { (field) } },
            kind(schema),
            html! { @if is_required(field) { "yes" } },
            html! { (prose(&schema["description"])) },
        ];
        (field.clone(), cells)
    });
    section(
        &format!("schema-{name}"),
        name,
        html! {
            p { (prose(&schema["description"])) }
            @if has_fields { (table(name, columns, rows)) } @else { p { (kind(schema)) } }
        },
    )
}

/// What a value of this schema is, in a few words.
fn kind(schema: &Value) -> Markup {
    if let Some(name) = text(&schema["$ref"]).rsplit('/').next()
        && !name.is_empty()
    {
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    if schema["type"] == "array" {
        return html! { "list of " (kind(&schema["items"])) };
    }
    let any_of = items(&schema["oneOf"]).chain(items(&schema["allOf"]));
    let mut refs = any_of.filter(|part| part["$ref"].is_string());
    if let Some(part) = refs.next() {
        return kind(part);
    }
    let mut types = items(&schema["type"]).filter(|one| *one != "null");
    let name = types.next().unwrap_or(&schema["type"]);
    let format = text(&schema["format"]);
    html! { (text(name)) @if !format.is_empty() { " (" (format) ")" } }
}
