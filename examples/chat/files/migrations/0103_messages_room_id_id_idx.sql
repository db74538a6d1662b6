-- A room's messages, newest first, page by page.
CREATE INDEX messages_room_id_id_idx ON messages (room_id, id DESC);
