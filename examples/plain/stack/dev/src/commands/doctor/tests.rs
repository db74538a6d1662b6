use super::*;

#[test]
fn a_linker_that_is_installed_and_not_used_is_told_of() {
    let none = |_: &str| None;
    let mold = |name: &str| (name == "mold").then(|| "mold 2.4".to_owned());
    assert!(linker_of("", none).unwrap().starts_with("Rust's own"));
    let error = linker_of("# with mold\n[build]", mold)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("mold 2.4 is installed, and cargo does not use it\nhint: "),
        "{error}"
    );
    let config = "[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Clink-arg=-fuse-ld=mold\"]\n";
    assert_eq!(linker_of(config, mold).unwrap(), "mold 2.4");
}
