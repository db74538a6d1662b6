CREATE INDEX note_embeddings_words_idx ON note_embeddings USING gin (words);
