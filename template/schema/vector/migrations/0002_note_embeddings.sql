CREATE TABLE note_embeddings (
    note_id uuid NOT NULL,
    -- Whose note, so that a search looks at nobody else's.
    user_id uuid NOT NULL,
    -- The version of the note, and the model, that the embedding was made of: another one makes it outdated.
    version bigint NOT NULL,
    model text NOT NULL,
    -- The note's, for a search of what is recent.
    updated_at timestamptz NOT NULL,
    -- Title and text as the configuration `simple` splits them: the title has weight A, the text B.
    words tsvector NOT NULL,
    -- As many dimensions as `services::embedder::DIMENSIONS`.
    embedding vector(384) NOT NULL,
    CONSTRAINT note_embeddings_pkey PRIMARY KEY (note_id)
);
