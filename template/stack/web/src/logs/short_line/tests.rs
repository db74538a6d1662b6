use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn a_request_is_one_short_line_and_other_lines_have_its_id_and_their_module() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .fmt_fields(fields())
        .event_format(ShortLine)
        .with_writer(lines.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let (request_id, method, path) = ("0123456789abcdef", "GET", "/notes");
        let span = tracing::error_span!("request", request_id, method, path);
        let _entered = span.enter();
        tracing::info!(name: REQUEST, status = 200, ms = 1.5, "request");
        tracing::warn!(target: "app::notes", error = "no", "it failed");
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .map(|line| &line["00:00:00 ".len()..])
        .collect();
    let expected = [
        " INFO #01234567 GET /notes 200 1.5 ms",
        " WARN #01234567 GET /notes app::notes: it failed error=\"no\"",
    ];
    assert_eq!(lines, expected);
}
