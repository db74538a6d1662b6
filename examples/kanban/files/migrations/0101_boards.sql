-- A board belongs to one user, who alone can see it.
CREATE TABLE boards (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    title text NOT NULL,
    CONSTRAINT boards_pkey PRIMARY KEY (id),
    CONSTRAINT boards_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT boards_title_check CHECK (length(title) BETWEEN 1 AND 120)
);
