//! `sqlx::migrate!` and `rust_embed` embed files, and cannot tell cargo by themselves to look for new ones.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    // A debug build reads them from the disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=static");
    }
{%- if pgvector %}
    println!("cargo::rerun-if-changed=schema/vector/migrations");
{%- endif %}
}
