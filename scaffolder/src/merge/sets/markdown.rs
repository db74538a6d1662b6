//! Sets in Markdown: rows of a table, and items of a list.

use std::borrow::Cow;

use super::units::{Item, Unit};

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Row,
    Entry,
    Prose,
    /// The first or last line of code, or a heading.
    Alone,
}

fn kind(line: &str) -> Kind {
    match line.trim_start() {
        "" => Kind::Blank,
        _ if line.starts_with('|') => Kind::Row,
        _ if line.starts_with("- ") || line.starts_with("* ") => Kind::Entry,
        text if text.starts_with('#') => Kind::Alone,
        _ => Kind::Prose,
    }
}

fn is_fence(line: &str) -> Option<&str> {
    ["```", "~~~"].into_iter().find(|fence| line.trim_start().starts_with(fence))
}

fn is_rule(line: &str) -> bool {
    line.contains('-') && line.bytes().all(|byte| b"|-: \t\r\n".contains(&byte))
}

/// The cells of a row, however wide its columns are; `None` if the text is no row.
fn cells(text: &str) -> Option<Vec<String>> {
    let row = text.trim().strip_prefix('|').filter(|row| !row.contains('\n'))?;
    let row = row.strip_suffix('|').unwrap_or(row);
    let cell = |cell: &str| {
        let cell = cell.trim();
        let dashes = cell.trim_matches(':');
        if !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-') {
            cell.replacen(dashes, "-", 1)
        } else {
            cell.to_owned()
        }
    };
    Some(row.split('|').map(cell).collect())
}

/// Whether two texts are one row in columns of another width.
pub(super) fn same_row(one: &str, other: &str) -> bool {
    cells(one).is_some_and(|cells_of_one| cells(other).is_some_and(|cells| cells == cells_of_one))
}

/// Takes a text apart: rows, entries, paragraphs, headings, and pieces of code.
pub(super) fn units(text: &str) -> Vec<Unit<'_>> {
    let mut units: Vec<(Unit<'_>, Kind)> = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let kind = kind(line);
        // A blank line was passed since the last unit.
        let apart = start < at;
        match (fence, units.last_mut()) {
            (Some(mark), Some((last, _))) => {
                let from = start - last.text.len();
                last.text = Cow::Borrowed(&text[from..end]);
                start = end;
                if line.trim().starts_with(mark) && line.trim().bytes().all(|byte| mark.as_bytes().contains(&byte)) {
                    fence = None;
                }
            }
            (None, Some((last, before)))
                if (kind == Kind::Prose && is_fence(line).is_none())
                    && match before {
                        Kind::Prose => !apart,
                        Kind::Entry => !apart || line.starts_with(' '),
                        _ => false,
                    } =>
            {
                let from = start - last.text.len();
                last.text = Cow::Borrowed(&text[from..end]);
                start = end;
            }
            (None, _) if kind == Kind::Blank => {}
            _ => {
                let unit =
                    Unit { text: Cow::Borrowed(&text[start..end]), lead: at - start, id: String::new(), item: None };
                fence = is_fence(line);
                units.push((unit, if fence.is_some() { Kind::Alone } else { kind }));
                start = end;
            }
        }
        at = end;
    }
    if start < text.len() {
        let unit = Unit { text: Cow::Borrowed(&text[start..]), lead: 0, id: String::new(), item: None };
        units.push((unit, Kind::Blank));
    }
    // What a list or table is known by: its header, or what stands above it.
    let mut scope = String::new();
    for index in 0..units.len() {
        let body = units[index].0.body().trim().to_owned();
        let (before, kind) = (index.checked_sub(1).map(|before| units[before].1), units[index].1);
        let header = kind == Kind::Row && units.get(index + 1).is_some_and(|(next, _)| is_rule(next.body()));
        let key = match kind {
            Kind::Row if header || (is_rule(&body) && before == Some(Kind::Row)) => {
                let row = cells(&body).unwrap_or_default().join("|");
                // No item, but the same one however wide its columns are.
                units[index].0.id = format!("row {row}");
                scope = if header { row } else { scope };
                None
            }
            Kind::Row if before == Some(Kind::Row) => body.trim_matches('|').split('|').next().map(str::trim),
            Kind::Entry => Some(target(&body).unwrap_or(&body)),
            _ => {
                scope = body.lines().last().unwrap_or_default().to_owned();
                None
            }
        };
        units[index].0.item = key.map(|key| Item { key: format!("{scope}\n{key}"), rank: 0 });
    }
    units.into_iter().map(|(unit, _)| unit).collect()
}

/// Where an entry that is a link leads.
fn target(entry: &str) -> Option<&str> {
    let link = entry[2..].trim_start().strip_prefix('[')?;
    Some(link.split_once("](")?.1.split_once(')')?.0)
}
