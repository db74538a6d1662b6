//! What the compiler has to know beside the code: the name of the program, and which files are embedded.

fn main() {
    // `env!("APP_NAME")`: the program, its databases and its cookies are called so.
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rustc-env=APP_NAME={}", program());

    // `sqlx::migrate!` and `rust_embed` embed files, and cannot tell cargo by themselves to look for new ones.
    println!("cargo::rerun-if-changed=migrations");
    // A debug build reads them from the disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=static");
    }
}

/// The program that `cargo run` starts.
fn program() -> String {
    let manifest = std::fs::read_to_string("Cargo.toml").expect("cargo has read it, too");
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("default-run = "));
    line.expect("`default-run` in Cargo.toml names the program")
        .trim_matches('"')
        .to_owned()
}
