//! What was not typed is asked, on a terminal.

use crate::cli::AddTable;
use crate::error::{Error, Result};
use crate::prompt::Prompt;
use crate::table::field::Field;
use crate::table::names::Names;

/// The table's name and its fields.
pub(super) fn what_is_missing(args: &AddTable, prompt: Option<&Prompt>) -> Result<(String, Vec<Field>)> {
    let fields = args.fields.iter().map(|typed| Field::parse(typed)).collect::<Result<Vec<_>>>()?;
    let name = match (&args.name, prompt) {
        (Some(name), _) if name.contains(':') => {
            return Err(Error::usage(format!("`{}` is a field, and the table has no name", name.escape_debug()))
                .hint("name the table first: `heavy add-table books title:string`"));
        }
        (Some(name), _) => name.clone(),
        (None, Some(prompt)) => prompt.text("Name of the table (a plural: books)", None, |text| {
            Names::parse(text.trim(), args.model.as_deref()).map(drop)
        })?,
        (None, None) => {
            return Err(Error::usage("the table has no name")
                .hint("write it and its fields: `heavy add-table books title:string`"));
        }
    };
    let name = name.trim().to_owned();
    // What is wrong with it is better said before the fields are asked.
    Names::parse(&name, args.model.as_deref())?;
    match prompt {
        _ if !fields.is_empty() => Ok((name, fields)),
        Some(prompt) => Ok((name, ask_fields(prompt)?)),
        None => Err(Error::usage(format!("the table `{name}` has no fields"))
            .hint(format!("write some: `heavy add-table {name} title:string`"))),
    }
}

fn ask_fields(prompt: &Prompt) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    loop {
        let question = match fields.len() {
            0 => "A field (title:string, author:string?)",
            _ => "Another field (nothing, when done)",
        };
        let check = |text: &str| match (text.trim(), fields.is_empty()) {
            ("", false) => Ok(()),
            ("", true) => Err(Error::user("a table has at least one field")),
            (text, _) => {
                Field::parse(text).and_then(|field| match fields.iter().any(|known| known.name == field.name) {
                    true => Err(Error::user(format!("there is a field `{}` already", field.name))),
                    false => Ok(()),
                })
            }
        };
        let text = prompt.text(question, Some(""), check)?;
        match text.trim() {
            "" => return Ok(fields),
            text => fields.push(Field::parse(text)?),
        }
    }
}
