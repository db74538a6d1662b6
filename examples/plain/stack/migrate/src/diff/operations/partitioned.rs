//! An index on a partitioned table in use. The server builds none concurrently there, but on each partition: then the index of
//! the whole, which has read nothing, becomes valid by attaching them.

use super::Planner;
use crate::diff::names::{bare, free_name, is_taken, last_part};
use crate::diff::{Step, Transaction};
use crate::hazard::Name;
use crate::object::{Id, Kind};

/// A partition, and its own ones if it is partitioned in turn.
#[derive(Debug)]
pub(super) struct Partition {
    table: String,
    parts: Option<Vec<Partition>>,
}

impl Planner<'_> {
    /// The partitions of a table; none if it is not partitioned.
    pub(super) fn partitions(&self, table: &str) -> Option<Vec<Partition>> {
        let own = self.to.table(&Id::new(Kind::Table, table))?;
        own.partition_key.as_ref()?;
        let parts = self.to.iter().filter(|object| {
            let part = self.to.table(&object.id);
            let part = part.filter(|part| part.partition_bound.is_some());
            part.is_some_and(|part| part.parents.iter().any(|parent| parent == table))
        });
        let parts = parts.map(|object| Partition {
            table: object.id.name.clone(),
            parts: self.partitions(&object.id.name),
        });
        Some(parts.collect())
    }
}

/// The index `id` on `table`, which `create` makes; `not_unique` is how it may fail.
pub(super) fn index(
    planner: &Planner<'_>,
    id: &Id,
    create: &str,
    table: &str,
    partitions: &[Partition],
    not_unique: Option<&str>,
) -> Vec<Step> {
    let own = last_part(&id.name);
    let mut recipe = Recipe {
        planner,
        id,
        create,
        table,
        from: format!(" INDEX {own} ON {table} "),
        not_unique,
        taken: Vec::new(),
    };
    let mut steps = vec![recipe.create("", &own, &format!("ONLY {table}"))];
    recipe.build(&id.name, partitions, &mut steps);
    steps
}

struct Recipe<'a> {
    planner: &'a Planner<'a>,
    id: &'a Id,
    create: &'a str,
    table: &'a str,
    /// What stands in `create` and differs from partition to partition.
    from: String,
    not_unique: Option<&'a str>,
    taken: Vec<String>,
}

impl Recipe<'_> {
    fn create(&self, concurrently: &str, index: &str, table: &str) -> Step {
        let to = format!(" INDEX {concurrently}{index} ON {table} ");
        Step::new(self.id, self.create.replacen(&self.from, &to, 1))
    }

    /// Builds it on each of these, and attaches it to that of the whole.
    fn build(&mut self, whole: &str, partitions: &[Partition], steps: &mut Vec<Step>) {
        let mut attach = Vec::new();
        for Partition { table, parts } in partitions {
            let name = self.name(table);
            let own = last_part(&name);
            if let Some(parts) = parts {
                steps.push(self.create("", &own, &format!("ONLY {table}")));
                self.build(&name, parts, steps);
            } else {
                let built = self.create("CONCURRENTLY ", &own, table);
                let built = built.in_transaction(Transaction::Without);
                steps.push(match self.not_unique {
                    Some(what) => built.hazard(Name::MayFailOnData, what),
                    None => built,
                });
            }
            let sql = format!("ALTER INDEX {whole} ATTACH PARTITION {name}");
            attach.push(Step::new(self.id, sql));
        }
        steps.append(&mut attach);
    }

    /// A name for the index of a partition, with its schema: as the server would give it where that of the whole is one that
    /// it gave, else the partition's and that of the whole.
    fn name(&mut self, table: &str) -> String {
        let own = bare(&last_part(&self.id.name));
        let whole = bare(&last_part(self.table)) + "_";
        let own = own.strip_prefix(&whole).unwrap_or(&own);
        let own: String = own.chars().take(28).collect();
        let is_taken = |name: &str| {
            let mut taken = self.taken.iter();
            taken.any(|one| one == name) || is_taken(name, self.planner.from, self.planner.to)
        };
        let name = free_name(table, &format!("_{own}"), is_taken);
        self.taken.push(name.clone());
        name
    }
}
