//! The statements of a table's repository.

use minijinja::{Value, context};

use super::Table;
use super::column::Column;
use super::sets::Set;

/// Where a line of SQL is broken.
const WIDTH: usize = 84;

impl Table {
    /// What is read of each row, in lines.
    fn selected(&self) -> Vec<String> {
        let table = &self.names.table;
        let sets = self.sets.iter().map(|Set { pairs, from, to, key, .. }| {
            format!("ARRAY(SELECT {to} FROM {pairs} WHERE {from} = {table}.id ORDER BY {to}) AS {key}")
        });
        let mut lines: Vec<String> = [format!("SELECT {}", self.column_list())].into_iter().chain(sets).collect();
        let last = lines.len() - 1;
        lines[..last].iter_mut().for_each(|line| line.push(','));
        lines
    }

    /// The same, with what each row of a list refers to.
    fn listed(&self) -> Vec<String> {
        let table = &self.names.table;
        let labels = self.columns.iter().filter(|column| column.is_chosen).filter_map(|column| {
            let (name, reference) = (&column.name, column.references.as_ref()?);
            let (other, shown) = (&reference.table, reference.shown.as_ref()?);
            Some(format!(
                "(SELECT other.{shown} FROM {other} AS other WHERE other.id = {table}.{name}) AS {name}_label"
            ))
        });
        let mut lines = self.selected();
        for label in labels {
            lines.last_mut().into_iter().for_each(|line| line.push(','));
            lines.push(label);
        }
        lines
    }

    fn column_list(&self) -> String {
        let owner = self.owned.then_some("user_id");
        let names = self.columns.iter().map(|column| column.name.as_str());
        let names = ["id"].into_iter().chain(owner).chain(names).chain(["version", "created_at", "updated_at"]);
        names.collect::<Vec<_>>().join(", ")
    }

    /// The statements of each set, in their order.
    pub(super) fn set_statements(&self) -> Vec<Value> {
        let statements = |set: &Set| {
            let Set { pairs, from, to, table: other, shown, .. } = set;
            let table = &self.names.table;
            let (join, mine) = if self.owned {
                (vec![format!("JOIN {table} ON {table}.id = {pairs}.{from}")], format!(" AND {table}.user_id = $2"))
            } else {
                (Vec::new(), String::new())
            };
            context! {
                take_out => lines(9, &[format!("DELETE FROM {pairs}"), format!("WHERE {from} = $1 AND {to} <> ALL($2)")]),
                add => lines(9, &[
                    format!("INSERT INTO {pairs} ({from}, {to})"),
                    "SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING".to_owned(),
                ]),
                called => lines(9, &[
                    &[format!("SELECT {pairs}.{from}, {other}.{shown} FROM {pairs}")][..],
                    &join,
                    &[
                        format!("JOIN {other} ON {other}.id = {pairs}.{to}"),
                        format!("WHERE {pairs}.{from} = ANY($1){mine}"),
                        format!("ORDER BY {other}.{shown}, {other}.id"),
                    ],
                ]
                .concat()),
                count_owned => format!("SELECT count(*) FROM {other} WHERE id = ANY($1) AND user_id = $2"),
            }
        };
        self.sets.iter().map(statements).collect()
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
        let select =
            |indent: usize, from: String| lines(indent, &self.selected().into_iter().chain([from]).collect::<Vec<_>>());
        // With sets, a row is read when they are written.
        let returning = self.sets.is_empty().then(|| format!("RETURNING {all}"));
        let with_returning =
            |statement: [String; 2]| lines(9, &statement.into_iter().chain(returning.clone()).collect::<Vec<_>>());
        let (search, limit_place, offset_place) = self.search();
        context! {
            insert => with_returning([
                format!("INSERT INTO {table} ({})", written.join(", ")),
                format!("VALUES ({})", places.join(", ")),
            ]),
            find => select(9, format!("FROM {table} WHERE id = $1{mine}")),
            list => select(17, format!("FROM {table}{mine_listed} ORDER BY id DESC LIMIT ${limit}")),
            list_after => select(17, format!("FROM {table}{after} ORDER BY id DESC LIMIT ${limit}")),
            update => with_returning([
                format!("UPDATE {table} SET {}, version = version + 1, updated_at = now()", sets.join(", ")),
                format!("WHERE id = $1{mine} AND version = ${}", if self.owned { 3 } else { 2 }),
            ]),
            search => lines(17, &self.listed().into_iter().chain([search]).collect::<Vec<_>>()),
            search_limit => limit_place,
            search_offset => offset_place,
            orders => self.orders(),
            delete => format!("DELETE FROM {table} WHERE id = $1{mine}"),
        }
    }

    /// The statement of a list that is searched and sorted, from its `FROM` up to its order, and the places of its limit and
    /// offset.
    fn search(&self) -> (String, String, String) {
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
        (format!("FROM {}{conditions}", self.names.table), format!("${}", place()), format!("${}", place()))
    }

    /// What a list is sorted by, each in both directions, and then by the id, so that no row is on two pages.
    fn orders(&self) -> Vec<Value> {
        let sorted = self.columns.iter().filter(|column| column.sorted);
        let mut orders: Vec<Value> = sorted
            .map(|column| {
                let name = if column.is_chosen { format!("{}_label", column.name) } else { column.name.clone() };
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

/// Lines of SQL, one below the other.
pub(super) fn lines(indent: usize, lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| wrapped(line, indent)).collect();
    lines.join(&format!("\n{}", " ".repeat(indent)))
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
