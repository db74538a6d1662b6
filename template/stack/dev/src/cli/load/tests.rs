use super::*;

#[test]
fn what_is_said_of_a_load_test_is_read_as_people_write_it() {
    assert_eq!(rate("5/s"), Ok(5.0));
    assert!(rate("0").is_err() && rate("fast").is_err());
    let (second, two) = (Duration::from_secs(1), Duration::from_secs(2));
    assert_eq!(range("1s..2s"), Ok((second, two)));
    assert_eq!(range("0..0"), Ok((Duration::ZERO, Duration::ZERO)));
    assert!(range("2s..1s").is_err() && range("..").is_err());
    assert_eq!(recording("a.jsonl"), Ok(("a.jsonl".into(), 1)));
    assert_eq!(recording("a=b.har=3"), Ok(("a=b.har".into(), 3)));
    assert!(recording("a.jsonl=0").is_err() && recording("a.jsonl=").is_err());
    assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
}
