//! Makes up schemas: always the same one of the same seed.

use std::fmt::Write as _;

/// Chooses, the same way in every run: `SplitMix64`.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// True `n` times of a hundred.
    fn often(&mut self, n: u64) -> bool {
        self.next() % 100 < n
    }

    fn word<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.pick::<&str>(from)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(from.len());
        from.get(at).unwrap()
    }
}

/// Two schemas that have much, little or nothing in common.
pub(super) fn pair(seed: u64) -> (String, String) {
    let mut dice = Dice(seed);
    let changed = *dice.pick(&[5, 15, 15, 40, 100]);
    let first: Vec<u64> = (0..PLACES).map(|_| dice.next()).collect();
    let second = first.iter().map(|seed| {
        if dice.often(changed) {
            dice.next()
        } else {
            *seed
        }
    });
    let second: Vec<u64> = second.collect();
    (schema(&first), schema(&second))
}

/// What a column can hold, as far as one has to know to compare and to refer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Number,
    Text,
    Truth,
    Time,
    Json,
    Array,
    Label,
    Other,
}

#[derive(Clone)]
struct Column {
    name: String,
    ty: String,
    sort: Sort,
}

struct Relation {
    name: String,
    columns: Vec<Column>,
    /// Columns that others may refer to, each alone.
    keys: Vec<Column>,
}

/// One object each, in the order in which they are made.
const PLACES: usize = 64;

#[derive(Default)]
struct Making {
    sql: String,
    /// Type, and what a column of it holds.
    types: Vec<(String, Sort)>,
    enums: Vec<(String, Vec<String>)>,
    sequences: Vec<String>,
    functions: Vec<String>,
    triggers: Vec<String>,
    tables: Vec<Relation>,
    views: Vec<Relation>,
}

const TABLES: &[&str] = &[
    "users",
    "notes",
    "\"Order\"",
    "shop.items",
    "tags",
    "\"a.b\"",
    "shop.\"Big One\"",
    "logs",
];
const COLUMNS: &[&str] = &["id", "a", "b", "c", "\"D d\"", "e", "\"select\"", "g"];

fn schema(seeds: &[u64]) -> String {
    let mut making = Making {
        sql: "create schema shop;\n".to_owned(),
        ..Making::default()
    };
    for (place, seed) in seeds.iter().enumerate() {
        let mut dice = Dice(*seed);
        // Places that stay empty make the other schema drop or make what stands there.
        if dice.often(25) {
            continue;
        }
        match place {
            0..3 => making.label(&mut dice, place),
            3..5 => making.domain(&mut dice, place),
            5 => making.composite(&mut dice),
            6..8 => making.sequence(&mut dice, place),
            8..10 => making.function(&mut dice, place),
            10 => making.trigger_function(&mut dice),
            11..19 => making.table(&mut dice, TABLES.get(place - 11).unwrap()),
            19 => making.partitioned(&mut dice),
            20 => making.child(&mut dice),
            21..26 => making.foreign_key(&mut dice, place),
            26..36 => making.index(&mut dice, place),
            36..40 => making.view(&mut dice, place),
            40..42 => making.materialized_view(&mut dice, place),
            42..44 => making.trigger(&mut dice, place),
            44..46 => making.policy(&mut dice, place),
            46..54 => making.comment(&mut dice),
            54..58 => making.grant(&mut dice),
            58 => making.function_of_table(&mut dice),
            59 => making.statistics(&mut dice),
            60 => making.quiet(&mut dice),
            61 => making.ownership(&mut dice),
            62 => making.setting(&mut dice),
            _ => making.function_default(&mut dice),
        }
    }
    making.sql
}

fn bare(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_lowercase()
}

impl Making {
    fn say(&mut self, sql: impl AsRef<str>) {
        writeln!(self.sql, "{};", sql.as_ref()).unwrap();
    }

