CREATE TABLE note_embeddings (
    note_id uuid NOT NULL,
    -- Whose note, so that a search looks at nobody else's.
    user_id uuid NOT NULL,
    -- The version of the note, and the model, that the embedding was made of: another one makes it outdated.
    version bigint NOT NULL,
    model text NOT NULL,
    -- As many dimensions as `services::embedder::DIMENSIONS`.
    embedding vector(384) NOT NULL,
    CONSTRAINT note_embeddings_pkey PRIMARY KEY (note_id)
);
