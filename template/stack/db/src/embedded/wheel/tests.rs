use super::*;

#[test]
fn pip_is_told_a_digest_for_each_platform() {
    let distinct: std::collections::BTreeSet<_> = DIGESTS.iter().collect();
    assert_eq!(distinct.len(), DIGESTS.len());
    assert!(DIGESTS.iter().all(|digest| digest.len() == 64));
    let words: Vec<_> = requirement().split(' ').map(str::to_owned).collect();
    assert_eq!(words.len(), 1 + DIGESTS.len());
    assert_eq!(words[0], REQUIREMENT);
}