    fn label(&mut self, dice: &mut Dice, place: usize) {
        let name = ["mood", "shop.kind", "\"State\""].get(place).unwrap();
        let mut labels: Vec<&str> = ["new", "open", "it's", "done", "lost"]
            .into_iter()
            .filter(|_| dice.often(70))
            .collect();
        if labels.is_empty() {
            labels.push("new");
        }
        if dice.often(20) {
            labels.reverse();
        }
        let labels: Vec<String> = labels
            .into_iter()
            .map(|label| format!("'{}'", label.replace('\'', "''")))
            .collect();
        self.say(format!(
            "create type {name} as enum ({})",
            labels.join(", ")
        ));
        self.types.push(((*name).to_owned(), Sort::Label));
        self.enums.push(((*name).to_owned(), labels));
    }

    fn domain(&mut self, dice: &mut Dice, place: usize) {
        let (name, base, sort, check) = match place {
            3 => ("email", "text", Sort::Text, "value ~ '@'"),
            _ => ("shop.amount", "numeric(12,2)", Sort::Number, "value >= 0"),
        };
        let mut sql = format!("create domain {name} as {base}");
        if dice.often(30) {
            let default = if sort == Sort::Text { "'a@b'" } else { "7" };
            write!(sql, " default {default}").unwrap();
        }
        if dice.often(20) {
            sql += " not null";
        }
        if dice.often(50) {
            write!(
                sql,
                " constraint {} check ({check})",
                dice.word(&["fits", "\"Right\""])
            )
            .unwrap();
        }
        self.say(sql);
        self.types.push((name.to_owned(), sort));
    }

    fn composite(&mut self, dice: &mut Dice) {
        let y = dice.word(&["int", "int", "bigint"]);
        self.say(format!("create type place as (x int, y {y})"));
        if dice.often(50) {
            self.types.push(("place".to_owned(), Sort::Other));
        }
    }

    fn sequence(&mut self, dice: &mut Dice, place: usize) {
        let name = if place == 6 {
            "counter"
        } else {
            "shop.\"Ticket\""
        };
        let mut sql = format!("create sequence {name}");
        if dice.often(30) {
            sql += dice.word(&[" as int", " as smallint"]);
        }
        sql += dice.word(&["", "", " increment 5", " increment -2"]);
        sql += dice.word(&["", " cache 10", " cycle", " maxvalue 1000"]);
        self.say(sql);
        self.sequences.push(name.to_owned());
    }

    fn function(&mut self, dice: &mut Dice, place: usize) {
        let name = if place == 8 { "twice" } else { "shop.\"Next\"" };
        let ty = dice.word(&["int", "int", "bigint"]);
        let argument = dice.word(&["a", "a", "b"]);
        let factor = dice.word(&["2", "2", "3"]);
        self.say(format!(
            "create function {name}({argument} int) returns {ty} language sql immutable \
             as $$ select ({argument} * {factor})::{ty} $$"
        ));
        self.functions.push(name.to_owned());
    }

    fn trigger_function(&mut self, dice: &mut Dice) {
        let text = dice.word(&["return new;", "return new; -- it's fine"]);
        self.say(format!(
            "create function touch() returns trigger language plpgsql as $$ begin {text}\nend $$"
        ));
        self.triggers.push("touch".to_owned());
    }

    fn ty(&self, dice: &mut Dice) -> (String, Sort) {
        if !self.types.is_empty() && dice.often(30) {
            let (name, sort) = dice.pick(&self.types);
            if dice.often(15) {
                return (format!("{name}[]"), Sort::Array);
            }
            return (name.clone(), *sort);
        }
        let (ty, sort) = *dice.pick(&[
            ("int", Sort::Number),
            ("int", Sort::Number),
            ("bigint", Sort::Number),
            ("smallint", Sort::Number),
            ("numeric(10,2)", Sort::Number),
            ("double precision", Sort::Number),
            ("text", Sort::Text),
            ("text", Sort::Text),
            ("varchar(20)", Sort::Text),
            ("char(5)", Sort::Text),
            ("boolean", Sort::Truth),
            ("timestamptz", Sort::Time),
            ("date", Sort::Time),
            ("jsonb", Sort::Json),
            ("json", Sort::Other),
            ("uuid", Sort::Other),
            ("bytea", Sort::Other),
            ("inet", Sort::Other),
            ("interval", Sort::Other),
            ("int[]", Sort::Array),
            ("text[]", Sort::Array),
            ("int4range", Sort::Other),
        ]);
        (ty.to_owned(), sort)
    }

