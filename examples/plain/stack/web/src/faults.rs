//! Errors and panics of handlers, for the overlay of `cargo dev`: what the log says about a request or an event of a live page,
//! with the place in the source and the last SQL statement.
//!
//! Only a debug build that `cargo dev` has started collects them, and [`server::cargo_dev`](crate::server::cargo_dev) connects
//! nobody in production.

use std::{collections::BTreeMap, fmt, panic, sync::OnceLock};

use serde_json::{Value, json};
use stack_serve::dev::ControlChannel;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

/// The target of events that say where an error has come from; they are for nobody else.
const PLACE: &str = "place";

/// How many lines are shown before and after the place.
const AROUND: usize = 3;

static CHANNEL: OnceLock<ControlChannel> = OnceLock::new();

/// Shows faults on the pages of this `cargo dev` from now on.
pub(crate) fn show_on(channel: &ControlChannel) {
    CHANNEL.set(channel.clone()).ok();
}

/// Remembers the place in the source that calls this, for an error of the request or the event that is at work.
#[track_caller]
pub fn here() {
    let at = panic::Location::caller();
    tracing::trace!(target: PLACE, file = at.file(), line = at.line(), column = at.column());
}

/// What collects faults, in a debug build that `cargo dev` has started.
pub(crate) fn layer<S>() -> Option<impl Layer<S>>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let is_wanted = cfg!(debug_assertions) && std::env::var_os("CARGO_DEV").is_some();
    is_wanted.then(|| {
        note_panics();
        let filter = Targets::new()
            .with_default(Level::WARN)
            .with_target(PLACE, Level::TRACE)
            .with_target("sqlx::query", Level::DEBUG);
        Faults.with_filter(filter)
    })
}

fn note_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        before(panic);
        let text = panic
            .payload_as_str()
            .unwrap_or("a panic without a message");
        if let Some(at) = panic.location() {
            let (file, line, column) = (at.file(), at.line(), at.column());
            tracing::trace!(target: PLACE, panic = text, file, line, column);
        }
    }));
}

struct Faults;

/// What is known about a request or an event, in its outermost span.
#[derive(Default)]
struct Trail {
    title: String,
    place: Option<Value>,
    sql: Option<String>,
    /// A panic is logged once more by whoever catches it.
    panicked: bool,
}

impl<S> Layer<S> for Faults
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        id: &span::Id,
        context: Context<'_, S>,
    ) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            let title = ["method", "kind", "path", "page"];
            let title: Vec<String> = title
                .iter()
                .filter_map(|name| fields.0.remove(*name))
                .collect();
            span.extensions_mut().insert(Trail {
                title: title.join(" "),
                ..Trail::default()
            });
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let root = context
            .event_scope(event)
            .and_then(|scope| scope.from_root().next());
        let mut alone = Trail::default();
        let mut extensions = root.as_ref().map(SpanRef::extensions_mut);
        let trail = extensions
            .as_mut()
            .and_then(|found| found.get_mut::<Trail>());
        let trail = trail.unwrap_or(&mut alone);
        let fault = trail.take(event.metadata().target(), fields.0);
        // The channel wakes tasks, which may look at the span.
        drop(extensions);
        if let (Some(fault), Some(channel)) = (fault, CHANNEL.get()) {
            channel.report(fault);
        }
    }
}

impl Trail {
    /// Remembers what an event says, or makes a fault of it.
    fn take(&mut self, target: &str, mut fields: BTreeMap<&'static str, String>) -> Option<Value> {
        match target {
            "sqlx::query" => {
                let statement = fields.remove("db.statement").filter(|sql| !sql.is_empty());
                let sql = statement.or_else(|| fields.remove("summary"))?;
                let ends = ["rollback", "commit"];
                if !ends.contains(&sql.trim().to_ascii_lowercase().as_str()) {
                    self.sql = Some(sql.trim().to_owned());
                }
                None
            }
            PLACE => {
                self.remember(&fields);
                self.panicked = fields.contains_key("panic");
                let text = fields.remove("panic")?;
                Some(self.fault("panicked", &text))
            }
            _ => {
                let error = fields.remove("error")?;
                (!self.panicked).then(|| {
                    let what = fields.remove("message").unwrap_or_default();
                    self.fault(&what, &error)
                })
            }
        }
    }

    /// The first place is the deepest one; a panic is deeper than any. What the compiler has brought is nobody's to mend.
    fn remember(&mut self, fields: &BTreeMap<&'static str, String>) {
        let [Some(file), Some(line), Some(column)] =
            ["file", "line", "column"].map(|name| fields.get(name))
        else {
            return;
        };
        let is_first = self.place.is_none() || fields.contains_key("panic");
        if is_first && !file.starts_with("/rustc/") {
            let (line, column) = (line.parse().unwrap_or(1), column.parse().unwrap_or(1));
            self.place = Some(
                json!({ "file": file, "line": u32::max(line, 1), "column": u32::max(column, 1) }),
            );
        }
    }

    fn fault(&mut self, what: &str, text: &str) -> Value {
        let (place, sql) = (self.place.take(), self.sql.take());
        let lines = place.as_ref().and_then(lines_around);
        let title = [self.title.as_str(), what].join(": ");
        let title = title.trim_start_matches(": ");
        json!({ "title": title, "text": text, "place": place, "lines": lines, "sql": sql })
    }
}

/// The lines around a place, with their numbers.
fn lines_around(place: &Value) -> Option<Vec<(usize, String)>> {
    let text = std::fs::read_to_string(place["file"].as_str()?).ok()?;
    let line = usize::try_from(place["line"].as_u64()?).ok()?;
    let numbered = text
        .lines()
        .enumerate()
        .map(|(index, text)| (index + 1, text.to_owned()));
    let near = numbered.filter(|(number, _)| number.abs_diff(line) <= AROUND);
    Some(near.collect())
}

/// The fields of a span or an event, as text.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
