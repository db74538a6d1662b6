-- Those who could log in so far still can.
UPDATE users SET email_confirmed_at = created_at WHERE email_confirmed_at IS NULL;
