CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
