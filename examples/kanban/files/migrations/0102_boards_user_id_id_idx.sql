-- A user's boards, newest first.
CREATE INDEX boards_user_id_id_idx ON boards (user_id, id DESC);
