-- A table for the tests of this crate.
create table counters (
    name text primary key,
    value bigint not null
);
insert into counters (name, value) values ('a', 0), ('b', 0);
