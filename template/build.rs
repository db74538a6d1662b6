//! Sets `APP_NAME`, and rebuilds the crate if an embedded file changes.

fn main() {
    // Projects that share a target directory have one package `app` to Cargo, which asks this script again only if
    // something that it is compiled with differs: here, what the project is called.
    let _ = env!("CARGO_PKG_DESCRIPTION");
    // `env!("APP_NAME")` is the name of the program, its databases and its cookies.
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rustc-env=APP_NAME={}", program());

    // `sqlx::migrate!` and `rust_embed` embed files, but do not detect new ones.
    println!("cargo::rerun-if-changed=migrations");
    // Debug builds read them from disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=static");
    }
{%- if pgvector %}
    println!("cargo::rerun-if-changed=schema/vector/migrations");
{%- endif %}
}

/// The name of the program that `cargo run` starts.
fn program() -> String {
    let manifest = std::fs::read_to_string("Cargo.toml").expect("Cargo.toml can be read");
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("default-run = "));
    line.expect("`default-run` in Cargo.toml names the program")
        .trim_matches('"')
        .to_owned()
}
