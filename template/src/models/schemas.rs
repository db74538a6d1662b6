//! How the document of the API describes the models.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, SchemaFormat, Type},
    },
};
{%- if phone %}

use super::{DisplayName, Email, NoteBody, NoteId, NoteTitle, Phone, UserId, Version};
{%- else %}

use super::{DisplayName, Email, NoteBody, NoteId, NoteTitle, UserId, Version};
{%- endif %}

macro_rules! schema {
    ($name:ident: $description:literal, $object:expr) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $object.description(Some($description)).build().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn with_format(format: &str) -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom(format.to_owned())))
}

schema! { UserId: "Identifies a user.", with_format("uuid") }
schema! { NoteId: "Identifies a note.", with_format("uuid") }
schema! { Email: "An e-mail address.", with_format("email") }
schema! {
    DisplayName: "The public name: one line, without invisible characters.",
    text().min_length(Some(1)).max_length(Some(60))
}
schema! {
    NoteTitle: "One line.",
    text().min_length(Some(1)).max_length(Some(120))
}
schema! { NoteBody: "Any number of lines.", text().max_length(Some(20_000)) }
schema! {
    Version: "1 for a new record, plus 1 for each update.",
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::Custom("int64".to_owned())))
        .minimum(Some(1))
}
{%- if phone %}
schema! { Phone: "A phone number, such as +4930123456.", text() }
{%- endif %}