    /// An expression that a column of this type may have as its default.
    fn usual(&self, dice: &mut Dice, ty: &str, sort: Sort) -> Option<String> {
        Some(match sort {
            Sort::Number => match dice.below(4) {
                0 if !self.functions.is_empty() => {
                    format!("{}({})", dice.pick(&self.functions), dice.below(3))
                }
                1 if !self.sequences.is_empty() => {
                    format!("nextval('{}')", dice.pick(&self.sequences))
                }
                2 => "-1".to_owned(),
                _ => dice.below(3).to_string(),
            },
            Sort::Text => (dice.word(&["'x@y'", "''", "'it''s; '", "lower('A@B')"])).to_owned(),
            Sort::Truth => (dice.word(&["true", "false"])).to_owned(),
            Sort::Time => (dice.word(&["now()", "current_date", "'2026-01-01'"])).to_owned(),
            Sort::Json => (dice.word(&["'{}'", "'[1]'", "jsonb_build_object('a', 1)"])).to_owned(),
            Sort::Array => "'{}'".to_owned(),
            Sort::Label => {
                let (_, labels) = self.enums.iter().find(|(name, _)| name == ty)?;
                dice.pick(labels).clone()
            }
            Sort::Other => match ty {
                "uuid" => "gen_random_uuid()".to_owned(),
                "inet" => "'10.0.0.1'".to_owned(),
                _ => return None,
            },
        })
    }

    /// Something about a column that is true or not.
    fn rule(dice: &mut Dice, column: &Column) -> String {
        let Column { name, sort, .. } = column;
        match sort {
            Sort::Number => format!("{name} {} {}", dice.word(&[">", "<>", ">="]), dice.below(4)),
            Sort::Text => match dice.below(3) {
                0 => format!("length({name}) < {}", 10 + dice.below(10)),
                1 => format!("{name} in ('x', 'it''s', 'z')"),
                _ => format!("{name} <> ''"),
            },
            Sort::Truth => name.clone(),
            Sort::Time => format!("{name} > '2020-01-01'"),
            _ => format!("{name} is not null"),
        }
    }

