-- Notes that were written meanwhile.
UPDATE notes SET team_id = user_id WHERE team_id IS NULL;
