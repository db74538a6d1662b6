//! The languages whose sets are known.

use std::borrow::Cow;

use super::place::Place;
use super::units::{self, Item, Line, Parts, Unit};
use super::{imports, markdown, rust, yaml};
use crate::tree::TreePath;

/// A language, by what a file is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    Yaml,
    Markdown,
    /// `NAME=value`, line by line.
    Environment,
    /// Patterns of files to ignore.
    Patterns,
}

impl Language {
    pub(super) fn of(path: &TreePath) -> Option<Self> {
        let name = path.file_name();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            _ if name.starts_with('.') && name.ends_with("ignore") => Some(Self::Patterns),
            _ if name == ".env" || name.starts_with(".env.") => Some(Self::Environment),
            Some("rs") => Some(Self::Rust),
            Some("yml" | "yaml") => Some(Self::Yaml),
            Some("md") => Some(Self::Markdown),
            Some("env") => Some(Self::Environment),
            _ => None,
        }
    }

    /// The place of a whole file.
    pub(super) fn root(self) -> Place {
        match self {
            Self::Rust => Place::Items,
            Self::Yaml => Place::Below(String::new()),
            Self::Markdown => Place::Markdown,
            Self::Environment => Place::Environment,
            Self::Patterns => Place::Patterns,
        }
    }

    /// The place of what is indented below a line of a unit's frame, given the frame's first line.
    pub(super) fn inside(self, place: &Place, head: &str, above: &str) -> Place {
        match self {
            Self::Rust => rust::inside(place, head, above),
            Self::Yaml => yaml::inside(above),
            _ => Place::Whole,
        }
    }

    /// Takes a text apart.
    pub(super) fn units<'a>(self, place: &Place, text: &'a str) -> Vec<Unit<'a>> {
        if *place == Place::Whole {
            return units::split(text, &vec![Line::Text; text.split_inclusive('\n').count()]);
        }
        if self == Self::Markdown {
            return markdown::units(text);
        }
        let lines = self.lines(text);
        let mut units = match self {
            Self::Patterns => units::split_flat(text, &lines),
            _ => units::split(text, &lines),
        };
        match place {
            Place::Below(key) => yaml::items(key, &mut units),
            Place::Environment => environment(&mut units),
            Place::Patterns => patterns(&mut units),
            place => rust::items(place, &mut units),
        }
        units
    }

    /// A list as it would be indented in `model`, where indentation means something.
    pub(super) fn indented_as<'a>(self, list: &'a str, model: &str) -> Cow<'a, str> {
        if self == Self::Yaml { yaml::indented_as(list, model) } else { Cow::Borrowed(list) }
    }

    /// Merges three bodies that are sets within a line. Without a base it is empty.
    pub(super) fn in_one_line(self, base: &str, ours: &str, theirs: &str) -> Option<String> {
        match self {
            Self::Rust => imports::merge(base, ours, theirs),
            Self::Yaml => yaml::words(base, ours, theirs),
            Self::Markdown if markdown::same_row(base, ours) => Some(theirs.to_owned()),
            Self::Markdown if markdown::same_row(base, theirs) => Some(ours.to_owned()),
            _ => None,
        }
    }

    pub(super) fn parts(self, body: &str) -> Parts<'_> {
        units::parts(body, &self.lines(body))
    }

    fn lines(self, text: &str) -> Vec<Line> {
        let comment = |line: &str| if line.starts_with('#') { Line::Above } else { Line::Head };
        match self {
            Self::Rust => rust::lines(text),
            Self::Yaml => yaml::lines(text),
            // A setting that is commented out is one.
            Self::Environment => {
                text.lines().map(|line| if variable(line).is_some() { Line::Head } else { comment(line) }).collect()
            }
            Self::Patterns => text.lines().map(comment).collect(),
            Self::Markdown => vec![Line::Head; text.lines().count()],
        }
    }

    /// Whether a text is one of the language, as far as that can be told.
    pub(super) fn parses(self, text: &str) -> bool {
        match self {
            Self::Rust => syn::parse_file(text).is_ok(),
            Self::Yaml => yaml::parses(text),
            _ => true,
        }
    }

    /// How many items stand a second time in their list.
    fn repetitions(self, place: &Place, text: &str) -> usize {
        let list = self.units(place, text);
        let imported = if self == Self::Rust { imports::repetitions(&list) } else { 0 };
        let mut count = units::repeated(&list).len() + imported;
        if matches!(self, Self::Rust | Self::Yaml) {
            for unit in list.iter().filter(|unit| !unit.body().trim().is_empty()) {
                let parts = self.parts(unit.body());
                for (above, inner) in parts.frame.iter().zip(&parts.inner).filter(|(_, inner)| !inner.is_empty()) {
                    let place = self.inside(place, parts.frame[0], above);
                    if place != Place::Whole {
                        count += self.repetitions(&place, inner);
                    }
                }
            }
        }
        count
    }
}

/// What two texts say of the merged one.
pub(super) struct Sides {
    language: Language,
    /// How often one of them says something twice; nothing if one of them does not parse.
    repetitions: Option<usize>,
}

impl Sides {
    pub(super) fn of(language: Language, ours: &str, theirs: &str) -> Self {
        let count = |text| language.repetitions(&language.root(), text);
        let parse = language.parses(ours) && language.parses(theirs);
        Self { language, repetitions: parse.then(|| count(ours).max(count(theirs))) }
    }

    /// Whether both parse.
    pub(super) const fn parse(&self) -> bool {
        self.repetitions.is_some()
    }

    /// Whether a merged text still parses, and says nothing twice that the two sides say once. Nothing is asked of it
    /// if one of the sides does not parse either.
    pub(super) fn accept(&self, merged: &str) -> bool {
        self.repetitions.is_none_or(|most| {
            self.language.parses(merged) && self.language.repetitions(&self.language.root(), merged) <= most
        })
    }
}

/// The name that a line of an `.env` file sets, or would if it were no comment.
fn variable(line: &str) -> Option<&str> {
    let line = line.strip_prefix('#').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest));
    let (name, _) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (!name.is_empty() && is_name(name)).then_some(name)
}

fn environment(units: &mut [Unit]) {
    for unit in units {
        let body = unit.body().trim_end();
        // A value that spans lines is left alone.
        let key = variable(body).filter(|_| body.lines().count() == 1);
        unit.item = key.map(|key| Item { key: key.to_owned(), rank: 0 });
    }
}

fn patterns(units: &mut [Unit]) {
    // A pattern that takes others back divides the list.
    let mut section = 0;
    for unit in units {
        let body = unit.body().trim();
        if body.starts_with('!') {
            section += 1;
        } else if !body.is_empty() {
            unit.item = Some(Item { key: format!("{section} {body}"), rank: 0 });
        }
    }
}
