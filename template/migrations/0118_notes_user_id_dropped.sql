-- allow: data-loss: `team_id` has the same value: the team that the user has to themselves has the user's id
ALTER TABLE notes DROP COLUMN user_id;
