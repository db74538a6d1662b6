CREATE TABLE mine (id bigint);
