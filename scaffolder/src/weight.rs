//! What a feature adds to a project, measured on renderings: with it alone, and without any feature.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use crate::answers::{Answers, ProjectName, Value};
use crate::error::Result;
use crate::hooks::NoHost;
use crate::render::render;
use crate::template::{QuestionKind, Template};
use crate::tree::{File, Tree};

/// Files that programs write. Nobody reads their lines.
const WRITTEN_BY_PROGRAMS: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// How much there is of a project, or what a feature adds to it; less than nothing if it takes something away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Files of the project.
    pub files: i64,
    /// Lines of its text files, except for lock files.
    pub lines: i64,
    /// Packages in `Cargo.lock` that are not the project's own.
    pub crates: i64,
}

impl Weight {
    /// The weight of a project.
    #[must_use]
    pub fn of(project: &Tree) -> Self {
        let mut weight = Self { files: 0, lines: 0, crates: 0 };
        for (path, file) in project {
            weight.files += 1;
            if path.as_str() == "Cargo.lock" {
                let text = String::from_utf8_lossy(&file.bytes);
                weight.crates += number(text.lines().filter(|line| line.starts_with("source = ")).count());
            }
            if !WRITTEN_BY_PROGRAMS.contains(&path.file_name()) {
                weight.lines += lines(file);
            }
        }
        weight
    }

    fn minus(self, other: Self) -> Self {
        Self { files: self.files - other.files, lines: self.lines - other.lines, crates: self.crates - other.crates }
    }
}

impl Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, lines, crates } = *self;
        write!(f, "{}, {}, {}", counted(files, "file"), counted(lines, "line"), counted(crates, "crate"))
    }
}

/// The weight of every feature of a template, by its name.
///
/// # Errors
/// The template does not render.
pub fn of_features(template: &Template) -> Result<BTreeMap<String, Weight>> {
    let plain = Weight::of(&rendered(template, None)?);
    let features = template.manifest.features();
    let weight = |name: &str| Ok((name.to_owned(), Weight::of(&rendered(template, Some(name))?).minus(plain)));
    features.iter().map(|feature| weight(feature.name)).collect()
}

/// A project with one feature or none. Texts take their defaults, or anything.
fn rendered(template: &Template, feature: Option<&str>) -> Result<Tree> {
    let manifest = &template.manifest;
    let mut given = BTreeMap::new();
    for question in &manifest.questions {
        let value = match &question.kind {
            QuestionKind::Bool { .. } => Value::Bool(feature == Some(&question.name)),
            QuestionKind::Text { default: Some(_), .. } => continue,
            QuestionKind::Text { choices, .. } => {
                Value::Text(choices.first().map(|choice| choice.value.clone()).unwrap_or_default())
            }
        };
        given.insert(question.name.clone(), value);
    }
    let answers = Answers::new(ProjectName::parse("my-app")?, manifest, given)?;
    Ok(render(template, &answers, &mut NoHost)?.tree)
}

fn lines(file: &File) -> i64 {
    let is_text = !file.bytes.contains(&0);
    if is_text { number(String::from_utf8_lossy(&file.bytes).lines().count()) } else { 0 }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `1 file`, `5,210 lines`, `-3 crates`.
fn counted(count: i64, what: &str) -> String {
    let digits = count.unsigned_abs().to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    let sign = if count < 0 { "-" } else { "" };
    let plural = if count.unsigned_abs() == 1 { "" } else { "s" };
    format!("{sign}{} {what}{plural}", groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    #[test]
    fn a_feature_weighs_what_it_adds_and_what_it_takes_away() {
        let manifest = "[template]\nfmt = false\n[placeholders.big]\ntype = 'bool'\nprompt = ''\ndefault = true\n\
                        [placeholders.small]\ntype = 'bool'\nprompt = ''\n[placeholders.region]\nprompt = ''\n\
                        [conditional.'!big']\nignore = ['big.rs']\n[conditional.small]\nignore = ['plain.txt']\n";
        let lock = "version = 4\n\n[[package]]\nname = \"app\"\n{%- if big %}\n\n[[package]]\nname = \"serde\"\n\
                    source = \"registry\"\n{%- endif %}\n";
        let template = Template::from_tree(tree(&[
            ("cargo-generate.toml", manifest),
            ("Cargo.lock", lock),
            ("big.rs", "1\n2\n3\n"),
            ("plain.txt", "1\n2\n"),
            ("picture", "\0\n\n"),
        ]));
        let weights = of_features(&template.expect("a template")).expect("renderings");
        let shown: Vec<_> = weights.iter().map(|(name, weight)| format!("{name}: {weight}")).collect();
        assert_eq!(shown, ["big: 1 file, 3 lines, 1 crate", "small: -1 file, -2 lines, 0 crates"]);
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(counted(1_234_567, "line"), "1,234,567 lines");
        assert_eq!(counted(-1000, "line"), "-1,000 lines");
        assert_eq!(counted(0, "line"), "0 lines");
    }
}
