use proptest::prelude::*;

use super::*;
use crate::testing::splices::apply;

fn there(old: &str, new: &str) -> String {
    let flat = serde_json::to_value(splices(old, new)).unwrap();
    apply(old, flat.as_array().unwrap())
}

#[test]
fn a_counter_costs_a_few_bytes() {
    let page = |count: i32| format!("<main><p>{count}</p><b>{}</b></main>", "x".repeat(500));
    let change = serde_json::to_string(&splices(&page(5), &page(6))).unwrap();
    assert_eq!(change, r#"[9,1,"6"]"#);
}

#[test]
fn two_changes_far_apart_do_not_send_what_is_between() {
    let page = |a: &str, b: &str| format!("<p>{a}</p>{}<p>{b}</p>", "<i>same</i>".repeat(50));
    let change = splices(&page("one", "two"), &page("three", "four"));
    let sent: usize = change.0.iter().map(|splice| splice.insert.len()).sum();
    assert!(sent < 40, "{change:?}");
}

proptest! {
    #[test]
    fn the_splices_of_any_two_texts_lead_from_one_to_the_other(old in ".*", new in ".*") {
        prop_assert_eq!(there(&old, &new), new);
    }

    #[test]
    fn the_splices_of_any_two_pages_lead_from_one_to_the_other(
        old in "(<[a-c]>|</[a-c]>|[äx🙂]{0,9}){0,60}",
        new in "(<[a-c]>|</[a-c]>|[äx🙂]{0,9}){0,60}",
    ) {
        prop_assert_eq!(there(&old, &new), new);
    }
}
