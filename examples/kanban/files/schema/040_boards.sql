-- A board belongs to one user, who alone can see it.
CREATE TABLE boards (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    title text NOT NULL,
    CONSTRAINT boards_pkey PRIMARY KEY (id),
    CONSTRAINT boards_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT boards_title_check CHECK (length(title) BETWEEN 1 AND 120)
);

-- A user's boards, newest first.
CREATE INDEX boards_user_id_id_idx ON boards (user_id, id DESC);

-- The columns of a board, from left to right.
CREATE TABLE board_columns (
    id uuid NOT NULL,
    board_id uuid NOT NULL,
    title text NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT board_columns_pkey PRIMARY KEY (id),
    CONSTRAINT board_columns_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards (id) ON DELETE CASCADE
);

CREATE INDEX board_columns_board_id_idx ON board_columns (board_id);

-- The cards of a column, from top to bottom. Positions order the cards and may have gaps.
CREATE TABLE cards (
    id uuid NOT NULL,
    column_id uuid NOT NULL,
    title text NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT cards_pkey PRIMARY KEY (id),
    CONSTRAINT cards_column_id_fkey FOREIGN KEY (column_id) REFERENCES board_columns (id) ON DELETE CASCADE,
    CONSTRAINT cards_title_check CHECK (length(title) BETWEEN 1 AND 120)
);

CREATE INDEX cards_column_id_idx ON cards (column_id);
