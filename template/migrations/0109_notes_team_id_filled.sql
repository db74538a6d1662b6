-- backfill: notes by id
UPDATE notes SET team_id = user_id WHERE team_id IS NULL /* batch */;
