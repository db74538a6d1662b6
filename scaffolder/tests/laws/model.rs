//! Random templates, and how they go on.
//!
//! Every line of every template is unique, so that a check can tell where one in the result comes from.

use std::collections::BTreeMap;
use std::fmt::Write;

use heavy_stack::answers::{self, ProjectName, Value};
use heavy_stack::hooks::NoHost;
use heavy_stack::render::render;
use heavy_stack::template::Template;
use heavy_stack::tree::{File, Tree, TreePath};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

pub(crate) const FEATURES: [&str; 3] = ["alpha", "beta", "gamma"];

/// One is part of another, one has hyphens, one looks like a word of the files.
pub(crate) const NAMES: [&str; 6] = ["app", "my-app", "apple", "word", "a-very-long-name-for-an-application", "x"];

/// Where files may stand. Those with a placeholder move when the project is renamed.
const PATHS: [&str; 18] = [
    "scripts",
    "notes/first.txt",
    "README.md",
    "src/main.rs",
    "src/routes.rs",
    "src/{{crate_name}}.rs",
    "src/pages/home.rs",
    "src/pages/search.rs",
    "{{crate_name}}/start.txt",
    "{{crate_name}}/stop.txt",
    "docs/guide.md",
    "docs/tour.md",
    "migrations/0001_users.sql",
    "migrations/0002_notes.sql",
    "static/logo.bin",
    "static/font.bin",
    "run.sh",
    ".gitignore",
];

/// A template.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    version: usize,
    files: BTreeMap<&'static str, Source>,
}

#[derive(Clone, Debug)]
struct Source {
    lines: Vec<Line>,
    executable: bool,
    /// The feature that the whole file belongs to.
    owner: Option<usize>,
}

#[derive(Clone, Debug)]
struct Line {
    text: String,
    /// The feature that it belongs to: an insertion point.
    feature: Option<usize>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    name: usize,
    title: &'static str,
    features: [bool; 3],
}

/// One step from a version to the next.
#[derive(Clone, Debug)]
pub(crate) enum Evolution {
    Edit(Index, Index),
    Insert(Index, Index, Option<usize>),
    Remove(Index, Index),
    AddFile(Index, Vec<LineSpec>, Option<usize>),
    RemoveFile(Index),
    Rename(Index, Index),
    MakeExecutable(Index),
    /// Every file of one folder goes to another.
    RenameFolder(Index),
}

type LineSpec = (Option<usize>, u8);

fn feature() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![4 => Just(None), 1 => (0..FEATURES.len()).prop_map(Some)]
}

fn lines() -> impl Strategy<Value = Vec<LineSpec>> {
    vec((feature(), 0..12u8), 1..14)
}

/// A random template.
pub(crate) fn model() -> impl Strategy<Value = Model> {
    let file = (any::<Index>(), lines(), any::<bool>(), feature());
    vec(file, 1..8).prop_map(|files| {
        let mut model = Model { version: 1, files: BTreeMap::new() };
        for (path, lines, executable, owner) in files {
            model.add(PATHS[path.index(PATHS.len())], &lines, executable, owner);
        }
        model
    })
}

/// Random answers.
pub(crate) fn answers() -> impl Strategy<Value = Answers> {
    (0..NAMES.len(), select(vec!["", "A Title", "Größe: \"7\" & more"]), any::<[bool; 3]>())
        .prop_map(|(name, title, features)| Answers { name, title, features })
}

/// What happens to a template until its next version.
pub(crate) fn evolution(most: usize) -> impl Strategy<Value = Vec<Evolution>> {
    let index = any::<Index>;
    let step = prop_oneof![
        6 => (index(), index()).prop_map(|(file, line)| Evolution::Edit(file, line)),
        4 => (index(), index(), feature()).prop_map(|(file, line, of)| Evolution::Insert(file, line, of)),
        3 => (index(), index()).prop_map(|(file, line)| Evolution::Remove(file, line)),
        2 => (index(), lines(), feature()).prop_map(|(path, lines, owner)| Evolution::AddFile(path, lines, owner)),
        1 => index().prop_map(Evolution::RemoveFile),
        2 => (index(), index()).prop_map(|(file, to)| Evolution::Rename(file, to)),
        1 => index().prop_map(Evolution::MakeExecutable),
        1 => index().prop_map(Evolution::RenameFolder),
    ];
    vec(step, 0..most)
}

