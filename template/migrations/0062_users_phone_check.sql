ALTER TABLE users ADD CONSTRAINT users_phone_check CHECK (length(phone) <= 256);
