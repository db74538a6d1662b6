-- A user's embeddings, page by page.
CREATE INDEX note_embeddings_user_id_note_id_idx ON note_embeddings (user_id, note_id);