    fn table(&mut self, dice: &mut Dice, name: &str) {
        let mut lines = Vec::new();
        let mut columns: Vec<Column> = Vec::new();
        let mut keys = Vec::new();
        let mut after = Vec::new();
        let id = dice.below(5);
        let id_type = match id {
            0 => "bigint generated always as identity",
            1 => "int generated by default as identity (start 5 increment 3)",
            2 => "serial",
            3 => "uuid default gen_random_uuid()",
            _ => "bigint",
        };
        if dice.often(85) {
            let (ty, sort) = match id {
                0 | 4 => ("bigint", Sort::Number),
                3 => ("uuid", Sort::Other),
                _ => ("int", Sort::Number),
            };
            let column = Column {
                name: "id".to_owned(),
                ty: ty.to_owned(),
                sort,
            };
            lines.push(format!("id {id_type} not null"));
            columns.push(column.clone());
            if dice.often(80) {
                let named = dice.often(30);
                let constraint = if named {
                    format!("constraint {}_key ", bare(name))
                } else {
                    String::new()
                };
                lines.push(format!("{constraint}primary key (id)"));
                keys.push(column);
            }
        }
        for column in COLUMNS.iter().skip(1) {
            if dice.often(45) {
                continue;
            }
            // Most of the time a column has the same type: its own.
            let own = dice.next();
            let mut own = Dice(if dice.often(70) {
                u64::try_from(bare(column).len()).unwrap() * 7 + u64::from(column.as_bytes()[0])
            } else {
                own
            });
            let (ty, sort) = self.ty(&mut own);
            let mut sql = format!("{column} {ty}");
            if ty == "text" && dice.often(10) {
                sql += " collate \"C\"";
            }
            let number = columns.iter().find(|c| c.sort == Sort::Number).cloned();
            match number {
                Some(other) if dice.often(12) && ty == "int" => {
                    let factor = dice.below(3);
                    let expression = match self.functions.first() {
                        Some(function) if other.ty == "int" && dice.often(30) => {
                            format!("({function}({}))::int", other.name)
                        }
                        _ => format!("({} * {factor})::int", other.name),
                    };
                    if !lines
                        .iter()
                        .any(|line| line.starts_with(&other.name) && line.contains("stored"))
                    {
                        write!(sql, " generated always as ({expression}) stored").unwrap();
                    }
                }
                _ => {
                    if dice.often(35)
                        && let Some(default) = self.usual(dice, &ty, sort)
                    {
                        write!(sql, " default {default}").unwrap();
                    }
                    if dice.often(30) {
                        sql += " not null";
                    }
                }
            }
            lines.push(sql);
            let column = Column {
                name: (*column).to_owned(),
                ty,
                sort,
            };
            if dice.often(15) && !matches!(column.ty.as_str(), "json") && column.sort != Sort::Json
            {
                lines.push(format!(
                    "{}unique {}({})",
                    if dice.often(50) {
                        format!("constraint {}_{}_one ", bare(name), bare(&column.name))
                    } else {
                        String::new()
                    },
                    dice.word(&["", "", "nulls not distinct "]),
                    column.name
                ));
                keys.push(column.clone());
            }
            if dice.often(25) {
                let rule = Self::rule(dice, &column);
                let named = dice.often(60);
                let constraint = if named {
                    format!("constraint \"{} rule\" ", bare(&column.name))
                } else {
                    String::new()
                };
                if dice.often(20) {
                    after.push(format!(
                        "alter table {name} add {constraint}check ({rule}) not valid"
                    ));
                } else {
                    lines.push(format!("{constraint}check ({rule})"));
                }
            }
            if dice.often(6) && column.sort == Sort::Text {
                after.push(format!(
                    "alter table {name} alter {} set storage external",
                    column.name
                ));
            }
            if dice.often(6) {
                after.push(format!(
                    "alter table {name} alter {} set statistics 50",
                    column.name
                ));
            }
            columns.push(column);
        }
        if dice.often(15)
            && let [first, second, ..] = columns.as_slice()
            && first.sort == Sort::Number
            && second.sort != Sort::Json
            && second.ty != "json"
        {
            lines.push(format!(
                "unique ({}, {}) deferrable",
                first.name, second.name
            ));
        }
        let unlogged = if dice.often(5) { "unlogged " } else { "" };
        let options = if dice.often(15) {
            " with (fillfactor = 70)"
        } else {
            ""
        };
        self.say(format!(
            "create {unlogged}table {name} (\n    {}\n){options}",
            lines.join(",\n    ")
        ));
        for sql in after {
            self.say(sql);
        }
        if dice.often(15) {
            self.say(format!("alter table {name} enable row level security"));
        }
        // What is not logged cannot be referred to by what is.
        if !unlogged.is_empty() {
            keys.clear();
        }
        self.tables.push(Relation {
            name: name.to_owned(),
            columns,
            keys,
        });
    }

    fn partitioned(&mut self, dice: &mut Dice) {
        let value = dice.word(&["int", "bigint", "text"]);
        let more = dice.word(&["", ", extra text default 'x'"]);
        self.say(format!(
            "create table measures (at date not null, v {value}{more}) partition by range (at)"
        ));
        for year in 2024..2028 {
            if dice.often(50) {
                self.say(format!(
                    "create table measures_{year} partition of measures for values \
                     from ('{year}-01-01') to ('{year}-{}-01')",
                    dice.word(&["06", "12"])
                ));
            }
        }
        if dice.often(30) {
            self.say("create table measures_rest partition of measures default");
        }
        if dice.often(40) {
            self.say(format!(
                "create index measures_v on measures ({})",
                dice.word(&["v", "v, at"])
            ));
        }
        if dice.often(40) {
            self.say("alter table measures add primary key (at)");
        }
        if dice.often(30) {
            self.say("alter table measures add constraint sane check (v is not null)");
        }
    }

