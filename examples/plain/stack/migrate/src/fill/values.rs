//! Values to try for a column, as SQL.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Column;

/// Chooses, the same way in every run.
pub(super) struct ValuePicker(u64);

impl ValuePicker {
    pub(super) fn new(table: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        table.hash(&mut hasher);
        Self(hasher.finish() | 1)
    }

    /// The next number: xorshift, which is random enough to try things.
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> Option<&'a String> {
        let at = self.next() % u64::try_from(from.len()).ok().filter(|len| *len > 0)?;
        from.get(usize::try_from(at).ok()?)
    }

    /// A value for one column: the likeliest first, then others.
    pub(super) fn value(&mut self, column: &Column, row: u64, attempt: u32) -> String {
        if let (Some(table), Some(name)) = (&column.refers_to, &column.refers_to_column) {
            if attempt > 20 && !column.not_null {
                return "null".to_owned();
            }
            let offset = if attempt == 0 { row } else { self.next() % 3 };
            return format!(
                "(select r.{name} from {table} r order by 1 offset least({offset}, \
                 greatest(0, (select count(*) from {table}) - 1)) limit 1)"
            );
        }
        if column.has_default && (attempt == 0 || self.next().is_multiple_of(4)) {
            return "default".to_owned();
        }
        let candidates = candidates(column, row);
        let value = match attempt {
            0 => candidates.first().cloned(),
            _ if !column.not_null && self.next().is_multiple_of(8) => None,
            _ => self.pick(&candidates).cloned(),
        };
        value.map_or_else(
            || "null".to_owned(),
            |value| format!("({value})::{}", column.ty),
        )
    }
}

/// What a column of this type may hold, the likeliest first.
fn candidates(column: &Column, row: u64) -> Vec<String> {
    let n = row + 1;
    let texts_in_checks = texts_in_checks(&column.checks);
    let texts = || texts_in_checks.iter().map(|text| literal(text));
    let (name, size) = match column.base.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end_matches([')', '[', ']'])),
        None => (column.base.as_str(), ""),
    };
    if column.base.ends_with("[]") {
        let element = Column {
            base: column.base.trim_end_matches("[]").to_owned(),
            labels: Vec::new(),
            checks: Vec::new(),
            ..column.clone()
        };
        let one = candidates(&element, row).into_iter().next();
        let one = one.map(|one| format!("array[({one})::{}]", element.base));
        return one.into_iter().chain(["'{}'".to_owned()]).collect();
    }
    if !column.labels.is_empty() {
        return column.labels.iter().map(|label| literal(label)).collect();
    }
    let numbers = numbers(&column.checks);
    let near = numbers
        .iter()
        .flat_map(|number| [*number, number + 1, number - 1]);
    let integers = [n.cast_signed(), 0, 1, 10, 100, -1].into_iter().chain(near);
    let integers = integers.map(|n| n.to_string());
    let quoted = |texts: &[&str]| texts.iter().map(|text| literal(text)).collect::<Vec<_>>();
    match name {
        "boolean" => quoted(&["true", "false"]),
        "smallint" | "integer" | "bigint" => integers.collect(),
        "numeric" | "real" | "double precision" | "money" => {
            integers.chain(["0.5".to_owned()]).collect()
        }
        "uuid" => vec!["gen_random_uuid()".to_owned()],
        "date" | "timestamp without time zone" | "timestamp with time zone" | "timestamp" => {
            vec![
                format!("'2026-01-01'::timestamptz + interval '{n} day'"),
                "now()".to_owned(),
                format!("now() + interval '{n} month'"),
                format!("now() - interval '{n} month'"),
            ]
        }
        "time without time zone" | "time with time zone" | "time" => vec![format!("'0{n}:00'")],
        "interval" => vec![format!("'{n} hours'")],
        "json" | "jsonb" => quoted(&["{}", "[]", "{\"a\": 1}", "null"]),
        "bytea" => {
            // What a check says is likelier than anything made up.
            let usual = [n.cast_signed(), 16, 32, 0, 12, 24, 64];
            let sizes = numbers.iter().copied().chain(usual);
            sizes
                .filter(|size| (0..=4096).contains(size))
                .map(|size| format!("decode(repeat('0{n}', {size}), 'hex')"))
                .collect()
        }
        "inet" | "cidr" => vec![format!("'10.0.0.{n}'")],
        "macaddr" => vec![format!("'08:00:2b:01:02:0{n}'")],
        "bit" => vec![format!(
            "repeat('1', {})",
            if size.is_empty() { "1" } else { size }
        )],
        "bit varying" => vec!["'1'".to_owned()],
        "tsvector" | "tsquery" | "hstore" | "ltree" => vec![format!("'a{n}'"), "''".to_owned()],
        "point" => vec![format!("'({n},{n})'")],
        "xml" => vec!["'<a/>'".to_owned()],
        _ if name.ends_with("range") => vec!["'empty'".to_owned()],
        _ => {
            let plain = [
                format!("text {n}"),
                format!("a{n}"),
                format!("ada{n}@example.com"),
                format!("https://example.com/{n}"),
                format!("{n}"),
                format!("123456789{n}"),
                format!("+49123456{n}"),
                format!("A{n}"),
                "AA".to_owned(),
                "EUR".to_owned(),
                "de".to_owned(),
                "#aabbcc".to_owned(),
                "2026-01-01".to_owned(),
                String::new(),
            ];
            let most = size.parse::<usize>().unwrap_or(usize::MAX);
            let long = numbers.iter().filter(|number| (1..=4000).contains(*number));
            let long = long.map(|number| format!("repeat('{n}', {number})"));
            let first: Vec<String> = texts().collect();
            let fits = plain
                .iter()
                .filter(|text| text.chars().count() <= most)
                .map(|text| literal(text));
            // What a check names is likelier than anything made up.
            first.into_iter().chain(fits).chain(long).collect()
        }
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Texts in quotes in the checks that are no patterns.
fn texts_in_checks(checks: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for check in checks {
        for (at, text) in check.split('\'').enumerate() {
            if at % 2 == 1 && !text.contains(['^', '%', '\\', '[']) {
                found.push(text.to_owned());
            }
        }
    }
    found
}

/// Whole numbers in the checks.
fn numbers(checks: &[String]) -> Vec<i64> {
    let all = checks.iter().flat_map(|check| {
        check
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse::<i64>().ok())
    });
    all.filter(|number| *number < i64::MAX / 2).collect()
}
