-- For the deletion of expired invitations.
CREATE INDEX invitations_expires_at_idx ON invitations (expires_at);
