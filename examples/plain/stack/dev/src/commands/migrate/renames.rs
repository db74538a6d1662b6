//! What was renamed rather than dropped and made.

use stack_migrate::{Comparison, Rename};

use crate::error::{Error, Result};
use crate::ui;

/// What was typed: each belongs to the database that has the name.
pub(super) async fn given(all: &mut [&mut Comparison], renames: &[Rename]) -> Result<()> {
    for rename in renames {
        let mut known = false;
        for comparison in all.iter_mut() {
            known |= comparison.rename(rename).await?;
        }
        if !known {
            return Err(Error::new(format!("there is nothing called `{}` in the migrations", rename.old)).hint(
                "`--rename table=new` or `--rename table.column=new`, the old name as the migrations have it",
            ));
        }
    }
    Ok(())
}

/// Where something is dropped and something like it made, a person may say that it was renamed.
pub(super) async fn asked(all: &mut [&mut Comparison]) -> Result<()> {
    for comparison in all {
        let mut denied = Vec::new();
        loop {
            let next = comparison
                .rename_candidates()
                .into_iter()
                .find(|candidate| !denied.contains(candidate));
            let Some(candidate) = next else {
                break;
            };
            match ui::ask(&format!(
                "was the {} renamed to `{}`?",
                candidate.old, candidate.new.name
            )) {
                // What is in it looks different now, so they are looked for anew.
                Some(true) => drop(comparison.rename(&Rename::from(&candidate)).await?),
                Some(false) => denied.push(candidate),
                None => return Ok(()),
            }
        }
    }
    Ok(())
}
