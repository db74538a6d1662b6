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

-- Who belongs to which team. A team has at least one owner, see `src/services/accounts/teams.rs`.
CREATE TABLE memberships (
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT memberships_pkey PRIMARY KEY (team_id, user_id),
    CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'member')),
    CONSTRAINT memberships_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX memberships_user_id_idx ON memberships (user_id);

-- Invitations that were not accepted yet. Only the SHA-256 digest of the token is stored.
CREATE TABLE invitations (
    id uuid NOT NULL,
    team_id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    token_hash bytea NOT NULL,
    -- NULL if the account was deleted.
    invited_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_team_id_email_key UNIQUE (team_id, email),
    CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
    CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'member')),
    CONSTRAINT invitations_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);

-- For the deletion of expired invitations.
CREATE INDEX invitations_expires_at_idx ON invitations (expires_at);