    fn child(&mut self, dice: &mut Dice) {
        let Some(table) = self
            .tables
            .iter()
            .find(|table| !table.name.contains("Order"))
        else {
            return;
        };
        let mut sql = format!("create table child (extra {}", dice.word(&["int", "text"]));
        if dice.often(30) {
            sql += " not null";
        }
        write!(sql, ") inherits ({})", table.name).unwrap();
        self.say(sql);
    }

    fn foreign_key(&mut self, dice: &mut Dice, place: usize) {
        let mut all = Vec::new();
        for table in &self.tables {
            for column in &table.columns {
                for other in &self.tables {
                    let keys = other.keys.iter().filter(|key| key.ty == column.ty);
                    all.extend(keys.map(|key| (table, column, other, key)));
                }
            }
        }
        if all.is_empty() {
            return;
        }
        let (table, column, other, key) = dice.pick(&all);
        let name = if dice.often(50) {
            format!("constraint fk_{place} ")
        } else {
            String::new()
        };
        let mut sql = format!(
            "alter table {} add {name}foreign key ({}) references {} ({})",
            table.name, column.name, other.name, key.name
        );
        // Generated columns cannot be set.
        sql += dice.word(&["", " on delete restrict", " on update restrict"]);
        sql += dice.word(&["", " deferrable initially deferred", " not valid"]);
        // A key that can be put off cannot be referred to, and a table that is not logged refers to none.
        let sql = format!("do $do$ begin {sql}; exception when others then null; end $do$");
        self.say(sql);
    }

    fn index(&mut self, dice: &mut Dice, place: usize) {
        if self.tables.is_empty() {
            return;
        }
        let table = dice.pick(&self.tables);
        let Some(column) = table.columns.get(dice.below(table.columns.len().max(1))) else {
            return;
        };
        let name = [
            "i_one",
            "i_two",
            "\"I three\"",
            "i_four",
            "i_five",
            "i_six",
            "i_seven",
            "i_eight",
            "i_nine",
            "i_ten",
        ]
        .get(place - 26)
        .unwrap();
        let on = match column.sort {
            Sort::Json => format!(
                "using gin ({}{})",
                column.name,
                dice.word(&["", " jsonb_path_ops"])
            ),
            Sort::Array if column.ty == "int[]" || column.ty == "text[]" => {
                format!("using gin ({})", column.name)
            }
            Sort::Text => match dice.below(4) {
                0 => format!("(lower({}))", column.name),
                1 if !column.ty.starts_with("char") => {
                    format!("({} text_pattern_ops)", column.name)
                }
                2 => format!("using hash ({})", column.name),
                _ => format!("({} desc)", column.name),
            },
            Sort::Number if column.ty == "int" && !self.functions.is_empty() && dice.often(30) => {
                format!("({}({}))", dice.pick(&self.functions), column.name)
            }
            Sort::Number | Sort::Time => format!(
                "({}{})",
                column.name,
                dice.word(&["", " desc", " nulls first"])
            ),
            Sort::Truth | Sort::Label => format!("({})", column.name),
            _ if column.ty == "uuid" => format!("({})", column.name),
            _ => return,
        };
        let include = if dice.often(15) && !on.starts_with("using") {
            format!(" include ({})", table.columns.first().unwrap().name)
        } else {
            String::new()
        };
        let partial = if dice.often(25) {
            format!(" where {}", {
                let column = dice.pick(&table.columns);
                Self::rule(dice, column)
            })
        } else {
            String::new()
        };
        let unique = if dice.often(10) && !on.starts_with("using") {
            "unique "
        } else {
            ""
        };
        let sql = format!(
            "create {unique}index {name} on {} {on}{include}{partial}",
            table.name
        );
        self.say(sql);
    }

    fn view(&mut self, dice: &mut Dice, place: usize) {
        let name = ["v_one", "shop.v_two", "\"V three\"", "v_four"]
            .get(place - 36)
            .unwrap();
        let Some(relation) = self.query(dice) else {
            return;
        };
        let (query, columns) = relation;
        let options = dice.word(&["", "", " with (security_barrier)"]);
        self.say(format!("create view {name}{options} as {query}"));
        self.views.push(Relation {
            name: (*name).to_owned(),
            columns,
            keys: Vec::new(),
        });
    }

