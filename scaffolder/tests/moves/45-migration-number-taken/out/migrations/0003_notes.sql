CREATE TABLE notes (id uuid);
