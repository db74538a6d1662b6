CREATE INDEX board_columns_board_id_idx ON board_columns (board_id);
