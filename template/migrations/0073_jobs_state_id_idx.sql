CREATE INDEX jobs_state_id_idx ON jobs (state, id);
