-- The vector database: what notes mean, as far as an embedder can say. Needs pgvector 0.8 or newer.
-- It is a database of its own and holds nothing that cannot be made again from the notes, so it may be lost, moved
-- and rebuilt without them.
CREATE EXTENSION IF NOT EXISTS vector;

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

CREATE INDEX note_embeddings_user_id_idx ON note_embeddings (user_id);

-- Finds near neighbours without looking at every row.
CREATE INDEX note_embeddings_embedding_idx ON note_embeddings USING hnsw (embedding vector_cosine_ops);
