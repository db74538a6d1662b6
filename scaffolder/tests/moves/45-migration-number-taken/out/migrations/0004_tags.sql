CREATE TABLE tags (id uuid);
