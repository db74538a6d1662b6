//! Five teams that each made a product of the template, and how they work on it from one release to the next.

use crate::project::Project;
use crate::template::Template;

/// A team.
pub(crate) struct Team {
    pub(crate) name: &'static str,
    /// The team follows every release, or every third, …
    pub(crate) every: usize,
    /// What the team does after the sync to a release and before the next.
    pub(crate) work: fn(&Project, usize),
}

/// All of them.
pub(crate) const TEAMS: [Team; 5] = [
    Team { name: "growing", every: 1, work: add_pages },
    Team { name: "rewording", every: 1, work: reword },
    Team { name: "choosing", every: 1, work: choose },
    Team { name: "tidying", every: 1, work: tidy },
    Team { name: "hurried", every: 6, work: hurry },
];

/// Pages of one's own, everywhere in the alphabet, so among those of the template.
const PAGES: [&str; 12] = [
    "archive", "calendar", "drafts", "helpdesk", "invoices", "journal", "maps", "news", "offers", "polls", "quotes",
    "zones",
];

/// Every second month a page, as `docs` says: module, route, row, setting, ignored files.
fn add_pages(project: &Project, release: usize) {
    if release % 2 == 1 {
        add_page(project, PAGES[release / 2]);
    }
}

fn add_page(project: &Project, page: &str) {
    let folder = project.pages();
    project.write(
        &format!("src/{folder}/{page}.rs"),
        &format!(
            "//! Our page `{page}`.\n\nuse crate::{folder}::home;\n\n/// Where our {page} stands.\npub const PATH: &str = \"/{page}\";\n\n\
             /// What our {page} says.\npub fn text(visitor: &str) -> String {{\n    \
             format!(\"{page}, below {{}} for {{visitor}}\", home::PATH)\n}}\n"
        ),
    );
    project.insert_sorted(&format!("src/{folder}.rs"), &format!("pub mod {page};"));
    project.insert_sorted(
        "src/routes.rs",
        &format!("        .route(crate::{folder}::{page}::PATH, crate::{folder}::{page}::text)"),
    );
    project.insert_sorted(&project.docs(), &format!("| {page} | `/{page}` |"));
    project.append(".env.example", &format!("OUR_{}=1", page.to_uppercase()));
    project.append(".gitignore", &format!("/{page}-data"));
}

/// Texts, defaults and documentation in files of the template, seldom where the template changes them too.
fn reword(project: &Project, release: usize) {
    say_more(project, release);
    match release {
        3 => project.replace("src/settings.rs", "timeout: 10,", "timeout: 15, // ours: the network is slow"),
        7 => project.replace("README.md", "An application.", "An application of ours, about hats."),
        9 => project.replace("README.md", "Run `cargo test`.", "Run `cargo test`, and then ours: `just test`."),
        14 => project.replace("compose.yaml", "image: cache:1", "image: cache:1-ours"),
        18 => project.append("README.md", "\n## Ours\n\nHow we work."),
        _ => {}
    }
}

/// A line in the text of one of the template's pages that is there.
fn say_more(project: &Project, release: usize) {
    let folder = project.pages();
    let known: Vec<_> = Template::at(release).pages.into_keys().map(|page| format!("src/{folder}/{page}.rs")).collect();
    let there: Vec<_> = known.into_iter().filter(|path| project.path(path).exists()).collect();
    let ours = format!("    text.push_str(\"our words of month {release}\\n\");");
    project.insert_before(&there[release % there.len()], "    text\n}", &ours);
}

/// Features come and go, the product gets another name, and what was named is used.
fn choose(project: &Project, release: usize) {
    match release {
        4 => {
            project.moves(&["add-feature", "search"]);
            project.append("src/search.rs", "\n/// How many results our search shows.\npub const OURS: usize = 7;");
        }
        7 => project.moves(&["rename", "hat-shop"]),
        11 => project.moves(&["add-feature", "queue"]),
        14 => project.moves(&["remove-feature", "queue"]),
        17 => project.moves(&["add-feature", "metrics", "queue"]),
        20 => project.moves(&["rename", "hats"]),
        _ if release.is_multiple_of(3) => {
            let folder = project.pages();
            let session = if release < 5 { "login" } else { "session" };
            let path = format!("src/our_month_{release}.rs");
            project.write(
                &path,
                &format!(
                    "//! Ours.\n\nuse crate::{folder}::{session}::text as our_login_{release};\n\n/// Ours.\n\
                     pub fn greet_{release}() -> String {{\n    our_login_{release}(crate::{folder}::home::PATH)\n}}\n"
                ),
            );
            project.insert_sorted("src/lib.rs", &format!("pub mod our_month_{release};"));
        }
        _ => {}
    }
}

/// Files of the template stand elsewhere, or are gone.
fn tidy(project: &Project, release: usize) {
    match release {
        2 => project.rename("docs/pages.md", "docs/reference/pages.md"),
        5 => project.remove("compose.yaml"),
        9 => project.rename("src/settings.rs", "src/settings/mod.rs"),
        12 => project.append(".env.example", "OUR_REGION=eu"),
        15 => project.rename("README.md", "docs/README.md"),
        _ if release.is_multiple_of(4) => add_page(project, PAGES[release / 2 - 1]),
        _ => {}
    }
}

/// Whatever is needed, and a sync twice a year.
fn hurry(project: &Project, release: usize) {
    match release % 3 {
        0 => add_page(project, PAGES[release / 2 - 1]),
        1 => say_more(project, release),
        _ => project.append("README.md", &format!("\nOurs, month {release}.")),
    }
}
