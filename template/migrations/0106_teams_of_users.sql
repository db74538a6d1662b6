-- backfill: users by id
INSERT INTO teams (id, name, user_id)
SELECT id, display_name, id FROM users WHERE NOT EXISTS (SELECT 1 FROM teams WHERE teams.id = users.id) /* batch users */;
