//! What a project cannot have, and what is said about it.

use super::{PLAIN, VECTORS, after, make, table};
use crate::tree::{File, Tree, TreePath};

#[test]
fn what_a_project_cannot_have_is_refused_with_what_it_can() {
    let shown = |files: &Tree, typed: &str| match table(files, typed) {
        Ok(_) => format!("{typed}: fine"),
        Err(error) => format!("{typed}\n    {}\n    {}", error.message, error.hints.join("; ")),
    };
    let mut all = Vec::new();
    for typed in [
        "notes title:string",
        "sessions a:int",
        "accounts a:int",
        "passwords a:int",
        "assets a:int",
        "pagination a:int",
        "header a:int",
        "visitors a:int",
        "books",
        "books a:int a:int",
        "books input:string",
        "books title:string --model=Note",
        "emails a:int",
        "clients a:int",
        "books a:vector(3)",
        "books author:references(authors)",
        "books note:references(note)",
        "books parent:references(books)",
        "tags note:references(notes) --shared",
        "books session:references(sessions)",
        "books keeper:references(users)",
        "books note:references(notes)",
        "books notes:many(notes)",
        "books title:string readers:many(users)",
        "books title:string others:many(books)",
        "books title:string tags:many(tag)",
        "books title:string sessions:many(sessions)",
        "books title:string notes:many(notes) --shared",
        "books title:string notes:many(notes) note_ids:uuid",
        "books title:string books:many(notes)",
        "shopping_basket_descriptions title:string recommended_other_articles:many(notes)",
    ] {
        all.push(shown(&PLAIN, typed));
    }
    for typed in [
        "books a:vector(3) note:references(notes)",
        "books a:vector(3) notes:many(notes)",
        "books e:references(note_embeddings)",
        "books a:vector(3)",
        "books a:vector(3) code:string:unique",
        "books a:vector(3) code:string page:int --unique=page,code",
        "books day:date state:enum(a|b) --unique=day,state",
    ] {
        all.push(shown(&VECTORS, typed));
    }
    insta::assert_snapshot!(all.join("\n"), @"
    notes title:string
        there is a table `notes` already
        give the new one another name
    sessions a:int
        there is a table `sessions` already
        give the new one another name
    accounts a:int
        the table cannot be called `accounts`: something else has that name
        find another name
    passwords a:int
        there is a module `passwords` in `src/services` already
        give the table another name
    assets a:int
        there is a module `assets` in `src/http` already
        give the table another name
    pagination a:int
        the table cannot be called `pagination`: something else has that name
        find another name
    header a:int
        the table cannot be called `header`: something else has that name
        find another name
    visitors a:int
        the model cannot be called `Visitor`: generated code uses a type of that name
        name it yourself, for example with `--model MyVisitor`
    books
        the table has no fields
        name some, for example `title:string`
    books a:int a:int
        there are two fields `a`
        leave one of them out
    books input:string
        two types would be called `BookInput`
        rename a field, or name the model yourself with `--model`
    books title:string --model=Note
        there is a module `note` in `src/models` already
        name the model yourself, for example with `--model MyNote`
    emails a:int
        there is a module `email` in `src/models` already
        name the model yourself, for example with `--model MyEmail`
    clients a:int
        the tests' `TestApp` has a function `client` already
        name the model yourself, for example with `--model MyClient`
    books a:vector(3)
        the project has no vector database, where a table with a vector lives
        add it first: `heavy add-feature pgvector`
    books author:references(authors)
        `author_id` refers to a table `authors`, which does not exist
        the tables are `users`, `sessions`, `security_events`, `notes`, `rate_limits`, `outbox` and `email_tokens`
    books note:references(note)
        `note_id` refers to a table `note`, which does not exist
        did you mean `references(notes)`?
    books parent:references(books)
        `parent_id` refers to its own table, so there could be no first row
        let it be left out: `parent_id:references(books)?`
    tags note:references(notes) --shared
        a shared table cannot refer to `notes`, whose rows belong to one user each: others could not see them
        leave out `--shared`, or the field
    books session:references(sessions)
        the tests have no factory that makes a Session, to which `session_id` refers
        write one in `tests/app/common/`: `pub async fn make(&self, owner: &User) -> Session`; or let it be left out: `session_id:references(sessions)?`
    books keeper:references(users): fine
    books note:references(notes): fine
    books notes:many(notes)
        the table has no fields but what is chosen from other tables
        give it one of its own, for example `title:string`
    books title:string readers:many(users)
        `readers` would show every user to everybody who can fill in the form
        make the pairs a table of their own, with two `references`
    books title:string others:many(books)
        `others` would be a set of rows of its own table
        make the pairs a table of their own, with two `references`
    books title:string tags:many(tag)
        `tags` refers to a table `tag`, which does not exist
        the tables are `users`, `sessions`, `security_events`, `notes`, `rate_limits`, `outbox` and `email_tokens`
    books title:string sessions:many(sessions)
        the tests have no factory that makes a Session, to which `sessions` refers
        write one in `tests/app/common/`: `pub async fn make(&self, owner: &User) -> Session`; or leave out the field
    books title:string notes:many(notes) --shared
        a shared table cannot refer to `notes`, whose rows belong to one user each: others could not see them
        leave out `--shared`, or the field
    books title:string notes:many(notes) note_ids:uuid
        `note_ids` and `notes` would be one field in Rust
        call one of them something else
    books title:string books:many(notes)
        `books` would be a pair of two columns `book_id`
        call the field something else
    shopping_basket_descriptions title:string recommended_other_articles:many(notes)
        `shopping_basket_descriptions_recommended_other_articles_shopping_basket_description_id_fkey` would have 91 characters, 63 are allowed
        find a shorter name for the field or the table
    books a:vector(3) note:references(notes)
        `note_id` cannot refer to `notes` from a table with a vector: that lives in the vector database, from which no foreign key leads out
        keep the id without a promise: `note_id:uuid`
    books a:vector(3) notes:many(notes)
        `notes` cannot be a set of `notes` in a table with a vector: that lives in the vector database, from which no foreign key leads out
        put the vector into a table of its own
    books e:references(note_embeddings)
        `note_embeddings` lives in the vector database, to which no foreign key leads
        keep the id without a promise: `e_id:uuid`
    books a:vector(3): fine
    books a:vector(3) code:string:unique
        `code` cannot be unique in a table with a vector: that lives in the vector database
        put the vector into a table of its own, and keep what is unique in another one
    books a:vector(3) code:string page:int --unique=page,code
        `page` cannot be unique in a table with a vector: that lives in the vector database
        put the vector into a table of its own, and keep what is unique in another one
    books day:date state:enum(a|b) --unique=day,state
        the tests of `--unique day,state` could make no two rows that differ
        put a field into it that has no default and is a `string` of 6 characters or more, an `int`, a `bigint`, a `uuid`, or refers to another table; if you need it all the same, write it into `schema/`
    ");
}

#[test]
fn a_name_that_is_taken_by_a_route_or_a_type_is_refused() {
    let mut files = PLAIN.clone();
    let edit = |files: &mut Tree, path: &str, from: &str, to: &str| {
        let path = TreePath::parse(path).expect("a path");
        let text = String::from_utf8(files[&path].bytes.clone()).expect("text");
        assert!(text.contains(from), "{path}");
        files.insert(path, File::new(text.replace(from, to)));
    };
    edit(&mut files, "src/routes.rs", "\"/logout\"", "\"/books\"");
    let error = table(&files, "books title:string").expect_err("a route is taken");
    assert_eq!(error.message, "there is a route `/books` already");
    let mut files = PLAIN.clone();
    edit(&mut files, "src/models/mod.rs", "pub use email::Email;", "pub use email::{BookTitle, Email};");
    let error = table(&files, "books title:string").expect_err("a type is taken");
    assert_eq!(error.message, "there is a type called `BookTitle`");
}

#[test]
fn a_route_in_a_comment_takes_no_name() {
    let mut files = PLAIN.clone();
    let path = TreePath::parse("src/routes.rs").expect("a path");
    let text = String::from_utf8(files[&path].bytes.clone()).expect("text");
    let line = "        .route(\"/live\", get(live::connect))";
    let comment =
        "        // .route(\"/books\", get(old::books))\n        /* .route(\"/books/new\", get(old::new)) */\n";
    files.insert(path, File::new(text.replace(line, &format!("{comment}{line}"))));
    assert!(table(&files, "books title:string").is_ok());
}

#[test]
fn two_tables_cannot_have_a_constraint_or_an_index_of_one_name() {
    let files = after(&PLAIN, &make(&PLAIN, "cats dogs_name:string"));
    let error = table(&files, "cats_dogs name:string").expect_err("both would have a check of one name");
    assert!(error.message.contains("`cats_dogs_name_check`"), "{error}");
    let error = table(&PLAIN, "books user_id_id:references(notes)").expect_err("its own index has that name");
    assert!(error.message.contains("`books_user_id_id_idx`"), "{error}");
    assert!(table(&files, "cats_dogs title:string").is_ok());
}

#[test]
fn names_that_the_server_or_generated_code_has_are_refused() {
    for field in ["xmin:int", "ctid:int", "tableoid:int", "verbose:bool", "order:int", "type:string", "self:int"] {
        assert!(table(&PLAIN, &format!("books {field}")).is_err(), "{field}");
    }
    let taken = "generated code uses a type called";
    let error = table(&PLAIN, "books title:string --model=FormErrors").expect_err("a type of the pages");
    assert!(error.message.starts_with(taken), "{error}");
    let error = table(&PLAIN, "offsets date_time:string").expect_err("its own type would be the crate's");
    assert!(error.message.starts_with(taken), "{error}");
    assert!(table(&PLAIN, "books a_1:int a1:int").is_err(), "one name in Rust");
}

#[test]
fn a_schema_whose_numbers_are_used_up_is_told_to_number_anew() {
    let mut files = PLAIN.clone();
    files.insert(TreePath::parse("schema/999_last.sql").expect("a path"), File::new("SELECT 1;\n"));
    let error = table(&files, "books title:string").expect_err("no number is left");
    assert!(error.hints[0].contains("`0010_users.sql`"), "{error:?}");
}

#[test]
fn a_project_of_an_older_template_is_told_to_sync() {
    let mut files = PLAIN.clone();
    files.remove(&TreePath::parse("stack/web/src/input.rs").expect("a path"));
    let error = table(&files, "books title:string").expect_err("it is missing");
    assert!(error.message.contains("`stack/web/src/input.rs`") && error.hints[0].contains("`heavy sync`"), "{error:?}");
}

#[test]
fn a_file_that_stands_there_is_never_overwritten() {
    let mut files = PLAIN.clone();
    files.insert(TreePath::parse("schema/070_books.sql").expect("a path"), File::new("-- mine\n"));
    // Its number is taken, so the next one is used; a module of that name is refused.
    assert!(
        make(&files, "books title:string").changes.iter().any(|change| change.path.as_str() == "schema/080_books.sql")
    );
    files.insert(TreePath::parse("src/http/books.rs").expect("a path"), File::new("// mine\n"));
    let error = table(&files, "books title:string").expect_err("a module is taken");
    assert_eq!(error.message, "there is a module `books` in `src/http` already");
}

#[test]
fn a_template_that_makes_no_rust_is_refused() {
    let mut files = PLAIN.clone();
    files.insert(TreePath::parse("templates/table/http.rs.jinja").expect("a path"), File::new("fn {\n"));
    let format = |text: &str| (!text.starts_with("fn {")).then(|| text.to_owned());
    let generated = table(&files, "books title:string").and_then(|table| table.generate(&files, Some(&format)));
    let error = generated.expect_err("it is no Rust");
    assert!(error.message.starts_with("`templates/table/http.rs.jinja` makes no Rust"), "{error}");
}
