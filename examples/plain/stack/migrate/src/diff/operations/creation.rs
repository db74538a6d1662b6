//! The statements that make an object.

use super::{Planner, partitioned, swap};
use crate::diff::names::quote;
use crate::diff::{Step, Transaction, alter, create};
use crate::hazard::Name;
use crate::object::{Body, Column, Constraint, Definition, Id, Kind, Object, Sequence};

impl Planner<'_> {
    /// The statements that make an object, with what stands inside of its definition.
    pub(super) fn create_of(&self, object: &Object, inlined: &[&Object]) -> Vec<Step> {
        let (id, name) = (&object.id, &object.id.name);
        let sql = match &object.body {
            Body::Enum(new) => {
                let labels: Vec<String> = new.labels.iter().map(|label| quote(label)).collect();
                format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
            }
            Body::Domain(domain) => {
                let default = domain.default.as_ref();
                let default = default.map_or_else(String::new, |sql| format!(" DEFAULT {sql}"));
                let not_null = if domain.not_null { " NOT NULL" } else { "" };
                format!("CREATE DOMAIN {name} AS {}{default}{not_null}", domain.base)
            }
            Body::Composite(new) => {
                let attributes = new.attributes.iter();
                let attributes: Vec<String> = attributes
                    .map(|(name, ty)| format!("{name} {ty}"))
                    .collect();
                format!("CREATE TYPE {name} AS ({})", attributes.join(", "))
            }
            Body::Sequence(new) => create_sequence(name, new),
            Body::Table(table) => {
                let mut step = Step::new(id, create::table(name, table, inlined));
                step.hazards.extend(self.looks_into_default(table));
                return vec![step];
            }
            Body::Column(column) => return self.create_column(object, column, inlined),
            Body::Constraint(constraint) => return self.create_constraint(object, constraint),
            Body::Definition(definition) => return self.create_defined(object, definition),
            Body::Unsupported(_) => return Vec::new(),
        };
        vec![Step::new(id, sql)]
    }

    fn create_column(&self, object: &Object, column: &Column, inlined: &[&Object]) -> Vec<Step> {
        let (id, name, table) = (&object.id, &object.id.name, &column.table);
        let default = create::inlined_default(inlined, name);
        if let Some(default) = default
            && self.locks.is_online(table)
            && self.volatile.is_called_in(default)
        {
            return alter::added_online(object, column, default, self.locks, [self.from, self.to]);
        }
        let definition = create::column(column, default);
        let mut step = Step::new(id, format!("ALTER TABLE {table} ADD COLUMN {definition}"));
        if self.has_rules(&column.ty) {
            let what = format!(
                "writes the whole table anew: the type `{}` has rules",
                column.ty
            );
            step = step.hazard(Name::Rewrite, what);
        }
        let filled = column.generated.is_some()
            || column.identity.is_some()
            || self.to.get(&Id::new(Kind::Default, name)).is_some();
        if column.not_null && !filled {
            let what = format!(
                "fails if `{table}` has a row: `{name}` must not be null, and has no default"
            );
            return vec![step.hazard(Name::FailsOnData, what)];
        }
        vec![step]
    }

    fn create_defined(&self, object: &Object, definition: &Definition) -> Vec<Step> {
        let id = &object.id;
        let sql = &definition.create;
        if id.kind == Kind::Index
            && let Some(table) = &object.parent
            && !self.is_created(table)
        {
            if self.is_swapped(id) {
                return swap::index(id, sql, &self.name_beside(id), &not_unique(&table.name));
            }
            if self.locks.is_online(&table.name)
                && let Some(partitions) = self.partitions(&table.name)
            {
                let is_unique = sql.starts_with("CREATE UNIQUE ");
                let what = is_unique.then(|| not_unique(&table.name));
                return partitioned::index(
                    self,
                    id,
                    sql,
                    &table.name,
                    &partitions,
                    what.as_deref(),
                );
            }
            let careful = self.is_online(&table.name);
            let unique = sql.starts_with("CREATE UNIQUE ");
            let step = if careful {
                let sql = sql.replacen(" INDEX ", " INDEX CONCURRENTLY ", 1);
                Step::new(id, sql).in_transaction(Transaction::Without)
            } else {
                Step::new(id, sql)
            };
            let announced = unique && (careful || !self.is_made_again(object));
            return vec![if announced {
                step.hazard(Name::MayFailOnData, not_unique(&table.name))
            } else {
                step
            }];
        }
        if let Some(steps) = self.create_filled(id, sql) {
            return steps;
        }
        if id.kind == Kind::Comment && object.parent.as_ref().is_some_and(|it| self.is_late(it)) {
            return vec![Step::new(id, sql).in_transaction(Transaction::Later)];
        }
        let then = definition.then.iter();
        std::iter::once(sql)
            .chain(then)
            .map(|sql| Step::new(id, sql))
            .chain(self.continue_sequence(id))
            .collect()
    }

    /// Where a column that has rows takes its numbers from a new sequence: that goes on behind them.
    pub(super) fn continue_sequence(&self, id: &Id) -> Option<Step> {
        let column = Id::new(Kind::Column, &id.name);
        if id.kind != Kind::Default || self.is_created(&column) {
            return None;
        }
        let column = self.from.column(&column)?;
        let is_new = |needed: &&Id| needed.kind == Kind::Sequence && self.is_created(needed);
        let sequence = self.to.needs(id).find(is_new)?;
        let Body::Sequence(options) = self.to.body(sequence)? else {
            return None;
        };
        let name = quote(&sequence.name);
        let sql = create::setval_behind(&name, options.start, &column.table, &column.name);
        (options.increment > 0).then(|| Step::new(id, sql))
    }

    /// Whether nothing changed but what it stands on: existing rows are known to fit.
    fn is_made_again(&self, object: &Object) -> bool {
        let old = self.from.get(&object.id);
        self.changes.replaced.contains(&object.id) && old == Some(object)
    }

    fn create_constraint(&self, object: &Object, constraint: &Constraint) -> Vec<Step> {
        let id = &object.id;
        let (table, name) = (&constraint.table, &constraint.name);
        let definition = constraint.definition.as_str();
        let add = format!("ALTER TABLE {table} ADD {}", create::constraint(constraint));
        let parent = object.parent.as_ref();
        let unchecked = ["NOT VALID", "NOT ENFORCED"];
        let ty = constraint.ty.as_str();
        let careful = self.is_online(table);
        // A check of a partitioned table too.
        let in_two = ty == "f" && careful || ty == "c" && self.locks.is_online(table);
        if parent.is_some_and(|parent| self.is_created(parent))
            || self.is_made_again(object) && !in_two
            || unchecked.iter().any(|end| definition.ends_with(end))
        {
            return vec![Step::new(id, add)];
        }
        let what = match ty {
            "f" => format!("fails if a row of `{table}` refers to nothing"),
            "c" => format!("fails if a row of `{table}` breaks the rule"),
            _ => not_unique(table),
        };
        if self.is_swapped(id) {
            let steps = swap::constraint(id, constraint, &self.name_beside(id), what);
            return self.behind_not_null(id, steps);
        }
        let temporal = definition.contains(" PERIOD ") || definition.contains(" WITHOUT OVERLAPS");
        match ty {
            "f" | "c" if in_two => {
                let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
                let validate = match self.is_made_again(object) {
                    true => Step::new(id, validate),
                    false => Step::new(id, validate).hazard(Name::MayFailOnData, what),
                };
                vec![
                    Step::new(id, format!("{add} NOT VALID")),
                    validate.in_transaction(Transaction::Later),
                ]
            }
            "p" | "u" if careful && !temporal => {
                let [index, attach] = through_an_index(constraint, name);
                let index = Step::new(id, index).hazard(Name::MayFailOnData, what);
                let index = index.in_transaction(Transaction::Without);
                self.behind_not_null(id, vec![index, Step::new(id, attach)])
            }
            _ => vec![Step::new(id, add).hazard(Name::MayFailOnData, what)],
        }
    }
}

