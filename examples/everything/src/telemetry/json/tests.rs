use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::*;

/// What is logged while `work` runs, line by line.
fn log(work: impl FnOnce()) -> Vec<Value> {
    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let memory = Memory::default();
    let writer = memory.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .event_format(Lines)
        .fmt_fields(SpanFields)
        .with_writer(move || writer.clone());
    tracing::subscriber::with_default(subscriber.finish(), work);
    let bytes = memory.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_line_is_one_object_with_the_fields_of_the_event_and_of_its_spans() {
    let lines = log(|| {
        let _outer = tracing::info_span!("request", id = "abc").entered();
        let _inner = tracing::info_span!("step", number = 2, last = true).entered();
        tracing::warn!(count = 3u64, ms = 1.5, "done");
    });
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "done");
    assert_eq!(line["count"], 3);
    assert_eq!(line["ms"], 1.5);
    assert_eq!(line["request"], json!({ "id": "abc" }));
    assert_eq!(line["step"], json!({ "number": 2, "last": true }));
    assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn nothing_that_is_logged_can_break_out_of_its_string() {
    let nasty = "a\"b\\c\nd\u{1}e\u{7f}ü{\"x\":1}";
    let lines = log(|| tracing::info!(text = nasty, debug = ?nasty, shown = %nasty, "{nasty}"));
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(line["text"], nasty);
    assert_eq!(line["shown"], nasty);
    assert_eq!(line["message"], nasty);
    assert_eq!(line["debug"], format!("{nasty:?}"));
}

#[test]
fn what_is_no_number_is_null() {
    let lines = log(|| tracing::info!(ratio = f64::NAN, "none"));
    assert_eq!(lines[0]["ratio"], Value::Null);
}
