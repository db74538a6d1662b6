//! The binary away from the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::environment::{Environment, files};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the checkout")
}

/// `cargo` for this workspace, without what the outer one has set for this test: a build script that reads it
/// (that of `ring`) would run again, and everything above it be built again, in turns with the outer build.
fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "OUT_DIR" {
            command.env_remove(&name);
        }
    }
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("a program that starts");
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_tool_has_the_version_of_the_template_that_is_built_in() {
    let manifest = std::fs::read_to_string(repository().join("cargo-generate.toml")).expect("the manifest");
    let manifest: toml::Table = manifest.parse().expect("a good manifest");
    let version = manifest["heavy"]["version"].as_str().expect("a version");
    assert_eq!(Environment::new().run(&["--version"]), format!("exit 0\n--- out\nheavy {version}\n"));
}

#[test]
fn the_changelog_has_a_section_for_the_version_and_every_license_has_its_text() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).expect(path);
    let section = format!("\n## {}", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").contains(&section), "CHANGELOG.md has no `{}`", section.trim());
    assert_eq!(env!("CARGO_PKG_LICENSE"), "MIT OR Apache-2.0");
    assert!(read("LICENSE-MIT").starts_with("MIT License"));
    assert!(read("LICENSE-APACHE").contains("Version 2.0, January 2004"));
}

#[test]
fn cargo_binstall_looks_for_the_archives_that_a_release_has() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).expect(path);
    let manifest: toml::Table = read("scaffolder/Cargo.toml").parse().expect("a good manifest");
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let windows = &binstall["overrides"]["x86_64-pc-windows-msvc"];
    let workflow = read(".github/workflows/release.yml");
    // `{ name }-{ target }{ archive-suffix }`, in a folder of that name but in a zip.
    assert!(binstall["pkg-url"].as_str().expect("a URL").ends_with("/{ name }-{ target }{ archive-suffix }"));
    assert!(workflow.contains("name=\"heavy-stack-$TARGET\"") && env!("CARGO_PKG_NAME") == "heavy-stack");
    assert_eq!(binstall["pkg-fmt"].as_str(), Some("txz"));
    assert!(workflow.contains("archive=\"$name.tar.xz\"") && workflow.contains("tar -cJf \"$archive\" \"$name\""));
    assert_eq!(binstall["bin-dir"].as_str(), Some("{ name }-{ target }/{ bin }{ binary-ext }"));
    assert_eq!(windows["pkg-fmt"].as_str(), Some("zip"));
    assert!(workflow.contains("archive=\"$name.zip\"") && workflow.contains("(cd \"$name\" && 7z a"));
    assert_eq!(windows["bin-dir"].as_str(), Some("{ bin }{ binary-ext }"));
}

#[test]
fn stamp_and_archive_are_those_of_the_template() {
    let env = Environment::new();
    let shown = env.run(&["template", "stamp", &repository().to_string_lossy(), "--check"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn no_released_version_of_the_template_has_changed_since() {
    let env = Environment::new();
    let shown = env.run(&["template", "release", &repository().to_string_lossy(), "--check"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn the_template_of_this_repository_passes_the_lint() {
    let env = Environment::new();
    let shown = env.run(&["template", "lint", &repository().to_string_lossy()]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn the_package_builds_alone_and_renders_the_same_tree() {
    let env = Environment::new();
    let workshop = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
    run(cargo()
        .args(["package", "--package", "heavy-stack", "--allow-dirty", "--no-verify", "--offline", "--quiet"])
        .arg("--manifest-path")
        .arg(repository().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&workshop));
    let name = concat!("heavy-stack-", env!("CARGO_PKG_VERSION"));
    let crate_file = workshop.join("package").join(format!("{name}.crate"));
    // At the same path every time, and with the time of now: in a package every file has the same old one, by which
    // cargo would take a changed crate for the one that it built before.
    let alone = workshop.join(name);
    drop(std::fs::remove_dir_all(&alone));
    run(Command::new("tar").arg("-xzmf").arg(crate_file).arg("-C").arg(&workshop));

    // In this workspace's own target folder, with its profile, the dependencies are built already. Only the binary
    // needs another name there: other tests are running the one called `heavy`.
    let manifest = std::fs::read_to_string(alone.join("Cargo.toml")).expect("a manifest");
    let renamed = manifest.replace("[[bin]]\nname = \"heavy\"", "[[bin]]\nname = \"heavy-from-package\"");
    assert_ne!(renamed, manifest, "the binary was not found in the manifest");
    let workspace = std::fs::read_to_string(repository().join("Cargo.toml")).expect("the workspace's manifest");
    let profile = &workspace[workspace.find("[profile.dev]").expect("the workspace has a profile")..];
    // And it lies below this workspace, of which it is no part.
    std::fs::write(alone.join("Cargo.toml"), format!("{renamed}\n[workspace]\n\n{profile}")).expect("our own file");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    run(cargo()
        .args(["build", "--offline", "--quiet", "--bin", "heavy-from-package"])
        .current_dir(&alone)
        .env("CARGO_TARGET_DIR", &target));

    let render = |program: &str, project: &str| {
        let arguments = ["new", project, "--name", "same", "--all-features", "--vcs", "none", "--quiet"];
        run(env.program(program).args(arguments));
        files(&env.path(project))
    };
    let from_package = render(&target.join("debug/heavy-from-package").to_string_lossy(), "from-package");
    let from_checkout = render(env!("CARGO_BIN_EXE_heavy"), "from-checkout");
    let names = from_package.keys().chain(from_checkout.keys());
    let different: Vec<&String> = names.filter(|name| from_package.get(*name) != from_checkout.get(*name)).collect();
    assert!(different.is_empty(), "different: {different:?}");
}
