-- The columns of a board, from left to right.
CREATE TABLE board_columns (
    id uuid NOT NULL,
    board_id uuid NOT NULL,
    title text NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT board_columns_pkey PRIMARY KEY (id),
    CONSTRAINT board_columns_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards (id) ON DELETE CASCADE
);
