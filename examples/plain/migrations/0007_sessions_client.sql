ALTER TABLE sessions
    -- By which lists, links and messages name a session. Nobody can log in with it.
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    -- The browser and the address that used it last; empty if unknown.
    ADD COLUMN user_agent text NOT NULL DEFAULT '',
    ADD COLUMN address text NOT NULL DEFAULT '',
    -- Up to a minute late.
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now(),
    -- When the user last proved who they are, such as with the password; unknown for sessions of earlier releases.
    ADD COLUMN authenticated_at timestamptz;
