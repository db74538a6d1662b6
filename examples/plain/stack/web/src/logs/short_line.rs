//! Lines of the log in development: short ones, for people.
//!
//! ```text
//! 09:30:12  INFO GET /notes 200 1.2 ms
//! ```

use std::fmt;

use time::OffsetDateTime;
use tracing::{Event, Level, Subscriber, field::Field};
use tracing_subscriber::{
    field::MakeExt as _,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{Writer, debug_fn},
    },
    registry::LookupSpan,
};

/// The name of the event that is the line of a request.
pub(crate) const REQUEST: &str = "request";

/// A time in UTC, a level, the request or the event that it is about, and what happened. A line about a whole request has no more
/// words, since there are many of them; any other one says which module it comes from.
pub(super) struct ShortLine;

/// Writes fields: those that everybody knows by their values, others with their names.
pub(super) fn fields() -> impl for<'writer> FormatFields<'writer> + 'static {
    debug_fn(
        |writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug| {
            match field.name() {
                // An id is long: its beginning is enough to find its other lines.
                "request_id" | "id" => {
                    let id = format!("{value:?}");
                    write!(writer, "#{:.8}", id.trim_matches('"'))
                }
                "message" | "method" | "path" | "page" | "kind" => {
                    write!(writer, "{}", format!("{value:?}").trim_matches('"'))
                }
                name => write!(writer, "{name}={value:?}"),
            }
        },
    )
    .delimited(" ")
}

fn level(writer: &mut Writer<'_>, level: Level) -> fmt::Result {
    let color = match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        _ => 34,
    };
    match writer.has_ansi_escapes() {
        true => write!(writer, "\u{1b}[{color}m{level:>5}\u{1b}[0m"),
        false => write!(writer, "{level:>5}"),
    }
}

impl<S, N> FormatEvent<S, N> for ShortLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let (hour, minute, second) = OffsetDateTime::now_utc().to_hms();
        write!(writer, "{hour:02}:{minute:02}:{second:02} ")?;
        level(&mut writer, *metadata.level())?;
        for span in context
            .event_scope()
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>()
                && !fields.is_empty()
            {
                write!(writer, " {fields}")?;
            }
        }
        if metadata.name() == REQUEST {
            let mut written = Ok(());
            event.record(&mut |field: &Field, value: &dyn fmt::Debug| {
                let next = match field.name() {
                    "status" => write!(writer, " {value:?}"),
                    "ms" => write!(writer, " {value:?} ms"),
                    _ => Ok(()),
                };
                written = written.and(next);
            });
            written?;
        } else {
            write!(writer, " {}: ", metadata.target())?;
            context.format_fields(writer.by_ref(), event)?;
        }
        writeln!(writer)
    }
}
