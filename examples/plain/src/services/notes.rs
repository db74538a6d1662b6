//! Editing notes with optimistic locking, and notifying pages of changes.

use stack_db::Db;
use stack_live::broadcast::Hub;

use crate::{
    error::{Error, Result},
    models::{Note, NoteDraft, NoteId, Owner, Version},
    repositories::notes,
};

/// Updates the note if it still has `version`.
///
/// # Errors
/// [`Error::Outdated`] with the stored note if it has another version; [`Error::NotFound`] if `owner` has no such note.
pub async fn update(
    db: &Db,
    owner: Owner,
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

/// The topic that pages subscribe to for changes of the notes of `owner`, see [`changed`].
pub fn topic(owner: Owner) -> String {
    format!("notes of {}", owner.id())
}

/// Notifies the pages of `owner`, in every process, that their notes have changed. Call it after the change is stored.
pub fn changed(hub: &Hub, owner: Owner) {
    if let Err(error) = hub.publish(&topic(owner), &()) {
        tracing::warn!(%error, "cannot notify pages of a change");
    }
}
