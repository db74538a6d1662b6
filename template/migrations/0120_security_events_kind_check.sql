ALTER TABLE security_events ADD CONSTRAINT security_events_kind_check CHECK (kind IN (
    'account_deletion', 'confirmation', 'email_change', 'email_confirmation', 'limit', 'log_in', 'log_out',
    'method_added', 'method_removed', 'password_change', 'password_reset', 'phone_change', 'registration',
    'session_end', 'team'
));
