//! `sqlx::migrate!` embeds files, and cannot tell cargo by itself to look for new ones.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
