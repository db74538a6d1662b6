-- backfill: teams by id
INSERT INTO memberships (team_id, user_id, role)
SELECT id, id, 'owner' FROM teams WHERE user_id = id
    AND NOT EXISTS (SELECT 1 FROM memberships WHERE memberships.team_id = teams.id) /* batch teams */;