impl Answers {
    pub(crate) fn with(&self, feature: usize, wanted: bool) -> Self {
        let mut answers = self.clone();
        answers.features[feature] = wanted;
        answers
    }

    pub(crate) fn named(&self, name: usize) -> Self {
        Self { name, ..self.clone() }
    }
}

impl Model {
    fn add(&mut self, path: &'static str, lines: &[LineSpec], executable: bool, owner: Option<usize>) {
        if self.files.contains_key(path) {
            return;
        }
        let tag = format!("v{}-{}", self.version, PATHS.iter().position(|known| *known == path).unwrap_or_default());
        let line = |(number, (feature, flavour)): (usize, &LineSpec)| Line {
            text: text(&format!("{tag}-{number}"), *flavour),
            // The first line of a file is nobody's, as the dialect asks; and what is written once cannot have insertion points.
            feature: feature.filter(|_| number > 0 && !path.starts_with("migrations/")),
        };
        // A condition cannot name a path with a placeholder.
        let owner = owner.filter(|_| !path.contains("{{"));
        let lines = lines.iter().enumerate().map(line).collect();
        self.files.insert(path, Source { lines, executable, owner });
    }

    /// The next version.
    pub(crate) fn evolved(&self, steps: &[Evolution]) -> Self {
        let mut next = self.clone();
        next.version += 1;
        for (number, step) in steps.iter().enumerate() {
            next.step(step, &format!("v{}-step{number}", next.version));
        }
        next
    }

    fn step(&mut self, step: &Evolution, tag: &str) {
        match step {
            Evolution::AddFile(path, lines, owner) => {
                return self.add(PATHS[path.index(PATHS.len())], lines, false, *owner);
            }
            _ if self.files.is_empty() => return,
            _ => {}
        }
        let pick = |file: &Index| *self.files.keys().nth(file.index(self.files.len())).expect("in range");
        match step {
            Evolution::AddFile(..) => {}
            Evolution::Edit(file, line) => {
                let lines = &mut self.files.get_mut(pick(file)).expect("picked").lines;
                let at = line.index(lines.len());
                lines[at].text = text(tag, at as u8);
            }
            Evolution::Insert(file, line, feature) => {
                let path = pick(file);
                let lines = &mut self.files.get_mut(path).expect("picked").lines;
                let at = 1 + line.index(lines.len());
                let feature = feature.filter(|_| !path.starts_with("migrations/"));
                lines.insert(at, Line { text: text(tag, at as u8), feature });
            }
            Evolution::Remove(file, line) => {
                let lines = &mut self.files.get_mut(pick(file)).expect("picked").lines;
                if lines.len() > 1 {
                    lines.remove(line.index(lines.len()));
                    lines[0].feature = None;
                }
            }
            Evolution::RemoveFile(file) => drop(self.files.remove(pick(file))),
            Evolution::Rename(file, to) => self.rename(pick(file), PATHS[to.index(PATHS.len())]),
            Evolution::MakeExecutable(file) => {
                let source = self.files.get_mut(pick(file)).expect("picked");
                source.executable = !source.executable;
            }
            Evolution::RenameFolder(to) => {
                let folders = [("docs/guide.md", "src/pages/home.rs"), ("docs/tour.md", "src/pages/search.rs")];
                let back = to.index(2) == 1;
                for (a, b) in folders {
                    if back { self.rename(b, a) } else { self.rename(a, b) }
                }
            }
        }
    }

