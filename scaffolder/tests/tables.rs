//! `heavy add-table` in real projects: whatever the table holds, the project is formatted, has no warning, its migration
//! writes itself, and its tests pass, those of the table among them. Only with `HEAVY_FULL=1`.

#[path = "tables/names.rs"]
mod names;
mod workshop;

use std::path::Path;
use std::process::Command;

use workshop::full::is_full_run;
use workshop::{Servers, cargo, cargo_with_clippy, project, run, turn};

/// Every type that lives in the relational database, required and optional.
const EVERY_TYPE: [&str; 31] = [
    "title:string",
    "subtitle:string(80)?",
    "body:text",
    "blurb:text(500)?",
    "pages:int",
    "parts:int?",
    "sold:bigint",
    "given:bigint?",
    "weight:float",
    "height:float?",
    "price:decimal",
    "tax:decimal(12,2)?",
    "done:bool",
    "lent:bool?",
    "isbn:uuid",
    "old_isbn:uuid?",
    "seen_at:timestamp",
    "read_at:timestamp?",
    "published:date",
    "bought:date?",
    "data:json",
    "extra:json?",
    "cover:bytes",
    "back:bytes?",
    "status:enum(draft|in_print)",
    "mood:enum(good)?",
    "author:references(authors)",
    "editor:references(authors)?",
    "keeper:references(users)",
    "lender:references(users)?",
    "note:references(notes)?",
];

fn add_table(project: &Path, arguments: &[&str]) {
    run(&mut add_table_command(project, arguments));
}

fn add_table_command(project: &Path, arguments: &[&str]) -> Command {
    let mut heavy = Command::new(env!("CARGO_BIN_EXE_heavy"));
    heavy.args(["add-table", "--quiet", "--project"]).arg(project).args(arguments);
    heavy
}

/// Tables of every kind that any project can have: of one's own and shared, with much in them and with little.
fn add_relational_tables(project: &Path) {
    add_table(project, &["authors", "name:string", "born:date?"]);
    add_table(project, &[&["books"][..], &EVERY_TYPE].concat());
    add_table(project, &["tags", "name:string", "--shared"]);
    add_table(project, &["tag_uses", "count:int", "tag:references:tags", "who:references:users", "--shared"]);
    add_table(project, &["switches", "is_on:bool", "--model", "LightSwitch"]);
    let folder =
        ["folders", "name:string:unique", "parent:references:folders?", "state:enum:in_use,in_print:default=in_use"];
    let more =
        ["code:int?:unique", "size:int:index:default=1", "day:date:default=today", "seen_at:timestamp:default=now"];
    add_table(project, &[&folder[..], &more].concat());
    // Sets: of one's own rows, of shared ones, and of rows that were not made by `add-table`.
    add_table(project, &["genres", "name:string:unique", "--shared"]);
    add_table(
        project,
        &["articles", "title:string", "writers:many(authors)", "genres:many:genres", "sources:many:notes"],
    );
    add_table(
        project,
        &["recipes", "title:string:unique", "note:text?", "portions:int:default=2", "kinds:many:genres", "--shared"],
    );
    // Lines of every length, so that a formatter breaks them elsewhere.
    add_table(project, &["qs", "a:string?", "b:references:switches?"]);
    add_table(
        project,
        &["very_long_named_descriptions", "a_column_with_quite_a_long:string", "another_column:decimal(28)"],
    );
}

fn is_formatted_clean_and_passes_its_tests(project: &Path) {
    cargo(project, &["fmt", "--all", "--check"]);
    // One of the project's own tests wants migrations that make the same database as the schema.
    cargo(project, &["dev", "migrate", "--name", "tables"]);
    cargo_with_clippy(project, &["test", "--locked", "--package", "app"]);
}

#[test]
fn a_plain_project_takes_tables_of_every_type() {
    if !is_full_run("tables of every type in a plain project") {
        return;
    }
    let _turn = turn();
    let project = project("plain-tables", &[]);
    let _servers = Servers(&project);
    add_relational_tables(&project);
    is_formatted_clean_and_passes_its_tests(&project);
}

#[test]
fn a_project_with_everything_takes_them_too_and_tables_with_vectors() {
    if !is_full_run("tables of every type in a project with pgvector and cockroach") {
        return;
    }
    let _turn = turn();
    let project = project("all-tables", &["pgvector", "cockroach"]);
    let _servers = Servers(&project);
    add_relational_tables(&project);
    add_table(
        &project,
        &[
            "chunks",
            "source:text",
            "page:int",
            "embedding:vector(384)",
            "kind:enum(a|b)?",
            "raw:json?",
            "price:decimal?",
        ],
    );
    add_table(&project, &["pictures", "name:string", "small:vector:3", "large:vector(8)?", "--shared"]);
    is_formatted_clean_and_passes_its_tests(&project);
}