    /// Some columns of a table or of a view.
    fn query(&self, dice: &mut Dice) -> Option<(String, Vec<Column>)> {
        let all: Vec<&Relation> = self.tables.iter().chain(&self.views).collect();
        if all.is_empty() {
            return None;
        }
        let of = dice.pick(&all);
        let mut columns: Vec<Column> = of
            .columns
            .iter()
            .filter(|_| dice.often(60))
            .cloned()
            .collect();
        if columns.is_empty() {
            columns.push(of.columns.first()?.clone());
        }
        if dice.often(20) {
            columns.reverse();
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let mut sql = format!("select {} from {}", names.join(", "), of.name);
        if dice.often(40) {
            write!(sql, " where {}", {
                let column = dice.pick(&of.columns);
                Self::rule(dice, column)
            })
            .unwrap();
        }
        Some((sql, columns))
    }

    fn materialized_view(&mut self, dice: &mut Dice, place: usize) {
        let name = if place == 40 { "m_one" } else { "shop.m_two" };
        let Some((query, columns)) = self.query(dice) else {
            return;
        };
        let with = dice.word(&["", "", " with no data"]);
        self.say(format!("create materialized view {name} as {query}{with}"));
        let column = columns.first().unwrap();
        if matches!(column.sort, Sort::Number | Sort::Text | Sort::Time) && dice.often(60) {
            self.say(format!("create index on {name} ({})", column.name));
        }
        // Without rows nothing can be made of it.
        if with.contains("no data") {
            return;
        }
        self.views.push(Relation {
            name: name.to_owned(),
            columns,
            keys: Vec::new(),
        });
    }

    fn trigger(&mut self, dice: &mut Dice, place: usize) {
        if self.tables.is_empty() || self.triggers.is_empty() {
            return;
        }
        let table = dice.pick(&self.tables);
        let Some(column) = table.columns.first() else {
            return;
        };
        let name = format!("\"tr {place}\"");
        let when = match dice.below(3) {
            0 => format!("before update of {}", column.name),
            1 => "after insert".to_owned(),
            _ => "before insert or delete".to_owned(),
        };
        let mut all = vec![format!(
            "create trigger {name} {when} on {} for each row execute function touch()",
            table.name
        )];
        if dice.often(20) {
            all.push(format!("alter table {} disable trigger {name}", table.name));
        }
        all.into_iter().for_each(|sql| self.say(sql));
    }

    fn policy(&mut self, dice: &mut Dice, place: usize) {
        if self.tables.is_empty() {
            return;
        }
        let table = dice.pick(&self.tables);
        let Some(column) = table.columns.last() else {
            return;
        };
        let rule = Self::rule(dice, column);
        let what = dice.word(&[
            "for select",
            "as restrictive for delete",
            "for all to pg_monitor",
        ]);
        self.say(format!(
            "create policy p_{place} on {} {what} using ({rule})",
            table.name
        ));
    }

    fn comment(&mut self, dice: &mut Dice) {
        let text = dice.word(&[
            "what it is",
            "it's; -- fine",
            "a\nb;\nALTER TABLE x",
            "ünï 🎉",
        ]);
        let text = text.replace('\'', "''");
        let mut all: Vec<String> = Vec::new();
        for table in &self.tables {
            all.push(format!("table {}", table.name));
            all.extend(
                table
                    .columns
                    .iter()
                    .map(|c| format!("column {}.{}", table.name, c.name)),
            );
        }
        let plain = self.views.iter().filter(|view| !view.name.contains("m_"));
        for view in plain {
            all.push(format!("view {}", view.name));
            all.extend(
                view.columns
                    .iter()
                    .map(|c| format!("column {}.{}", view.name, c.name)),
            );
        }
        all.extend(self.types.iter().map(|(name, _)| {
            let word = if name == "email" || name == "shop.amount" {
                "domain"
            } else {
                "type"
            };
            format!("{word} {name}")
        }));
        all.extend(self.sequences.iter().map(|name| format!("sequence {name}")));
        all.extend(
            self.functions
                .iter()
                .map(|name| format!("function {name}(int)")),
        );
        if !all.is_empty() {
            let target = dice.pick(&all);
            self.say(format!("comment on {target} is '{text}'"));
        }
    }

    fn grant(&mut self, dice: &mut Dice) {
        let mut all: Vec<String> = Vec::new();
        for table in self.tables.iter().chain(&self.views) {
            all.push(format!("grant select on {} to pg_monitor", table.name));
            all.push(format!("grant insert on {} to public", table.name));
            if let Some(column) = table.columns.first() {
                all.push(format!(
                    "grant update ({}) on {} to pg_monitor",
                    column.name, table.name
                ));
            }
        }
        all.extend(
            self.sequences
                .iter()
                .map(|name| format!("grant usage on sequence {name} to pg_monitor")),
        );
        for name in &self.functions {
            all.push(format!(
                "revoke execute on function {name}(int) from public"
            ));
        }
        all.push("grant usage on schema shop to pg_monitor".to_owned());
        let grant = dice.pick(&all);
        self.say(grant.clone());
    }

    fn function_of_table(&mut self, dice: &mut Dice) {
        if let Some(table) = self.tables.first() {
            let name = table.name.clone();
            self.say(format!(
                "create function of_it(x {name}) returns setof {name} language sql stable as $$ select * from {name} $$"
            ));
            if dice.often(50) {
                self.say(format!(
                    "create procedure shop.work(inout x int, variadic y text[] default array[]::text[]) language sql as $$ select 1 from {name} $$"
                ));
            }
        }
    }

    fn statistics(&mut self, dice: &mut Dice) {
        let fit = |column: &&Column| matches!(column.sort, Sort::Number | Sort::Text | Sort::Time);
        let all = self.tables.iter().filter_map(|table| {
            let columns: Vec<&Column> = table.columns.iter().filter(fit).collect();
            match columns.as_slice() {
                [one, two, ..] => Some(format!("{}, {} from {}", one.name, two.name, table.name)),
                _ => None,
            }
        });
        let all: Vec<String> = all.collect();
        if !all.is_empty() {
            let kinds = dice.word(&["", "(ndistinct)", "(dependencies, mcv)"]);
            let on = dice.pick(&all);
            self.say(format!("create statistics stats {kinds} on {on}"));
        }
    }

    fn quiet(&mut self, dice: &mut Dice) {
        if !self.tables.is_empty() {
            let table = dice.pick(&self.tables).name.clone();
            self.say(format!(
                "create rule quiet as on delete to {table} do instead nothing"
            ));
        }
    }

    fn ownership(&mut self, dice: &mut Dice) {
        let pairs: Vec<(String, String)> = self
            .sequences
            .iter()
            .flat_map(|sequence| {
                let tables = self.tables.iter();
                let same =
                    tables.filter(|table| table.name.contains('.') == sequence.contains('.'));
                same.filter_map(move |table| {
                    let column = table.columns.last()?;
                    Some((sequence.clone(), format!("{}.{}", table.name, column.name)))
                })
            })
            .collect();
        if !pairs.is_empty() {
            let (sequence, column) = dice.pick(&pairs);
            if !column.starts_with("\"a.b\"") && !column.contains("Big One") {
                self.say(format!("alter sequence {sequence} owned by {column}"));
            }
        }
    }

    fn setting(&mut self, dice: &mut Dice) {
        let tables: Vec<&Relation> = self.tables.iter().filter(|t| !t.keys.is_empty()).collect();
        if !tables.is_empty() {
            let name = dice.pick(&tables).name.clone();
            self.say(format!(
                "alter table {name} replica identity {}",
                dice.word(&["full", "nothing"])
            ));
        }
    }

    fn function_default(&mut self, dice: &mut Dice) {
        if let Some(table) = self.tables.last() {
            let name = table.name.clone();
            let stable = dice.word(&["stable", "volatile"]);
            self.say(format!(
                "create function how_many() returns bigint language sql {stable} as $$ select count(*) from {name} $$"
            ));
            self.say(format!(
                "alter table {name} add column counted bigint default how_many()"
            ));
        }
    }
}
