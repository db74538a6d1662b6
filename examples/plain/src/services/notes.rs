//! The rule of editing: nobody overwrites what they have not seen.

use stack_db::Db;
use stack_live::broadcast::Hub;

use crate::{
    error::{Error, Result},
    models::{Note, NoteDraft, NoteId, UserId, Version},
    repositories::notes,
};

/// Writes `draft` over the note that still has `version`.
///
/// # Errors
/// [`Error::Outdated`] with the stored note if it has another version by now; [`Error::NotFound`] if `owner`
/// has no such note.
pub async fn update(
    db: &Db,
    owner: UserId,
    id: NoteId,
    version: Version,
    draft: &NoteDraft,
) -> Result<Note> {
    if let Some(note) = notes::update(db.pool(), owner, id, version, draft).await? {
        return Ok(note);
    }
    let stored = notes::find(db.pool(), owner, id)
        .await?
        .ok_or(Error::NotFound)?;
    Err(Error::outdated(&stored))
}

/// Where pages hear that notes of `owner` have changed, see [`changed`].
pub fn topic(owner: UserId) -> String {
    format!("notes of {owner}")
}

/// Tells the pages of `owner`, in every process, that their notes have changed. Called after the change is stored.
pub fn changed(hub: &Hub, owner: UserId) {
    if let Err(error) = hub.publish(&topic(owner), &()) {
        tracing::warn!(%error, "pages were not told of a change");
    }
}
