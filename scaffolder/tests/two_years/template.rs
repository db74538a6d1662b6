//! A small web application's template through 24 releases, one a month: pages come, go and get other names, a folder moves,
//! settings and services are added, questions are asked, texts are rewritten.

use std::collections::{BTreeMap, BTreeSet};

/// How many releases there are.
pub(crate) const RELEASES: usize = 24;

/// What a release changes.
enum Change {
    /// A new page, with its route, its row in the docs and its line in the navigation.
    Page(&'static str),
    /// A page less.
    NoPage(&'static str),
    /// A page under another name.
    Renamed(&'static str, &'static str),
    /// The text of a page is written anew.
    Rewritten(&'static str),
    /// The folder of the pages gets another name.
    Folder(&'static str),
    /// A setting, or another default for it.
    Setting(&'static str, u32),
    /// A container beside the application.
    Service(&'static str),
    /// A question: a feature with a module of its own.
    Question(&'static str),
    /// A section of the README, or another text for it.
    Section(&'static str, &'static str),
    /// A line of `.gitignore`.
    Ignored(&'static str),
}

use Change::*;

/// The changes of the release with this number, from 1 on.
fn changes(release: usize) -> &'static [Change] {
    match release {
        1 => &[
            Page("home"),
            Page("login"),
            Page("health"),
            Setting("port", 3000),
            Setting("timeout", 10),
            Service("database"),
            Section("Start", "Run `cargo run`."),
            Section("Tests", "Run `cargo test`."),
            Ignored("/target"),
        ],
        2 => &[Page("notes"), Setting("body_limit", 64)],
        3 => &[Question("search"), Service("cache")],
        4 => &[Rewritten("home"), Section("Start", "Run `cargo run`, then open the browser.")],
        5 => &[Renamed("login", "session"), Setting("timeout", 20)],
        6 => &[Page("account"), Ignored(".env")],
        7 => &[NoPage("health"), Page("probes")],
        8 => &[Folder("web")],
        9 => &[Page("mail"), Setting("retries", 3), Service("mailhog")],
        10 => &[Question("queue"), Rewritten("notes")],
        11 => &[Section("Deploy", "Build the image."), Setting("port", 8080)],
        12 => &[Page("uploads"), Rewritten("session")],
        13 => &[Renamed("mail", "outbox"), Ignored("*.log")],
        14 => &[Page("members"), Setting("workers", 4)],
        15 => &[Rewritten("account"), Section("Tests", "Run `cargo test`, which starts a database.")],
        16 => &[Question("metrics"), Service("grafana")],
        17 => &[NoPage("uploads"), Page("files")],
        18 => &[Folder("pages"), Setting("retries", 5)],
        19 => &[Page("billing"), Rewritten("probes")],
        20 => &[Renamed("members", "people"), Section("Upgrade", "Run `heavy sync`.")],
        21 => &[Page("webhooks"), Setting("cache_size", 128)],
        22 => &[Rewritten("outbox"), Ignored(".data")],
        23 => &[Page("tokens"), Service("minio")],
        24 => &[Rewritten("people"), Setting("body_limit", 128), Section("Start", "Run `cargo dev`.")],
        _ => unreachable!("there are {RELEASES} releases"),
    }
}

/// The template after some releases.
pub(crate) struct Template {
    release: usize,
    /// The folder of the pages.
    pub(crate) folder: &'static str,
    /// The pages, with how often the text of each was written.
    pub(crate) pages: BTreeMap<&'static str, usize>,
    settings: BTreeMap<&'static str, u32>,
    services: Vec<&'static str>,
    /// The features that are asked for.
    pub(crate) questions: BTreeSet<&'static str>,
    sections: Vec<(&'static str, &'static str)>,
    ignored: Vec<&'static str>,
}

impl Template {
    /// The template at a release.
    pub(crate) fn at(release: usize) -> Self {
        let mut template = Self {
            release,
            folder: "pages",
            pages: BTreeMap::new(),
            settings: BTreeMap::new(),
            services: Vec::new(),
            questions: BTreeSet::new(),
            sections: Vec::new(),
            ignored: Vec::new(),
        };
        for change in (1..=release).flat_map(changes) {
            template.change(change);
        }
        template
    }

    fn change(&mut self, change: &'static Change) {
        match *change {
            Page(page) => drop(self.pages.insert(page, 1)),
            NoPage(page) => drop(self.pages.remove(page).expect("it is there")),
            Renamed(old, new) => {
                let times = self.pages.remove(old).expect("it is there");
                self.pages.insert(new, times);
            }
            Rewritten(page) => *self.pages.get_mut(page).expect("it is there") += 1,
            Folder(folder) => self.folder = folder,
            Setting(name, default) => drop(self.settings.insert(name, default)),
            Service(service) => self.services.push(service),
            Question(question) => drop(self.questions.insert(question)),
            Section(title, text) => match self.sections.iter_mut().find(|(known, _)| *known == title) {
                Some((_, known)) => *known = text,
                None => self.sections.push((title, text)),
            },
            Ignored(pattern) => self.ignored.push(pattern),
        }
    }

    /// The version as it stands in the manifest.
    pub(crate) fn version(&self) -> String {
        format!("1.{}.0", self.release)
    }

    /// Every file of the template.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> = [
            ("cargo-generate.toml", self.manifest()),
            ("heavy.toml", self.lock()),
            ("Cargo.toml", CARGO.to_owned()),
            ("src/lib.rs", self.library()),
            ("src/routes.rs", self.routes()),
            ("src/settings.rs", self.settings()),
            ("docs/pages.md", self.table()),
            ("README.md", self.readme()),
            (".env.example", self.environment()),
            (".gitignore", lines(&self.ignored)),
            ("compose.yaml", self.compose()),
        ]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text))
        .collect();
        let folder = self.folder;
        let modules = self.pages.keys().map(|page| format!("pub mod {page};"));
        files.insert(format!("src/{folder}.rs"), format!("//! The pages.\n\n{}", lines(modules)));
        for (page, times) in &self.pages {
            files.insert(format!("src/{folder}/{page}.rs"), page_text(page, *times));
        }
        files.extend(self.notes());
        for question in &self.questions {
            files.insert(
                format!("src/{question}.rs"),
                format!("//! The feature {question}.\n\n/// Its name.\npub const NAME: &str = \"{question}\";\n"),
            );
        }
        files
    }

    /// The note of each release that moved what users name, and what it does to their code.
    fn notes(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for release in 2..=self.release {
            let (before, after) = (Self::at(release - 1), Self::at(release));
            let page = |old: &str, new: &str| {
                path_rule(&format!("{}::{old}", before.folder), &format!("{}::{new}", after.folder))
            };
            let rules: String = changes(release)
                .iter()
                .filter_map(|change| match change {
                    Renamed(old, new) => Some(page(old, new)),
                    Folder(_) => Some(path_rule(before.folder, after.folder)),
                    _ => None,
                })
                .collect();
            if !rules.is_empty() {
                let note = "+++\ntitle = \"pages have other names\"\n+++\nYour code is rewritten.\n";
                files.insert(format!("notes/1.{release}.0.md"), note.to_owned());
                files.insert(format!("notes/1.{release}.0.toml"), rules);
            }
        }
        files
    }

    fn manifest(&self) -> String {
        let mut text = String::from("[template]\nfmt = false\n");
        for question in &self.questions {
            text += &format!(
                "\n[placeholders.{question}]\ntype = \"bool\"\nprompt = \"{question}: more of it\"\ndefault = false\n\n\
                 [conditional.\"!{question}\"]\nignore = [\"src/{question}.rs\"]\n"
            );
        }
        text + &format!("\n[heavy]\nnotes = \"notes\"\nversion = \"{}\"\n", self.version())
    }

    fn lock(&self) -> String {
        let answers = self.questions.iter().map(|question| format!("{question} = {{{{{question}}}}}"));
        format!(
            "[template]\nsource = \"heavy\"\nversion = \"{}\"\nstamp = \"\"\n\n[answers]\nname = \"{{{{crate_name}}}}\"\n{}",
            self.version(),
            lines(answers)
        )
    }

    fn library(&self) -> String {
        let mut modules = BTreeMap::from([("routes", false), ("settings", false), (self.folder, false)]);
        modules.extend(self.questions.iter().map(|question| (*question, true)));
        let lines = modules.into_iter().map(|(module, asked)| seam(asked, module, &format!("pub mod {module};")));
        format!("//! The application {{{{crate_name}}}}.\n\n{}", lines.collect::<String>())
    }

    fn routes(&self) -> String {
        let mut text = String::from(ROUTES);
        for page in self.pages.keys() {
            text += &format!(
                "        .route(crate::{folder}::{page}::PATH, crate::{folder}::{page}::text)\n",
                folder = self.folder
            );
        }
        text + "}\n"
    }

    fn settings(&self) -> String {
        let fields = self.settings.keys().map(|name| format!("    /// The setting `{name}`.\n    pub {name}: u32,"));
        let values = self.settings.iter().map(|(name, default)| format!("            {name}: {default},"));
        format!(
            "//! Settings.\n\n/// The settings of the application.\npub struct Settings {{\n{}}}\n\n\
             impl Default for Settings {{\n    fn default() -> Self {{\n        Self {{\n{}        }}\n    }}\n}}\n",
            lines(fields),
            lines(values)
        )
    }

    fn table(&self) -> String {
        let rows = self.pages.keys().map(|page| format!("| {page} | `/{page}` |"));
        format!("# Pages\n\n| page | path |\n|---|---|\n{}", lines(rows))
    }

    fn readme(&self) -> String {
        let sections = self.sections.iter().map(|(title, text)| format!("\n## {title}\n\n{text}"));
        format!("# {{{{crate_name}}}}\n\nAn application.\n{}", lines(sections))
    }

    fn environment(&self) -> String {
        lines(self.settings.iter().map(|(name, default)| format!("{}={default}", name.to_uppercase())))
    }

    fn compose(&self) -> String {
        let services = self.services.iter().map(|name| format!("  {name}:\n    image: {name}:1\n    restart: always"));
        format!("services:\n{}", lines(services))
    }
}

const CARGO: &str =
    "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n";

const ROUTES: &str = "//! Which page stands where.

/// What shows a page.
pub type Page = fn(&str) -> String;

/// The routes.
#[derive(Default)]
pub struct Routes(Vec<(&'static str, Page)>);

impl Routes {
    fn route(mut self, path: &'static str, page: Page) -> Self {
        self.0.push((path, page));
        self
    }

    /// The text of the page at a path.
    pub fn text(&self, path: &str, visitor: &str) -> Option<String> {
        let (_, page) = self.0.iter().find(|(known, _)| *known == path)?;
        Some(page(visitor))
    }
}

/// Every route of the application.
pub fn routes() -> Routes {
    Routes::default()
";

/// A page whose text was written some times.
fn page_text(page: &str, times: usize) -> String {
    format!(
        "//! The page `{page}`.\n\n/// Where it stands.\npub const PATH: &str = \"/{page}\";\n\n\
         /// What it says to a visitor.\npub fn text(visitor: &str) -> String {{\n    let mut text = String::new();\n    \
         text.push_str(\"This is {page}, edition {times}.\\n\");\n    text.push_str(\"Hello, \");\n    text.push_str(visitor);\n    \
         text.push('\\n');\n    text\n}}\n"
    )
}

fn path_rule(from: &str, to: &str) -> String {
    format!("[[path]]\nfrom = \"app::{from}\"\nto = \"app::{to}\"\n")
}

/// A line that stands there only with a feature, or always.
fn seam(asked: bool, feature: &str, line: &str) -> String {
    if asked { format!("{{%- if {feature} %}}\n{line}\n{{%- endif %}}\n") } else { format!("{line}\n") }
}

/// One line each.
fn lines<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string() + "\n").collect()
}
