-- The vector database: what notes mean, as far as an embedder can say, and which words they have. Needs pgvector 0.8 or
-- newer. It is a database of its own and holds nothing that cannot be made again from the notes, so it may be lost,
-- moved and rebuilt without them. Always PostgreSQL, whatever the notes are in.
CREATE EXTENSION IF NOT EXISTS vector;
