//! An example: counts the words of a user's notes, and says how far it is. The page `/jobs` of development enqueues it.

use serde::{Deserialize, Serialize};
use stack_jobs::{Attempt, Failure, Job};

use crate::{
    models::{NoteId, UserId},
    repositories::{notes, users::addresses},
    state::AppState,
};

/// How many notes are read at a time.
const BATCH: i64 = 100;

/// Counts the words of this user's notes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordCount {
    /// Whose notes.
    pub user: UserId,
}

impl Job for WordCount {
    const KIND: &'static str = "word_count";
    const ATTEMPTS: u16 = 5;

    fn unique_key(&self) -> Option<String> {
        Some(self.user.to_string())
    }
}

/// Counts them.
pub async fn run(state: AppState, job: WordCount, attempt: Attempt) -> Result<(), Failure> {
    let user = addresses::by_id(state.db.pool(), job.user).await?;
    let user = user.ok_or_else(|| Failure::give_up("the account was deleted"))?;
    let (mut words, mut read, mut after) = (0, 0, None::<NoteId>);
    loop {
        let batch = notes::list(state.db.pool(), user.owner(), after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = Some(last.id);
        read += batch.len();
        let texts = batch.iter().map(|note| note.body.as_str());
        words += texts.flat_map(str::split_whitespace).count();
        attempt.progress(None, &format!("notes read: {read}")).await;
    }
    let result = format!("words: {words}, notes: {read}");
    attempt.progress(Some(100), &result).await;
    Ok(())
}
