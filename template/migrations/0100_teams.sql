-- Teams, whose members work on the same records. Every user has a team to themselves.
CREATE TABLE teams (
    id uuid NOT NULL,
    name text NOT NULL,
    -- Who has it to themselves: nobody else joins it, and its id is the user's. NULL for other teams.
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT teams_pkey PRIMARY KEY (id),
    CONSTRAINT teams_user_id_key UNIQUE (user_id),
    CONSTRAINT teams_user_id_check CHECK (user_id = id),
    CONSTRAINT teams_name_check CHECK (length(name) BETWEEN 1 AND 60),
    CONSTRAINT teams_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
