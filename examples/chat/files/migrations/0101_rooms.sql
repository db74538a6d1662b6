-- A room is open to everybody who is logged in.
CREATE TABLE rooms (
    id uuid NOT NULL,
    name text NOT NULL,
    CONSTRAINT rooms_pkey PRIMARY KEY (id),
    CONSTRAINT rooms_name_check CHECK (length(name) BETWEEN 1 AND 60)
);
