use std::time::Duration;

use crate::plan::{ErrorLimit, Plan, duration};

#[test]
fn a_plan_in_json_is_read_as_it_was() {
    let mut plan = Plan::new("load/demo.jsonl", "http://127.0.0.1:3000");
    assert_eq!(Plan::from_json(&plan.to_json()), Ok(plan.clone()));
    plan.visitor = Some("2.1".into());
    plan.own = Some("http://a.example".into());
    plan.users = 5000;
    plan.ramp = 0.5;
    plan.duration = Some(Duration::from_secs(30));
    plan.think = Some((Duration::ZERO, Duration::from_millis(1500)));
    plan.threads = Some(2);
    plan.set = vec![("email".into(), "a{user}@example.com".into())];
    plan.fresh = true;
    plan.page = None;
    plan.json = true;
    plan.max_p99 = Some(Duration::from_millis(300));
    plan.max_errors = Some(ErrorLimit::Percent(1.5));
    assert_eq!(Plan::from_json(&plan.to_json()), Ok(plan));
}

#[test]
fn an_unknown_part_of_a_plan_is_an_error() {
    assert!(Plan::from_json(r#"{ "file": "a", "user": 3 }"#).is_err());
    assert!(Plan::from_json("3").is_err());
}

#[test]
fn durations_and_limits_are_read_as_people_write_them() {
    assert_eq!(duration("300ms").unwrap(), Duration::from_millis(300));
    assert_eq!(duration("1.5m").unwrap(), Duration::from_secs(90));
    assert_eq!(duration("2").unwrap(), Duration::from_secs(2));
    for text in ["", "s", "-1s", "1d", "1e9h", "9999999h", "nan", "1..2"] {
        assert!(duration(text).is_err(), "{text}");
    }
    assert_eq!("1%".parse(), Ok(ErrorLimit::Percent(1.0)));
    assert_eq!("10".parse(), Ok(ErrorLimit::Count(10)));
    for text in ["", "-1", "101%", "a%", "1.5"] {
        assert!(text.parse::<ErrorLimit>().is_err(), "{text}");
    }
}
