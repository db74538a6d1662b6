//! A project that a team works on.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::environment::Environment;
use crate::reference::texts;

pub(crate) struct Project {
    pub(crate) env: Environment,
    /// The lines that the team wrote and has not taken back.
    lines: RefCell<BTreeSet<String>>,
    /// The arguments of `heavy new` that make a project with the same name and features.
    answers: RefCell<(String, BTreeSet<String>)>,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self {
            env: Environment::new(),
            lines: RefCell::default(),
            answers: RefCell::new(("shop".to_owned(), BTreeSet::new())),
        }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.env.path("shop").join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        self.env.read(&format!("shop/{path}"))
    }

    /// The folder in which the pages stand at the moment.
    pub(crate) fn pages(&self) -> &'static str {
        if self.path("src/web.rs").exists() { "web" } else { "pages" }
    }

    /// The page of the documentation with the table of pages.
    pub(crate) fn docs(&self) -> String {
        let usual = "docs/pages.md";
        if self.path(usual).exists() { usual.to_owned() } else { "docs/reference/pages.md".to_owned() }
    }

    /// Name and features, as arguments of `heavy new`.
    pub(crate) fn answers(&self) -> Vec<String> {
        let (name, features) = &*self.answers.borrow();
        let features = features.iter().map(|feature| format!("--feature={feature}"));
        ["--name".to_owned(), name.clone()].into_iter().chain(features).collect()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        self.env.write(&format!("shop/{path}"), text);
        self.wrote(text);
    }

    fn wrote(&self, text: &str) {
        let telling = text.lines().filter(|line| line.contains("our") || line.contains("Our") || line.contains("OUR"));
        self.lines.borrow_mut().extend(telling.map(|line| line.trim().to_owned()));
    }

    fn edit(&self, path: &str, new: &str, edit: impl FnOnce(String) -> String) {
        let text = edit(self.read(path));
        self.env.write(&format!("shop/{path}"), text);
        self.wrote(new);
    }

    pub(crate) fn append(&self, path: &str, line: &str) {
        self.edit(path, line, |text| text + line + "\n");
    }

    pub(crate) fn replace(&self, path: &str, old: &str, new: &str) {
        self.edit(path, "", |text| {
            assert_eq!(text.matches(old).count(), 1, "{path}: {old}\n{text}");
            text.replace(old, new)
        });
    }

    pub(crate) fn insert_before(&self, path: &str, place: &str, line: &str) {
        self.edit(path, line, |text| text.replacen(place, &format!("{line}\n{place}"), 1));
    }

    /// Puts a line among those of its kind, as the alphabet has it.
    pub(crate) fn insert_sorted(&self, path: &str, line: &str) {
        let kind = line.find(|c: char| c.is_alphanumeric()).map_or(0, |at| at + 3);
        self.edit(path, line, |text| {
            let mut lines: Vec<&str> = text.lines().collect();
            let alike = |other: &&str| other.get(..kind) == line.get(..kind) && !other.contains("page | path");
            let after = lines.iter().rposition(|other| alike(other) && *other < line);
            let before = || lines.iter().position(alike);
            let at = after.map(|at| at + 1).or_else(before).unwrap_or(lines.len());
            lines.insert(at, line);
            lines.join("\n") + "\n"
        });
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::rename(self.path(from), to).expect("it is there");
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("it is there");
    }

    /// Commits everything.
    pub(crate) fn commit(&self) {
        self.env.git("shop", &["add", "--all"]);
        self.env.git("shop", &["commit", "--quiet", "--allow-empty", "--message=month"]);
    }

    /// A move with the template as it is, which no team expects a conflict of.
    pub(crate) fn moves(&self, arguments: &[&str]) {
        self.commit();
        assert_eq!(self.heavy(arguments), 0, "heavy {arguments:?} left conflicts:\n{}", self.markers().join("\n"));
        let (name, features) = &mut *self.answers.borrow_mut();
        match arguments {
            ["rename", new] => *name = (*new).to_owned(),
            ["add-feature", more @ ..] => features.extend(more.iter().map(|feature| (*feature).to_owned())),
            ["remove-feature", less @ ..] => features.retain(|feature| !less.contains(&feature.as_str())),
            _ => unreachable!("{arguments:?}"),
        }
    }

    /// `heavy` in the project; its exit code, which must be 0 or 1.
    pub(crate) fn heavy(&self, arguments: &[&str]) -> i32 {
        let mut command = self.env.command(arguments);
        let output = command.current_dir(self.path("")).env("HEAVY_CACHE_DIR", self.env.home().join("cache")).output();
        let output = output.expect("heavy starts");
        match output.status.code() {
            Some(code @ (0 | 1)) => code,
            _ => panic!("heavy {arguments:?}: {}", self.env.shown(&output)),
        }
    }

    /// Compiles the project.
    pub(crate) fn check(&self, when: &str) {
        let mut cargo = self.env.program("cargo");
        cargo.args(["check", "--quiet", "--offline"]).current_dir(self.path(""));
        let output = cargo.env("CARGO_TARGET_DIR", self.env.path("target")).output().expect("cargo starts");
        let said = String::from_utf8_lossy(&output.stderr);
        let file = said.lines().find_map(|line| line.trim().strip_prefix("--> ")?.split(':').next());
        let shown = file.map(|file| self.read(file)).unwrap_or_default();
        assert!(output.status.success(), "{when}: {said}\n{shown}");
    }

    /// Takes the team's side of every conflict, and says how many there were: places in files, and files as a whole.
    pub(crate) fn resolve(&self) -> usize {
        let unmerged = self.env.git("shop", &["diff", "--name-only", "--diff-filter=U"]);
        let unmerged: BTreeSet<&str> = unmerged.lines().collect();
        let mut conflicts = 0;
        for path in unmerged {
            let places = if self.path(path).exists() { self.resolve_file(path) } else { 0 };
            conflicts += places.max(1);
        }
        self.env.git("shop", &["add", "--all"]);
        assert_eq!(self.markers(), Vec::<String>::new());
        assert_eq!(self.heavy(&["sync", "--continue"]), 0);
        conflicts
    }

    fn resolve_file(&self, path: &str) -> usize {
        let text = self.read(path);
        let (mut kept, mut places, mut theirs) = (String::new(), 0, false);
        for line in text.split_inclusive('\n') {
            match line.get(..7) {
                Some("<<<<<<<") => places += 1,
                Some("=======") | Some("|||||||") => theirs = true,
                Some(">>>>>>>") => theirs = false,
                _ if theirs => {}
                _ => kept.push_str(line),
            }
        }
        self.env.write(&format!("shop/{path}"), kept);
        places
    }

    /// The lines of the project that open a conflict.
    fn markers(&self) -> Vec<String> {
        let all = texts(&self.path(""));
        all.values()
            .flat_map(|text| text.lines())
            .filter(|line| line.starts_with("<<<<<<<"))
            .map(str::to_owned)
            .collect()
    }

    /// What the team wrote is all there, wherever it stands now, whatever the pages' folder and names are.
    pub(crate) fn nothing_is_lost(&self, when: &str) {
        let plain = |line: &str| line.replace("::web::", "::pages::").replace("::login::", "::session::");
        let texts = texts(&self.path(""));
        let there: BTreeSet<String> =
            texts.values().flat_map(|text| text.lines().map(|line| plain(line.trim()))).collect();
        let lines = self.lines.borrow();
        let lost: Vec<_> = lines.iter().filter(|line| !there.contains(&plain(line))).collect();
        assert!(lost.is_empty(), "{when}: lost {lost:#?}");
    }
}
