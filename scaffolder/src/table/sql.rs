//! The statements of a table's repository.

use minijinja::{Value, context};

use super::Table;
use super::column::Column;

/// Where a line of SQL is broken.
const WIDTH: usize = 84;

impl Table {
    fn column_list(&self) -> String {
        let owner = self.owned.then_some("user_id");
        let names = self.columns.iter().map(|column| column.name.as_str());
        let names = ["id"].into_iter().chain(owner).chain(names).chain(["version", "created_at", "updated_at"]);
        names.collect::<Vec<_>>().join(", ")
    }

    /// What each function of the repository sends.
    pub(super) fn statements(&self) -> Value {
        let table = &self.names.table;
        let all = self.column_list();
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let written: Vec<&str> =
            ["id"].into_iter().chain(self.owned.then_some("user_id")).chain(names.iter().copied()).collect();
        let places: Vec<String> = (1..=written.len()).map(|place| format!("${place}")).collect();
        let first = if self.owned { 4 } else { 3 };
        let sets: Vec<String> =
            names.iter().enumerate().map(|(at, name)| format!("{name} = ${}", at + first)).collect();
        let (mine, mine_listed) = if self.owned { (" AND user_id = $2", " WHERE user_id = $1") } else { ("", "") };
        let (limit, after) = if self.owned { (2, " WHERE user_id = $1 AND id < $3") } else { (1, " WHERE id < $2") };
        let lines = |indent: usize, lines: &[String]| {
            let lines: Vec<String> = lines.iter().map(|line| wrapped(line, indent)).collect();
            lines.join(&format!("\n{}", " ".repeat(indent)))
        };
        let (search, limit_place, offset_place) = self.search();
        context! {
            insert => lines(9, &[
                format!("INSERT INTO {table} ({})", written.join(", ")),
                format!("VALUES ({})", places.join(", ")),
                format!("RETURNING {all}"),
            ]),
            find => lines(9, &[format!("SELECT {all}"), format!("FROM {table} WHERE id = $1{mine}")]),
            list => lines(17, &[format!("SELECT {all}"), format!("FROM {table}{mine_listed} ORDER BY id DESC LIMIT ${limit}")]),
            list_after => lines(17, &[format!("SELECT {all}"), format!("FROM {table}{after} ORDER BY id DESC LIMIT ${limit}")]),
            update => lines(9, &[
                format!("UPDATE {table} SET {}, version = version + 1, updated_at = now()", sets.join(", ")),
                format!("WHERE id = $1{mine} AND version = ${}", if self.owned { 3 } else { 2 }),
                format!("RETURNING {all}"),
            ]),
            search => lines(17, &search),
            search_limit => limit_place,
            search_offset => offset_place,
            orders => self.orders(),
            delete => format!("DELETE FROM {table} WHERE id = $1{mine}"),
        }
    }

    /// The statement of a list that is searched and sorted, up to its order, and the places of its limit and offset.
    fn search(&self) -> ([String; 2], String, String) {
        let mut places = 1..;
        let mut place = || places.next().unwrap_or_default();
        let mut conditions: Vec<String> = self.owned.then(|| format!("user_id = ${}", place())).into_iter().collect();
        let searched: Vec<&Column> = self.columns.iter().filter(|column| column.searched).collect();
        if !searched.is_empty() {
            let text = place();
            let any = searched.iter().map(|column| format!(" OR {} ILIKE ${text}", column.name));
            conditions.push(format!("(${text} = '%%'{})", any.collect::<String>()));
        }
        let conditions =
            if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let lines = [format!("SELECT {}", self.column_list()), format!("FROM {}{conditions}", self.names.table)];
        (lines, format!("${}", place()), format!("${}", place()))
    }

    /// What a list is sorted by, each in both directions, and then by the id, so that no row is on two pages.
    fn orders(&self) -> Vec<Value> {
        let sorted = self.columns.iter().filter(|column| column.sorted);
        let mut orders: Vec<Value> = sorted
            .map(|column| {
                let name = &column.name;
                let nulls = if column.optional { " NULLS LAST" } else { "" };
                context! {
                    variant => column.variant.clone(),
                    ascending => format!("{name}{nulls}, id"),
                    descending => format!("{name} DESC{nulls}, id DESC"),
                }
            })
            .collect();
        orders.push(context! { variant => "CreatedAt", ascending => "id", descending => "id DESC" });
        orders
    }

    /// For each column that is a vector, the statement that searches by it.
    pub(super) fn nearest_statements(&self) -> Vec<Option<String>> {
        let statement = |column: &Column| {
            let name = &column.name;
            let mut conditions = Vec::new();
            conditions.extend(self.owned.then(|| "user_id = $3".to_owned()));
            conditions.extend(column.optional.then(|| format!("{name} IS NOT NULL")));
            let conditions =
                if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
            let indent = " ".repeat(9);
            let columns = wrapped(&format!("SELECT {}, 1 - ({name} <=> $1) AS similarity", self.column_list()), 9);
            format!("{columns}\n{indent}FROM {}{conditions}\n{indent}ORDER BY {name} <=> $1 LIMIT $2", self.names.table)
        };
        self.columns.iter().map(|column| (column.dimensions > 0).then(|| statement(column))).collect()
    }
}

/// A line of SQL, broken between words where it is too wide.
fn wrapped(line: &str, indent: usize) -> String {
    let mut result = String::new();
    let mut width = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH {
            result.push('\n');
            result.push_str(&" ".repeat(indent));
            width = 0;
        } else if width > 0 {
            result.push(' ');
            width += 1;
        }
        result.push_str(word);
        width += length;
    }
    result
}
