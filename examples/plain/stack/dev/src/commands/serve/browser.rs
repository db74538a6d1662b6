//! Opening the browser.

use std::io::{IsTerminal as _, stderr, stdin};

use crate::cli::Serve;
use crate::project::Project;
use crate::ui;

/// Opens a page.
pub(super) fn open(url: &str) {
    let url = url.to_owned();
    // A browser in the terminal ends before this does.
    tokio::task::spawn_blocking(move || {
        if let Err(error) = webbrowser::open(&url) {
            ui::warning(&format!(
                "no browser could be opened ({error}); the address is {url}"
            ));
        }
    });
}

/// Whether to open the page when it is there for the first time: as the arguments say, else the first time in this folder
/// if a person is there who would see it.
pub(super) fn is_wanted(project: &Project, arguments: &Serve) -> bool {
    if arguments.open || arguments.no_open {
        return arguments.open;
    }
    let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let person = stdin().is_terminal() && stderr().is_terminal();
    let display = cfg!(any(windows, target_os = "macos"))
        || variable("DISPLAY")
        || variable("WAYLAND_DISPLAY");
    let elsewhere = ["SSH_CONNECTION", "CI"].iter().any(|name| variable(name));
    person && display && !elsewhere && is_first_time(project)
}

/// Whether this is asked for the first time in this folder. Git ignores what it is remembered in.
fn is_first_time(project: &Project) -> bool {
    let folder = project.data_dir();
    let mark = folder.join("opened");
    !mark.exists() && std::fs::create_dir_all(folder).is_ok() && std::fs::write(mark, "").is_ok()
}
