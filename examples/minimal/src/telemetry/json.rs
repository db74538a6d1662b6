//! Log lines for machines.
//!
//! Written straight into the line's buffer. The formatter that comes with `tracing-subscriber` reads the fields of
//! the span again for every event, which costs a request more than all its other layers together.

use std::fmt::{self, Write};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormattedFields,
        format::{FormatEvent, FormatFields, Writer},
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// An event as one JSON object: `timestamp`, `level`, `target`, its fields, and the fields of each span around it
/// as an object by the span's name.
pub(super) struct Lines;

/// The fields of a span, as the inside of a JSON object.
pub(super) struct SpanFields;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        line.write_str(r#"{"timestamp":""#)?;
        SystemTime.format_time(&mut line)?;
        let metadata = event.metadata();
        write!(line, r#"","level":"{}","target":"#, metadata.level())?;
        text(&mut line, metadata.target())?;
        line.write_str(",")?;
        fields(&mut line, event)?;
        for span in context
            .event_scope()
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            let extensions = span.extensions();
            if let Some(fields) = extensions.get::<FormattedFields<N>>() {
                write!(line, r#","{}":"#, span.name())?;
                line.write_str("{")?;
                line.write_str(fields)?;
                line.write_str("}")?;
            }
        }
        line.write_str("}\n")
    }
}

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, mut to: Writer<'writer>, of: R) -> fmt::Result {
        fields(&mut to, of)
    }
}

/// Writes `"name":value` for each field.
fn fields(to: &mut Writer<'_>, of: impl RecordFields) -> fmt::Result {
    let mut visitor = Fields {
        to,
        first: true,
        result: Ok(()),
    };
    of.record(&mut visitor);
    visitor.result
}

struct Fields<'a, 'w> {
    to: &'a mut Writer<'w>,
    first: bool,
    result: fmt::Result,
}

impl<'w> Fields<'_, 'w> {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'w>) -> fmt::Result) {
        if self.result.is_ok() && !super::is_for_traces(field) {
            let comma = if self.first { "" } else { "," };
            self.first = false;
            self.result =
                write!(self.to, r#"{comma}"{}":"#, field.name()).and_then(|()| value(self.to));
        }
    }
}

impl Visit for Fields<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.write(field, |to| {
            to.write_str("\"")?;
            write!(Escape(to), "{value:?}")?;
            to.write_str("\"")
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, |to| text(to, value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, |to| write!(to, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, |to| write!(to, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, |to| write!(to, "{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.write(field, |to| {
            // JSON has no word for what is no number.
            if value.is_finite() {
                write!(to, "{value}")
            } else {
                to.write_str("null")
            }
        });
    }
}

/// Writes `value` as a JSON string.
fn text(to: &mut Writer<'_>, value: &str) -> fmt::Result {
    to.write_str("\"")?;
    Escape(to).write_str(value)?;
    to.write_str("\"")
}

/// Escapes what a JSON string cannot hold.
struct Escape<'a, 'w>(&'a mut Writer<'w>);

impl Write for Escape<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let needs_escape = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        let mut rest = text;
        while let Some(at) = rest.bytes().position(needs_escape) {
            self.0.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => self.0.write_str("\\\"")?,
                b'\\' => self.0.write_str("\\\\")?,
                b'\n' => self.0.write_str("\\n")?,
                byte => write!(self.0, "\\u{byte:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests;
