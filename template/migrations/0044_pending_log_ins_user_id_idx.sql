CREATE INDEX pending_log_ins_user_id_idx ON pending_log_ins (user_id);
