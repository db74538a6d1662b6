//! What keeps a project from being built or run for a while: it ends nothing, and is over when it is mended.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::{Serve, command, project, write};

const NO_PROBLEM: &str = r#""problem":null"#;

#[test]
fn a_manifest_or_a_lock_file_that_cannot_be_read_is_shown_until_it_is_mended() {
    const CONFLICT: &str = "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n";
    let serve = Serve::start();
    for file in ["Cargo.toml", "Cargo.lock"] {
        let before = serve.project.read(file);
        serve.project.write(file, &format!("{before}{CONFLICT}"));
        serve.until("The application cannot be built");
        serve.is(file);
        serve.is("one ");
        serve.project.write(file, &before);
        serve.until(NO_PROBLEM);
    }
    let before = serve.project.read("Cargo.toml");
    serve.project.remove("Cargo.toml");
    serve.until("cannot read `Cargo.toml`");
    serve.project.write("Cargo.toml", "[workspace]\n");
    serve.until("has no `default-run`");
    serve.is("one ");
    serve.project.write("Cargo.toml", &before);
    serve.until(NO_PROBLEM);
    serve.project.remove("src");
    serve.until("The application cannot be built");
    write(&serve.project, "two");
    serve.until("two ");
}

#[test]
fn a_program_that_was_built_and_cannot_be_run_leaves_the_one_before_alone() {
    let serve = Serve::start();
    // It makes what was compiled no program.
    let script = "#!/bin/sh\n\"$@\" && { chmod -x target/debug/deps/trial* || true; }\n";
    serve.project.write("wrapper.sh", script);
    let path = serve.project.root.join("wrapper.sh");
    std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    serve.project.write(
        ".cargo/config.toml",
        "[build]\nrustc-wrapper = \"./wrapper.sh\"\n",
    );
    write(&serve.project, "not to be run");
    serve.until("does not start: Permission denied");
    serve.is("one ");
    serve.project.remove(".cargo");
    serve.project.remove("target");
    write(&serve.project, "two");
    serve.until("two ");
}

#[test]
fn settings_that_cannot_be_used_are_shown_until_they_can() {
    let serve = Serve::start();
    serve.project.write(".env", "no setting\n");
    serve.until("`.env`: ");
    // With these a program would never say that it is ready.
    serve.project.write(".env", "APP_ENV=production\n");
    serve.until("`APP_ENV` is `production`");
    serve.is("one ");
    serve.project.write(".env", "APP_ENV=development\n");
    serve.until(NO_PROBLEM);
    serve
        .project
        .write("rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n");
    serve
        .said
        .wait("applies when `cargo dev` is started again", 1);
}

#[test]
fn a_database_server_of_somebody_else_that_is_gone_is_named_until_it_is_back() {
    let other = project("one");
    other.dev(&["db", "start"]).with(0);
    let url = other.dev(&["db", "url"]);
    let url = url.with(0).trim().replace("/trial?", "/postgres?");
    let project = project("one");
    let mut command = command(&project);
    command.env("DATABASE_URL", url);
    let serve = Serve::start_with(project, command);
    other.dev(&["db", "stop"]).with(0);
    serve.until("does not answer; the application goes on when it does");
    // A program that does not start without it.
    write(&serve.project, "needy");
    serve.until("it needs `.data/there`");
    serve.project.write(".data/there", "");
    other.dev(&["db", "start"]).with(0);
    serve.until("needy ");
    serve.until(r#""notices":[]"#);
    other.dev(&["db", "stop"]).with(0);
}
