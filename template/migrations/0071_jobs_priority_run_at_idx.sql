CREATE INDEX jobs_priority_run_at_idx ON jobs (priority DESC, run_at) WHERE state IN ('waiting', 'running');
