CREATE INDEX note_embeddings_user_id_idx ON note_embeddings (user_id);
