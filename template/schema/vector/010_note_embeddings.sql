-- The vector database: the embeddings and the words of notes. It needs pgvector 0.8 or newer. It is separate from the main
-- database, and always PostgreSQL. All data can be computed again from the notes, so it may be lost, moved or rebuilt.
CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE note_embeddings (
    note_id uuid NOT NULL,
    -- The owner of the note, so that a search finds only their notes.
    user_id uuid NOT NULL,
    -- The embedding is outdated if the note has another version, or the embedder another model.
    version bigint NOT NULL,
    model text NOT NULL,
    -- That of the note, to filter searches by date.
    updated_at timestamptz NOT NULL,
    -- The words of the title (weight A) and the text (weight B), by the configuration `simple`.
    words tsvector NOT NULL,
    -- As many dimensions as `services::embedder::DIMENSIONS`.
    embedding vector(384) NOT NULL,
    CONSTRAINT note_embeddings_pkey PRIMARY KEY (note_id)
);

-- A user's embeddings, page by page.
CREATE INDEX note_embeddings_user_id_note_id_idx ON note_embeddings (user_id, note_id);

CREATE INDEX note_embeddings_words_idx ON note_embeddings USING gin (words);

-- Finds the nearest neighbours without reading every row. Half precision makes the index much smaller and finds the same
-- notes; they are then sorted in full precision. The operator class is that of `services::embedder::METRIC`.
CREATE INDEX note_embeddings_embedding_idx ON note_embeddings
    USING hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) WITH (m = 16, ef_construction = 128);
