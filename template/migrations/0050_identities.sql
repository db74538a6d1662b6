-- Accounts at an OpenID provider with which users log in.
CREATE TABLE identities (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- The provider, and how it identifies the account.
    issuer text NOT NULL,
    subject text NOT NULL,
    -- The address of the account when it was connected, for people; empty if it is unknown.
    email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT identities_pkey PRIMARY KEY (id),
    CONSTRAINT identities_issuer_subject_key UNIQUE (issuer, subject),
    CONSTRAINT identities_issuer_check CHECK (length(issuer) <= 2000),
    CONSTRAINT identities_subject_check CHECK (length(subject) BETWEEN 1 AND 255),
    CONSTRAINT identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
