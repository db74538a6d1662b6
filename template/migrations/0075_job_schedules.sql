CREATE TABLE job_schedules (
    name text NOT NULL,
    -- Another one begins anew.
    expression text NOT NULL,
    next_at timestamptz NOT NULL,
    CONSTRAINT job_schedules_pkey PRIMARY KEY (name)
);
