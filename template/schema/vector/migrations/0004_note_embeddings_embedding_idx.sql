-- Finds near neighbours without looking at every row.
CREATE INDEX note_embeddings_embedding_idx ON note_embeddings USING hnsw (embedding vector_cosine_ops);
