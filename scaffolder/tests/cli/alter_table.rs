//! `heavy add-field` and `heavy remove-field`: a table with a field more or less, in files that its owner may have edited.

use crate::environment::Environment;

/// A project with a table, committed.
fn project() -> Environment {
    let env = Environment::new();
    env.succeeds(&["new", "shop", "--defaults"]);
    env.succeeds(&["add-table", "--project", "shop", "books", "title:string", "pages:int", "--quiet"]);
    commit(&env);
    env
}

fn commit(env: &Environment) {
    env.git("shop", &["add", "--all"]);
    env.git("shop", &["commit", "--quiet", "--message=a step"]);
}

fn run(env: &Environment, verb: &str, arguments: &[&str]) -> String {
    env.run(&[&[verb, "--project", "shop"], arguments].concat())
}

fn difference(env: &Environment) -> String {
    env.git("shop", &["add", "--all"]);
    env.git("shop", &["diff", "--cached"])
}

fn edit(env: &Environment, path: &str, from: &str, to: &str) {
    let text = env.read(path);
    assert!(text.contains(from), "{path} has no `{from}`");
    env.write(path, text.replacen(from, to, 1));
}

#[test]
fn a_table_with_a_new_field_is_as_if_it_had_been_made_with_it() {
    let env = project();
    let fields =
        ["subtitle:string(80)?:unique", "state:enum:in_use,lost:default=lost", "born:date?", "notes:many(notes)"];
    insta::assert_snapshot!(run(&env, "add-field", &[&["books"][..], &fields].concat()), @"
    exit 0
    --- err
          Adding `subtitle`, `state`, `born` and `notes` to the table `books`
        update    schema/070_books.sql
        create    src/components/choice.rs
        update    src/components/mod.rs
        update    src/error.rs
        update    src/models/book.rs
        update    src/models/mod.rs
        update    src/pages/books.rs
        update    src/repositories/books.rs
        update    src/services/books.rs
        update    static/app.css
        create    static/elements/search-select.js
        update    tests/app/api/books.rs
        update    tests/app/common/factories/books.rs
        update    tests/app/pages/books.rs
           Added `subtitle`, `state`, `born` and `notes` to `books`
    note: `heavy undo` takes it back

    Next: `cargo test books::`   its tests, which pass already
          `cargo dev migrate --name add_fields_to_books`   the migration, from the schema
          `cargo dev pave`   the development database again
    ");
    let added = difference(&env);
    env.git("shop", &["reset", "--quiet", "--hard"]);
    env.succeeds(&["remove-table", "--project", "shop", "books", "--quiet"]);
    run(&env, "add-table", &[&["books", "title:string", "pages:int"][..], &fields].concat());
    assert_eq!(difference(&env), added);
}

#[test]
fn removing_a_field_is_the_way_back_of_adding_it() {
    let env = project();
    run(&env, "add-field", &["books", "subtitle:string?", "other:references(notes)?", "seen_at:timestamp?"]);
    assert_ne!(difference(&env), "");
    insta::assert_snapshot!(run(&env, "remove-field", &["books", "subtitle", "other_id", "seen_at", "--quiet"]), @"exit 0");
    assert_eq!(difference(&env), "");
}

#[test]
fn what_was_edited_stays_and_undo_takes_back_the_field_alone() {
    let env = project();
    edit(&env, "shop/src/pages/books.rs", "h1 { \"New book\" }", "h1 { \"A new book\" }");
    edit(
        &env,
        "shop/src/models/book.rs",
        "    pub title: BookTitle,\n",
        "    pub title: BookTitle,\n    /// Mine.\n    pub mine: i32,\n",
    );
    let edited = difference(&env);
    assert!(run(&env, "add-field", &["books", "subtitle:string?", "--quiet"]).starts_with("exit 0"));
    let page = env.read("shop/src/pages/books.rs");
    assert!(page.contains("A new book") && page.contains("\"Subtitle\""));
    let model = env.read("shop/src/models/book.rs");
    assert!(model.contains("pub mine: i32") && model.contains("pub subtitle: Option<BookSubtitle>"));
    env.succeeds(&["undo", "--project", "shop", "--quiet"]);
    assert_eq!(difference(&env), edited);
}

#[test]
fn the_same_lines_are_a_conflict_that_can_be_aborted() {
    let env = project();
    edit(&env, "shop/schema/070_books.sql", "    pages int4 NOT NULL,\n", "    pages int4 NOT NULL,\n    mine int4,\n");
    commit(&env);
    insta::assert_snapshot!(run(&env, "add-field", &["books", "subtitle:string?", "--dry-run"]), @"
    exit 1
    --- out
        update    heavy.toml
        update    src/error.rs
        update    src/models/book.rs
        update    src/models/mod.rs
        update    src/pages/books.rs
        update    src/repositories/books.rs
        update    tests/app/api/books.rs
        update    tests/app/common/factories/books.rs
        update    tests/app/pages/books.rs
        conflict  schema/070_books.sql (you and this command changed the same lines)
    --- err
          Adding `subtitle` to the table `books`
    note: nothing was written
    ");
    assert_eq!(difference(&env), "");
    insta::assert_snapshot!(run(&env, "add-field", &["books", "subtitle:string?", "--quiet"]), @"
    exit 1
    --- err
    error: 1 conflict is left for you: `schema/070_books.sql`
    hint: edit until both sides are as you want them, `git add`, then `heavy sync --continue`
    hint: or put everything back as it was with `heavy sync --abort`
    ");
    let schema = env.read("shop/schema/070_books.sql");
    assert!(
        schema.contains("<<<<<<< yours\n    mine int4,\n=======\n    subtitle text,\n>>>>>>> heavy add-field\n"),
        "{schema}"
    );
    env.succeeds(&["sync", "--project", "shop", "--abort", "--quiet"]);
    assert_eq!(env.git("shop", &["status", "--porcelain"]), "");
}

#[test]
fn what_cannot_be_is_refused() {
    let env = project();
    env.succeeds(&["add-table", "--project", "shop", "tags", "name:string", "book:references(books)", "--quiet"]);
    let refused = [
        run(&env, "add-field", &["bocks", "a:int"]),
        run(&env, "add-field", &["users", "a:int"]),
        run(&env, "add-field", &["books", "title:int"]),
        run(&env, "add-field", &["books", "xmin:int"]),
        run(&env, "add-field", &["books", "tags:many(tags)"]),
        run(&env, "add-field", &["books"]),
        run(&env, "remove-field", &["books", "titel"]),
        run(&env, "remove-field", &["books", "title"]),
        run(&env, "remove-field", &["tags", "name", "book_id"]),
    ];
    insta::assert_snapshot!(refused.join(""), @"
    exit 2
    --- err
    error: there is no table `bocks`
    hint: did you mean `heavy add-field books`?
    exit 2
    --- err
    error: `schema/010_users.sql` does not say that `heavy add-table` made the table `users`
    hint: write there how it would be made: `-- heavy add-table users title:string …`
    hint: or change it by hand: its file of the schema, then what the compiler names
    exit 2
    --- err
    error: `books` has a field `title` already
    hint: take it out first: `heavy remove-field books title`; or give the new one another name
    exit 2
    --- err
    error: the field cannot be called `xmin`: PostgreSQL gives every table a column of that name
    hint: find another name, for example `xmin_value`
    exit 2
    --- err
    error: `tags` cannot refer to `tags`: `schema/080_tags.sql` comes after `schema/070_books.sql`, and a foreign key needs the table that it leads to
    hint: rename `schema/070_books.sql` to a number after that of `schema/080_tags.sql`, if no file between them refers to `books`
    hint: or keep the id without a promise: `tags:uuid`
    exit 2
    --- err
    error: the following required arguments were not provided: <FIELD:TYPE>...
    hint: `heavy add-field --help` shows what can be typed
    exit 2
    --- err
    error: `books` has no field `titel`
    hint: did you mean `heavy remove-field books title`?
    exit 2
    --- err
    error: `tags` refers to `books`, whose rows it shows by their `title`
    hint: let it show another line of text first: put that field before this one in `schema/`, and into its SQL
    exit 2
    --- err
    error: `tags` would have no fields
    hint: take it out whole: `heavy remove-table tags`
    ");
}

#[test]
fn a_program_reads_the_plan_as_json() {
    let env = project();
    let shown = env.succeeds(&["add-field", "--project", "shop", "books", "tag:int", "--json", "--dry-run"]);
    let plan: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!((&plan["table"], &plan["fields"][0], &plan["applied"]), (&"books".into(), &"tag".into(), &false.into()));
    assert!(plan["plan"].as_array().is_some_and(|plan| plan.len() > 5), "{plan}");
}
