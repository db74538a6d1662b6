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
