//! The command that makes a table, as it was typed, and as it stands in the table's schema: what `heavy remove-table` reads.

use super::Table;
use super::field::{Field, Kind};
use super::names::Names;
use super::unique_together::UniqueTogether;
use crate::error::{Error, Result};

const START: &str = "-- heavy add-table ";

/// What was typed for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The table's names.
    pub names: Names,
    /// Its fields, in their order.
    pub fields: Vec<Field>,
    /// Which of them are unique together.
    pub unique: Vec<UniqueTogether>,
    /// Whether each row belongs to a user.
    pub owned: bool,
}

impl CommandLine {
    /// The command in the schema of the table; `None` if the file does not say how it was made.
    pub(super) fn find(text: &str, table: &str) -> Option<Result<Self>> {
        let lines = text.lines().filter_map(|line| line.trim_end().strip_prefix(START));
        let words = lines.map(words).find(|words| words.first().is_some_and(|name| name == table))?;
        Some(Self::parse(&words))
    }

    /// The table that the first command of a file made.
    pub(super) fn first(text: &str) -> Option<String> {
        let line = text.lines().find_map(|line| line.trim_end().strip_prefix(START))?;
        words(line).into_iter().next()
    }

    fn parse(words: &[String]) -> Result<Self> {
        let (mut model, mut owned, mut fields, mut unique) = (None, true, Vec::new(), Vec::new());
        let table = words.first().ok_or_else(|| Error::user("the table has no name"))?;
        for word in &words[1..] {
            match word.split_once('=') {
                None if word == "--shared" => owned = false,
                Some(("--model", name)) => model = Some(name),
                Some(("--unique", fields)) => unique.push(fields.to_owned()),
                _ => fields.push(Field::parse(word)?),
            }
        }
        let unique = UniqueTogether::parse_all(&unique, &fields)?;
        Ok(Self { names: Names::parse(table, model)?, fields, unique, owned })
    }
}

impl Table {
    /// The line of the schema that says how the table was made.
    pub(super) fn command_line(&self) -> String {
        let Names { table, model, .. } = &self.names;
        let mut line = format!("{START}{table}");
        for field in &self.fields {
            line.push(' ');
            line.push_str(&quoted(&field.typed()));
        }
        for together in &self.unique {
            line.push_str(&format!(" --unique={}", together.fields.join(",")));
        }
        if !Names::parse(table, None).is_ok_and(|names| names.model == *model) {
            line.push_str(&format!(" --model={model}"));
        }
        if !self.owned {
            line.push_str(" --shared");
        }
        line
    }
}

impl Field {
    /// The field as it can be typed.
    fn typed(&self) -> String {
        let kind = match &self.kind {
            Kind::String(200) => "string".to_owned(),
            Kind::String(most) => format!("string({most})"),
            Kind::Text(20_000) => "text".to_owned(),
            Kind::Text(most) => format!("text({most})"),
            Kind::Int => "int".to_owned(),
            Kind::Bigint => "bigint".to_owned(),
            Kind::Float => "float".to_owned(),
            Kind::Decimal(20, 6) => "decimal".to_owned(),
            Kind::Decimal(digits, scale) => format!("decimal({digits},{scale})"),
            Kind::Bool => "bool".to_owned(),
            Kind::Uuid => "uuid".to_owned(),
            Kind::Timestamp => "timestamp".to_owned(),
            Kind::Date => "date".to_owned(),
            Kind::Json => "json".to_owned(),
            Kind::Bytes => "bytes".to_owned(),
            Kind::Enum(choices) => format!("enum({})", choices.join("|")),
            Kind::Vector(dimensions) => format!("vector({dimensions})"),
            Kind::References(table) => format!("references({table})"),
            Kind::Many(table) => format!("many({table})"),
        };
        let optional = if self.optional { "?" } else { "" };
        let unique = if self.unique { ":unique" } else { "" };
        let index = if self.index { ":index" } else { "" };
        let default = self.default.as_ref().map(|text| format!(":default={text}")).unwrap_or_default();
        format!("{}:{kind}{optional}{unique}{index}{default}", self.name)
    }
}

/// A word as a shell wants it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_:,.=-+/@%".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// The words of a line that [`quoted`] made.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut inside, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            '\\' if !inside => escaped = true,
            '\'' => inside = !inside,
            ' ' if !inside => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_schema_is_what_was_typed() {
        for typed in [
            "a:string",
            "a:text(5)?:index",
            "a:decimal(4,2):default=1.5",
            "a:enum(b|c):default=c:index",
            "a_id:references(authors)?:unique",
            "a:vector(3)",
            "a:string:default=it's 'so'",
            "a:date?:default=today",
            "a:many:tags",
        ] {
            let field = Field::parse(typed).expect("a field");
            let found = words(&quoted(&field.typed()));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(Field::parse(&found[0]).expect("a field"), field, "{typed}");
        }
    }

    #[test]
    fn a_command_is_found_by_its_table() {
        let text = "-- Books.\n-- heavy add-table books title:string 'a:enum(b|c)?' --unique=title,a --model=Tome --shared\nCREATE TABLE books ();\n";
        let found = CommandLine::find(text, "books").expect("a command").expect("a good one");
        assert_eq!((found.names.model.as_str(), found.owned, found.fields.len()), ("Tome", false, 2));
        assert_eq!(found.unique[0].fields, ["title", "a"]);
        assert_eq!(CommandLine::find(text, "tags"), None);
    }
}
