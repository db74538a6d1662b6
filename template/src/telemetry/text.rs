//! The fields of spans, in log lines for people.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::RecordFields,
    fmt::format::{FormatFields, Writer},
};

/// `name=value name=value`.
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, to: Writer<'writer>, of: R) -> fmt::Result {
        let mut fields = Fields {
            to,
            first: true,
            result: Ok(()),
        };
        of.record(&mut fields);
        fields.result
    }
}

struct Fields<'w> {
    to: Writer<'w>,
    first: bool,
    result: fmt::Result,
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.result.is_err() || super::is_for_traces(field) {
            return;
        }
        let space = if self.first { "" } else { " " };
        self.first = false;
        self.result = match field.name() {
            "message" => write!(self.to, "{space}{value:?}"),
            name => write!(self.to, "{space}{name}={value:?}"),
        };
    }
}
