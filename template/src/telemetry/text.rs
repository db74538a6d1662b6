//! Fields in log lines for people: as `tracing-subscriber` writes them, without those that are for traces.

use std::{error::Error, fmt};

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::{RecordFields, VisitOutput},
    fmt::format::{DefaultVisitor, FormatFields, Writer},
};

/// `name=value name=value`.
pub(super) struct Fields;

impl<'writer> FormatFields<'writer> for Fields {
    fn format_fields<R: RecordFields>(&self, to: Writer<'writer>, of: R) -> fmt::Result {
        let mut visitor = DefaultVisitor::new(to, true);
        of.record(&mut Shown(&mut visitor));
        visitor.finish()
    }
}

struct Shown<'a, 'w>(&'a mut DefaultVisitor<'w>);

impl Visit for Shown<'_, '_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if !super::is_for_traces(field) {
            self.0.record_str(field, value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.0.record_error(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.record_debug(field, value);
    }
}
