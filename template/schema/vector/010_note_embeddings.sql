-- The vector database: what notes mean, as far as an embedder can say, and which words they have. Needs pgvector 0.8 or
-- newer. It is a database of its own and holds nothing that cannot be made again from the notes, so it may be lost,
-- moved and rebuilt without them. Always PostgreSQL, whatever the notes are in.
CREATE EXTENSION IF NOT EXISTS vector;

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

-- A user's embeddings, page by page.
CREATE INDEX note_embeddings_user_id_note_id_idx ON note_embeddings (user_id, note_id);

CREATE INDEX note_embeddings_words_idx ON note_embeddings USING gin (words);

-- Finds near neighbours without looking at every row. Of numbers of half the size, which makes the index much smaller and
-- finds the same notes; their order is then that of the whole numbers. The operator class is that of
-- `services::embedder::METRIC`.
CREATE INDEX note_embeddings_embedding_idx ON note_embeddings
    USING hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) WITH (m = 16, ef_construction = 128);
