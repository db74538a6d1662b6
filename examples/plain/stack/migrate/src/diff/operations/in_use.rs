//! What is made where tables are in use: which statement would read or write every row of one, and which way spares that.

use super::Planner;
use crate::diff::{Step, Transaction};
use crate::hazard::{Hazard, Name};
use crate::object::{Body, Id, Kind, Object, Table};

impl Planner<'_> {
    /// Whether a type is a domain with rules, which the server tries on each row of a column that is new.
    pub(super) fn has_rules(&self, ty: &str) -> bool {
        let id = Id::new(Kind::Domain, ty);
        let Some(Body::Domain(domain)) = self.to.body(&id) else {
            return false;
        };
        let rule = |object: &Object| {
            object.id.kind == Kind::DomainConstraint && object.parent.as_ref() == Some(&id)
        };
        domain.not_null || self.to.iter().any(rule) || self.has_rules(&domain.base)
    }

    /// The hazard of a new partition beside one for all the rest.
    pub(super) fn looks_into_default(&self, table: &Table) -> Option<Hazard> {
        table.partition_bound.as_ref()?;
        let rest = self.from.iter().find(|object| {
            let other = self.from.table(&object.id);
            other.is_some_and(|other| {
                !self.is_dropped(&object.id)
                    && other.parents == table.parents
                    && other.partition_bound.as_deref() == Some("DEFAULT")
            })
        })?;
        let rest = &rest.id.name;
        let what =
            format!("reads every row of the default partition `{rest}` while nobody can read it");
        Some(Hazard::new(Name::Scan, rest, what))
    }

    /// A materialized view of a table in use is filled when no lock of another step is held. One that is made again has readers,
    /// who wait.
    pub(super) fn create_filled(&self, id: &Id, sql: &str) -> Option<Vec<Step>> {
        let empty = sql.strip_suffix("WITH DATA")?;
        if id.kind != Kind::MaterializedView {
            return None;
        }
        if self.changes.replaced.contains(id) {
            let what = "fills it while nobody can read it, nor what the steps before it lock";
            return Some(vec![Step::new(id, sql).hazard(Name::Lock, what)]);
        }
        let needs = self.to.needs(id);
        let mut tables = needs.filter_map(|id| self.from.table_at(id));
        tables.any(|table| self.locks.is_online(table)).then(|| {
            let fill = Step::new(id, format!("REFRESH MATERIALIZED VIEW {}", id.name));
            vec![
                Step::new(id, format!("{empty}WITH NO DATA")),
                fill.in_transaction(Transaction::Later),
            ]
        })
    }

    /// Whether a constraint has its name only at the very end: the one that it replaces is dropped when it is validated.
    pub(super) fn is_late(&self, id: &Id) -> bool {
        let validated = |ty: &str| matches!(ty, "c" | "f");
        matches!(self.to.body(id), Some(Body::Constraint(one)) if validated(&one.ty))
            && self.is_swapped(id)
    }

    /// A primary key makes its columns `NOT NULL`. If they become so in this migration, it comes behind that, which is known to
    /// hold then; not if something else waits for the key.
    pub(super) fn behind_not_null(&self, id: &Id, mut steps: Vec<Step>) -> Vec<Step> {
        let becomes = |id: &Id| match (self.from.column(id), self.to.column(id)) {
            (Some(old), Some(new)) => !old.not_null && new.not_null,
            _ => false,
        };
        let is_awaited = |(other, needed): (&Id, &Id)| needed == id && other != id;
        let is_primary = matches!(self.to.body(id), Some(Body::Constraint(key)) if key.ty == "p");
        if !is_primary || !self.to.needs(id).any(becomes) {
            return steps;
        }
        let awaited = self.to.pairs().any(is_awaited);
        for step in steps
            .iter_mut()
            .filter(|step| step.transaction == Transaction::Shared)
        {
            if awaited {
                let what = "reads every row while nobody can read it";
                step.hazards.push(Hazard::new(Name::Scan, &id.name, what));
            } else {
                step.transaction = Transaction::Later;
            }
        }
        steps
    }
}
