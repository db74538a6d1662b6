use super::*;

#[test]
fn a_file_with_another_digest_is_refused() {
    let file = std::env::temp_dir().join(format!("stack-db-wheel-{}", std::process::id()));
    fs::write(&file, "not a wheel").expect("write");
    let refused = verify(&file);
    fs::remove_file(&file).expect("remove");
    assert!(refused.is_err_and(|text| text.contains("unknown digest")));
}

#[test]
fn the_digests_are_distinct_and_well_formed() {
    let distinct: std::collections::BTreeSet<_> = DIGESTS.iter().collect();
    assert_eq!(distinct.len(), DIGESTS.len());
    assert!(DIGESTS.iter().all(|digest| digest.len() == 64));
}
