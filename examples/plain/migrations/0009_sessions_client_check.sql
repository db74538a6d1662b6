ALTER TABLE sessions
    ADD CONSTRAINT sessions_user_agent_check CHECK (length(user_agent) <= 256),
    ADD CONSTRAINT sessions_address_check CHECK (length(address) <= 45);
