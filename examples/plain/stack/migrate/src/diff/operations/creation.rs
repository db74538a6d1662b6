//! The statements that make an object.

use super::{Making, plain};
use crate::diff::names::quote;
use crate::diff::{Hazard, Place, Step, create};
use crate::object::{Body, Constraint, Id, Kind, Object};

impl Making<'_> {
    /// The statements that make an object, with what stands inside of its definition.
    pub(super) fn create_of(&self, object: &Object, held: &[&Object]) -> Vec<Step> {
        let (id, name) = (&object.id, &object.id.name);
        match &object.body {
            Body::Enum(labels) => {
                let labels: Vec<String> = labels.iter().map(|label| quote(label)).collect();
                vec![plain(
                    id,
                    format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")),
                )]
            }
            Body::Domain(domain) => {
                let mut sql = format!("CREATE DOMAIN {name} AS {}", domain.base);
                if let Some(default) = &domain.default {
                    sql += &format!(" DEFAULT {default}");
                }
                if domain.not_null {
                    sql += " NOT NULL";
                }
                vec![plain(id, sql)]
            }
            Body::Composite(attributes) => {
                let attributes: Vec<String> = attributes
                    .iter()
                    .map(|(name, ty)| format!("{name} {ty}"))
                    .collect();
                vec![plain(
                    id,
                    format!("CREATE TYPE {name} AS ({})", attributes.join(", ")),
                )]
            }
            Body::Sequence(sequence) => {
                let ty = match sequence.ty.as_str() {
                    "bigint" => String::new(),
                    ty => format!(" AS {ty}"),
                };
                let options = create::sequence_options(sequence);
                let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
                vec![plain(
                    id,
                    format!("CREATE {unlogged}SEQUENCE {name}{ty}{options}"),
                )]
            }
            Body::Table(table) => {
                let mut all = vec![plain(id, create::table(name, table, held))];
                all.extend(
                    create::row_security(name, table)
                        .into_iter()
                        .map(|sql| plain(id, sql)),
                );
                let columns = held.iter().filter_map(|part| match &part.body {
                    Body::Column(column) => Some(&**column),
                    _ => None,
                });
                all.extend(
                    columns
                        .flat_map(create::column_settings)
                        .map(|sql| plain(id, sql)),
                );
                all
            }
            Body::Column(column) => {
                let default = create::held_default(held, name);
                let sql = format!(
                    "ALTER TABLE {} ADD COLUMN {}",
                    column.table,
                    create::column(column, default)
                );
                let filled = default.is_some()
                    || column.generated.is_some()
                    || column.identity.is_some()
                    || self.to.objects.contains_key(&Id::new(Kind::Default, name));
                let hazard = (column.not_null && !filled).then(|| {
                    Hazard::Destroys(format!(
                        "fails if `{}` has a row: `{name}` must not be null, and has no default",
                        column.table
                    ))
                });
                let mut all = vec![Step {
                    hazard,
                    ..plain(id, sql)
                }];
                all.extend(
                    create::column_settings(column)
                        .into_iter()
                        .map(|sql| plain(id, sql)),
                );
                all
            }
            Body::Constraint(constraint) => self.create_constraint(object, constraint),
            Body::View(view) => vec![plain(id, create::view(id, view, false))],
            Body::Routine(routine) => vec![plain(id, routine.create.clone())],
            Body::Definition(definition) => {
                let table = object
                    .parent
                    .as_ref()
                    .map_or("", |table| table.name.as_str());
                let new = object
                    .parent
                    .as_ref()
                    .is_some_and(|parent| self.is_created(parent));
                if id.kind == Kind::Index && !new && self.is_careful(table) {
                    let sql = definition
                        .create
                        .replacen(" INDEX ", " INDEX CONCURRENTLY ", 1);
                    let unique = sql.starts_with("CREATE UNIQUE ");
                    let hazard = unique.then(|| {
                        Hazard::Warns(format!("fails if two rows of `{table}` are alike in this"))
                    });
                    return vec![Step {
                        place: Place::Alone,
                        hazard,
                        ..plain(id, sql)
                    }];
                }
                let again =
                    self.changes.replaced.contains(id) && self.from.objects.get(id) == Some(object);
                if id.kind == Kind::Index
                    && definition.create.starts_with("CREATE UNIQUE ")
                    && !new
                    && !again
                {
                    let what = format!("fails if two rows of `{table}` are alike in this");
                    return vec![Step {
                        hazard: Some(Hazard::Warns(what)),
                        ..plain(id, definition.create.clone())
                    }];
                }
                let then = definition.then.iter();
                std::iter::once(&definition.create)
                    .chain(then)
                    .map(|sql| plain(id, sql.clone()))
                    .chain(self.goes_on(id))
                    .collect()
            }
            Body::Foreign(_) => Vec::new(),
        }
    }

    fn create_constraint(&self, object: &Object, constraint: &Constraint) -> Vec<Step> {
        let id = &object.id;
        let Constraint {
            table,
            name,
            definition,
            ty,
        } = constraint;
        let add = format!("ALTER TABLE {table} ADD {}", create::constraint(constraint));
        let new = object
            .parent
            .as_ref()
            .is_some_and(|parent| self.is_created(parent));
        let again = self.changes.replaced.contains(id) && self.from.objects.get(id) == Some(object);
        let unchecked = ["NOT VALID", "NOT ENFORCED"];
        if new || again || unchecked.iter().any(|end| definition.ends_with(end)) {
            return vec![plain(id, add)];
        }
        let what = match ty {
            'f' => format!("fails if a row of `{table}` refers to nothing"),
            'c' => format!("fails if a row of `{table}` breaks the rule"),
            _ => format!("fails if two rows of `{table}` are alike in this"),
        };
        let warns = |sql: String| Step {
            hazard: Some(Hazard::Warns(what.clone())),
            ..plain(id, sql)
        };
        let careful = self.is_careful(table);
        match ty {
            'f' | 'c' if careful => {
                let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
                let validate = Step {
                    place: Place::Afterwards,
                    ..warns(validate)
                };
                vec![plain(id, format!("{add} NOT VALID")), validate]
            }
            'p' | 'u'
                if careful
                    && !definition.contains(" PERIOD ")
                    && !definition.contains(" WITHOUT OVERLAPS") =>
            {
                let word = if *ty == 'p' { "PRIMARY KEY" } else { "UNIQUE" };
                let rest = definition
                    .strip_prefix(word)
                    .unwrap_or(definition)
                    .trim_start();
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
                let index = format!(
                    "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {columns}{nulls}{with}"
                );
                let attach = format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name}{deferred}"
                );
                vec![
                    Step {
                        place: Place::Alone,
                        ..warns(index)
                    },
                    plain(id, attach),
                ]
            }
            _ => vec![warns(add)],
        }
    }
}
