use crate::workbench::Project;

/// A folder of programs that is all of `PATH`.
const NOWHERE: (&str, &str) = ("PATH", "nowhere");

#[test]
fn a_browser_that_is_named_and_not_there_is_an_error_with_its_path() {
    let project = Project::new();
    let named = ("CHROMIUM", "/nowhere/chromium");
    project
        .dev_with(&[NOWHERE, named], &["browser-test"])
        .says(1, "error: `CHROMIUM` is `/nowhere/chromium`");
}

#[test]
fn programs_that_are_missing_are_all_named_with_a_command_that_installs_them() {
    let project = Project::new();
    // A browser in a file that is there, whatever this machine has.
    project.write("browser", "");
    let done = project.dev_with(&[NOWHERE, ("CHROMIUM", "browser")], &["browser-test"]);
    done.says(
        1,
        "error: the browser tests need node and npm, which are not",
    );
    done.says(1, "\nhint: ");
}

#[test]
fn the_tests_run_in_firefox_where_that_is_asked_for_and_there() {
    let project = Project::new();
    let firefox = ("BROWSER_NAME", "firefox");
    let done = project.dev_with(&[NOWHERE, firefox], &["browser-test"]);
    done.says(
        1,
        "error: the browser tests need node, npm and Firefox, which are not",
    );
    let done = project.dev_with(
        &[NOWHERE, firefox, ("FIREFOX", "nowhere/firefox")],
        &["browser-test"],
    );
    done.says(1, "error: `FIREFOX` is `nowhere/firefox`");
    let done = project.dev_with(&[NOWHERE, ("BROWSER_NAME", "lynx")], &["browser-test"]);
    done.says(1, "error: `BROWSER_NAME` is `lynx`");
}
