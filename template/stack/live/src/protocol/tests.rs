use super::*;

#[test]
fn what_is_not_of_the_protocol_is_an_error() {
    for text in [
        "",
        "{}",
        "[]",
        "[1]",
        "[\"ev\"]",
        "[\"ev\",1,2,3,4,5]",
        "[\"go\",1]",
        "[\"join\",7]",
        "\"ping\"",
    ] {
        assert!(Message::parse(text).is_err(), "`{text}` was read");
    }
    assert!(matches!(Message::parse("[\"ping\"]"), Ok(Message::Ping)));
    assert!(matches!(
        Message::parse("[\"warn\",\"two siblings\"]"),
        Ok(Message::Warning(_))
    ));
    let event = Message::parse("[\"ev\",1,2,\"3\",\"click\",{}]");
    assert!(matches!(
        event,
        Ok(Message::Event(Event {
            seq: 1,
            version: 2,
            ..
        }))
    ));
}
