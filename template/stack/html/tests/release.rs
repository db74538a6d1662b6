//! A release build has no lookup of texts: this crate is maud then, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::Command;

/// In the place of maud. The macros and the table of development builds are not there at all.
const MAUD: &str = r#"#[macro_export] macro_rules! html { () => { "maud's own" } }"#;

/// Compiles a crate with maud and, if it is there, this crate. Returns what the compiler has against it.
fn compile(name: &str, source: &Path, options: &[&str]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
        .args(["--crate-name", name, "--extern=upstream_maud"])
        .args(options)
        .arg("-L")
        .arg(folder)
        .arg("--out-dir")
        .arg(folder)
        .arg(source);
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

#[test]
fn without_debug_assertions_it_is_maud_and_nothing_else() {
    let write = |name: &str, text: &str| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let maud = write("upstream_maud.rs", MAUD);
    compile("upstream_maud", &maud, &[]).unwrap();
    let this = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    compile("maud", &this, &["-Cdebug-assertions=off"]).unwrap();
    let page = write("page.rs", "pub const PAGE: &str = maud::html!();");
    compile("page", &page, &["--extern=maud"]).unwrap();
    let lookup = write("lookup.rs", "pub use maud::texts;");
    let error = compile("lookup", &lookup, &["--extern=maud"]).unwrap_err();
    assert!(error.contains("no `texts` in the root"), "{error}");
    // With them it needs what is not there.
    let error = compile("development", &this, &["-Cdebug-assertions=on"]).unwrap_err();
    assert!(error.contains("`stack_html_macros`"), "{error}");
}
