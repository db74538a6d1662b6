CREATE INDEX pending_log_ins_session_id_idx ON pending_log_ins (session_id);
