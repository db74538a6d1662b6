-- Finds near neighbours without looking at every row. Of numbers of half the size, which makes the index much smaller and
-- finds the same notes; their order is then that of the whole numbers. The operator class is that of
-- `services::embedder::METRIC`.
CREATE INDEX note_embeddings_embedding_idx ON note_embeddings
    USING hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) WITH (m = 16, ef_construction = 128);
