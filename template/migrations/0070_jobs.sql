CREATE TABLE jobs (
    id uuid NOT NULL,
    -- Which function does it.
    kind text NOT NULL,
    -- What the function is given, as JSON.
    argument text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    -- The highest goes first.
    priority int4 NOT NULL DEFAULT 0,
    -- Of the jobs of a kind that wait, one has it.
    unique_key text,
    -- How many were begun, and how many there may be.
    attempts int4 NOT NULL DEFAULT 0,
    max_attempts int4 NOT NULL,
    -- When it is due. A worker that takes a job moves this to the end of its lease.
    run_at timestamptz NOT NULL DEFAULT now(),
    -- By which the worker that holds the job is known.
    lease uuid,
    -- How far it is, in percent, and what it does.
    progress int4,
    note text,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_state_check CHECK (state IN ('waiting', 'running', 'failed', 'cancelled', 'done')),
    CONSTRAINT jobs_progress_check CHECK (progress BETWEEN 0 AND 100)
);