    fn rename(&mut self, from: &'static str, to: &'static str) {
        let kind = |path: &str| (path.ends_with(".bin"), path.starts_with("migrations/"));
        let same_kind = kind(from) == kind(to);
        if same_kind
            && !self.files.contains_key(to)
            && let Some(mut source) = self.files.remove(from)
        {
            source.owner = source.owner.filter(|_| !to.contains("{{"));
            self.files.insert(to, source);
        }
    }

    /// The project that it renders to.
    pub(crate) fn render(&self, answers: &Answers) -> Tree {
        let mut root = Tree::new();
        let mut put = |path: &str, file| root.insert(TreePath::parse(path).expect("a good path"), file);
        put("cargo-generate.toml", File::new(self.manifest()));
        put("heavy.toml", File::new(self.lock()));
        for (path, source) in &self.files {
            let bytes = if path.ends_with(".bin") { source.binary() } else { source.text().into_bytes() };
            put(path, File { bytes, executable: source.executable });
        }
        let template = Template::from_tree(root).expect("a good template");
        let values =
            FEATURES.iter().zip(answers.features).map(|(name, value)| ((*name).to_owned(), Value::Bool(value)));
        let title = ("title".to_owned(), Value::Text(answers.title.replace('"', "'")));
        let name = ProjectName::parse(NAMES[answers.name]).expect("a good name");
        let answers = answers::Answers::new(name, &template.manifest, values.chain([title]).collect());
        render(&template, &answers.expect("good answers"), &mut NoHost).expect("it renders").tree
    }

    fn manifest(&self) -> String {
        let mut text = "[template]\nfmt = false\nexclude = [\"*.bin\"]\n\
                        [placeholders.title]\ntype = \"string\"\nprompt = \"Title\"\ndefault = \"\"\n"
            .to_owned();
        for (number, feature) in FEATURES.iter().enumerate() {
            let owned = self.files.iter().filter(|(_, source)| source.owner == Some(number)).map(|(path, _)| path);
            let owned: Vec<&&str> = owned.collect();
            let _ =
                write!(text, "[placeholders.{feature}]\ntype = \"bool\"\nprompt = \"{feature}\"\ndefault = false\n");
            if !owned.is_empty() {
                let _ = write!(text, "[conditional.'!{feature}']\nignore = {owned:?}\n");
            }
        }
        let _ = write!(text, "[heavy]\nversion = \"{}\"\n", self.version);
        text
    }

    fn lock(&self) -> String {
        let features: String = FEATURES.iter().map(|feature| format!("{feature} = {{{{{feature}}}}}\n")).collect();
        format!(
            "# Written by heavy.\n[template]\nsource = \"heavy\"\nversion = \"{}\"\nstamp = \"\"\n\n[answers]\n{features}\
             name = \"{{{{crate_name}}}}\"\ntitle = \"{{{{title}}}}\"\n",
            self.version
        )
    }
}

impl Source {
    fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let _ = match line.feature {
                Some(feature) => write!(text, "{{%- if {} %}}\n{}\n{{%- endif %}}\n", FEATURES[feature], line.text),
                None => writeln!(text, "{}", line.text),
            };
        }
        text
    }

    /// No text, and with what would be a placeholder in one.
    fn binary(&self) -> Vec<u8> {
        let mut bytes = b"\x00\xff{{ crate_name }}{%".to_vec();
        for line in &self.lines {
            bytes.extend_from_slice(line.text.as_bytes());
            bytes.push(0);
        }
        bytes
    }
}

/// A line that occurs once in all versions of a template.
fn text(tag: &str, flavour: u8) -> String {
    match flavour {
        0 => format!("{tag} of {{{{crate_name}}}}"),
        1 => format!("{tag} {{{{crate_name | kebab_case}}}}: {{{{title}}}}"),
        2 => format!("    {tag} = \"word\","),
        3 => format!("\t{tag} größer, apple"),
        4 => format!("{tag} }}"),
        _ => format!("{tag} word"),
    }
}
