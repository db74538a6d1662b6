CREATE INDEX pending_log_ins_expires_at_idx ON pending_log_ins (expires_at);