fn create_sequence(name: &str, sequence: &Sequence) -> String {
    let ty = match sequence.ty.as_str() {
        "bigint" => String::new(),
        ty => format!(" AS {ty}"),
    };
    let options = create::sequence_options(sequence);
    let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
    format!("CREATE {unlogged}SEQUENCE {name}{ty}{options}")
}

fn not_unique(table: &str) -> String {
    format!("fails if two rows of `{table}` are alike in this")
}

/// Two statements for a primary key or a unique constraint: the first builds its index, and locks nothing;
/// the second takes it over, and its name.
pub(super) fn through_an_index(constraint: &Constraint, index: &str) -> [String; 2] {
    let Constraint { table, name, .. } = constraint;
    let (word, rest) = match constraint.definition.strip_prefix("PRIMARY KEY ") {
        Some(rest) => ("PRIMARY KEY", rest),
        None => (
            "UNIQUE",
            constraint.definition.trim_start_matches("UNIQUE "),
        ),
    };
    let (columns, deferred) = match rest.find(" DEFERRABLE") {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (nulls, columns) = match columns.strip_prefix("NULLS NOT DISTINCT ") {
        Some(columns) => (" NULLS NOT DISTINCT", columns),
        None => ("", columns),
    };
    let (columns, with) = match columns.find(" WITH (") {
        Some(at) => columns.split_at(at),
        None => (columns, ""),
    };
    [
        format!("CREATE UNIQUE INDEX CONCURRENTLY {index} ON {table} {columns}{nulls}{with}"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {index}{deferred}"),
    ]
}
