CREATE UNIQUE INDEX jobs_kind_unique_key_idx ON jobs (kind, unique_key) WHERE state = 'waiting';
