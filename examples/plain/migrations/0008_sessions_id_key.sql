ALTER TABLE sessions ADD CONSTRAINT sessions_id_key UNIQUE (id);
