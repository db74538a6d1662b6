-- What happened in accounts that concerns their security: who, from where, what, with which result. No foreign key: an
-- event outlives its account, until `SECURITY_LOG_DAYS` have passed.
CREATE TABLE security_events (
    id uuid NOT NULL,
    -- NULL if it concerns no account, such as a log-in with an unknown address.
    user_id uuid,
    kind text NOT NULL,
    outcome text NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL,
    details text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT security_events_pkey PRIMARY KEY (id),
    CONSTRAINT security_events_kind_check CHECK (kind IN (
        'account_deletion', 'confirmation', 'email_change', 'email_confirmation', 'limit', 'log_in', 'log_out',
        'method_added', 'method_removed', 'password_change', 'password_reset', 'phone_change', 'registration',
{%- if teams %}
        'session_end', 'team'
{%- else %}
        'session_end'
{%- endif %}
    )),
    CONSTRAINT security_events_outcome_check CHECK (outcome IN ('success', 'failure')),
    CONSTRAINT security_events_address_check CHECK (length(address) <= 45),
    CONSTRAINT security_events_user_agent_check CHECK (length(user_agent) <= 256),
    CONSTRAINT security_events_details_check CHECK (length(details) <= 200)
);

-- A user's events, newest first, page by page.
CREATE INDEX security_events_user_id_id_idx ON security_events (user_id, id DESC);

-- For the deletion of old events.
CREATE INDEX security_events_created_at_idx ON security_events (created_at);
