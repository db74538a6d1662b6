use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::answers::{Answers, ProjectName, Value};
use crate::hooks::NoHost;
use crate::render::render;
use crate::source::Source;
use crate::template::Template;

/// A project of the built-in template.
fn project(pgvector: bool) -> Tree {
    let loaded = Source::parse(None, None).and_then(|source| source.load(&|_| {})).expect("the built-in template");
    let template = Template::from_tree(loaded.tree).expect("a template");
    let given = BTreeMap::from([("pgvector".to_owned(), Value::Bool(pgvector))]);
    let name = ProjectName::parse("shop").expect("a name");
    let answers = Answers::new(name, &template.manifest, given).expect("answers");
    render(&template, &answers, &mut NoHost).expect("a project").tree
}

static PLAIN: LazyLock<Tree> = LazyLock::new(|| project(false));
static VECTORS: LazyLock<Tree> = LazyLock::new(|| project(true));

fn table(files: &Tree, typed: &str) -> Result<Table> {
    let mut words: Vec<&str> = typed.split(' ').collect();
    let owned = !words.contains(&"--shared");
    let model = words.iter().find_map(|word| word.strip_prefix("--model="));
    words.retain(|word| !word.starts_with("--"));
    let fields = words[1..].iter().map(|field| Field::parse(field)).collect::<Result<Vec<_>>>()?;
    Table::new(Names::parse(words[0], model)?, fields, owned, files)
}

fn make(files: &Tree, typed: &str) -> Made {
    table(files, typed).and_then(|table| table.make(files, None)).expect("a table")
}

fn after(files: &Tree, made: &Made) -> Tree {
    let mut files = files.clone();
    for change in &made.changes {
        files.insert(change.path.clone(), change.after.clone().expect("nothing is deleted"));
    }
    files
}

fn text_of(made: &Made, path: &str) -> String {
    let found = made.changes.iter().find(|change| change.path.as_str() == path);
    let file = found.and_then(|change| change.after.clone()).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(file.bytes).expect("text")
}

#[test]
fn the_schema_says_every_rule() {
    let made = make(
        &PLAIN,
        "books title:string blurb:text(500)? pages:int price:decimal(8,2) status:enum(draft|out) note:references(notes)?",
    );
    insta::assert_snapshot!(text_of(&made, "schema/040_books.sql"), @"
    -- Books. Only its owner can see a book.
    CREATE TABLE books (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        title text NOT NULL,
        blurb text,
        pages int4 NOT NULL,
        price numeric(8, 2) NOT NULL,
        status text NOT NULL,
        note_id uuid,
        -- For optimistic locking: an update succeeds only if it is based on this version.
        version bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT books_pkey PRIMARY KEY (id),
        CONSTRAINT books_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT books_title_check CHECK (length(title) BETWEEN 1 AND 200),
        CONSTRAINT books_blurb_check CHECK (length(blurb) BETWEEN 1 AND 500),
        CONSTRAINT books_status_check CHECK (status IN ('draft', 'out')),
        CONSTRAINT books_note_id_fkey FOREIGN KEY (note_id)
            REFERENCES notes (id) ON DELETE SET NULL
    );

    -- A user's books, newest first, page by page.
    CREATE INDEX books_user_id_id_idx ON books (user_id, id DESC);

    CREATE INDEX books_note_id_idx ON books (note_id);
    ");
    let made = make(&VECTORS, "chunks embedding:vector(3) --shared");
    insta::assert_snapshot!(text_of(&made, "schema/vector/020_chunks.sql"), @"
    -- Chunks. All logged-in users can read and write them.
    -- In the vector database, so there is no foreign key to `users`.
    CREATE TABLE chunks (
        id uuid NOT NULL,
        embedding vector(3) NOT NULL,
        -- For optimistic locking: an update succeeds only if it is based on this version.
        version bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT chunks_pkey PRIMARY KEY (id)
    );

    -- Finds the nearest neighbours without reading every row.
    CREATE INDEX chunks_embedding_idx ON chunks USING hnsw (embedding vector_cosine_ops);
    ");
}

#[test]
fn files_that_are_there_get_single_lines() {
    let made = make(&PLAIN, "blog_posts title:string");
    let lines = made.changes.iter().filter_map(|change| {
        let (Some(before), Some(after)) = (&change.before, &change.after) else { return None };
        let (before, after) = (String::from_utf8_lossy(&before.bytes), String::from_utf8_lossy(&after.bytes));
        let before: Vec<&str> = before.lines().collect();
        let new: Vec<String> =
            after.lines().filter(|line| !before.contains(line)).map(|line| format!("    {line}")).collect();
        Some(format!("{}\n{}", change.path, new.join("\n")))
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    src/error.rs
            ("blog_posts_user_id_fkey", || Error::Unauthenticated),
            ("blog_posts_title_check", || {
                Error::Invalid(FieldErrors::one("title", "must have 1 to 200 characters"))
    src/http/mod.rs
        pub mod blog_posts;
    src/models/id.rs
            /// Identifies a [`BlogPost`](super::BlogPost).
            BlogPostId
    src/models/mod.rs
        mod blog_post;
        pub use blog_post::{BlogPost, BlogPostDraft, BlogPostInput, BlogPostTitle};
        pub use id::{BlogPostId, NoteId, UserId};
    src/pages/layout.rs
                        a href="/blog-posts" { "Blog posts" }
    src/pages/mod.rs
        pub mod blog_posts;
    src/repositories/mod.rs
        pub mod blog_posts;
    src/routes.rs
            use pages::{account, blog_posts, live, notes, settings, visitor};
                .route("/blog-posts", get(blog_posts::index).post(blog_posts::create))
                .route("/blog-posts/new", get(blog_posts::new))
                .route("/blog-posts/{id}", get(blog_posts::edit).post(blog_posts::update))
                .route("/blog-posts/{id}/delete", post(blog_posts::delete))
            use http::{blog_posts, notes, session, users};
                .route("/api/blog-posts", get(blog_posts::list).post(blog_posts::create))
                .route("/api/blog-posts/{id}", get(blog_posts::show).put(blog_posts::update).delete(blog_posts::delete))
    src/services/mod.rs
        pub mod blog_posts;
    tests/app/api/mod.rs
        mod blog_posts;
    tests/app/common/factories.rs
        mod blog_posts;
    tests/app/pages/mod.rs
        mod blog_posts;
    "#);
    assert_eq!(made.left, []);
}

#[test]
fn a_table_can_refer_to_one_that_was_added_before() {
    let files = after(&PLAIN, &make(&PLAIN, "authors name:string"));
    let made = make(&files, "books author:references(authors)");
    let schema = text_of(&made, "schema/050_books.sql");
    assert!(schema.contains("FOREIGN KEY (author_id)\n        REFERENCES authors (id) ON DELETE CASCADE"), "{schema}");
    assert!(text_of(&made, "tests/app/common/factories/books.rs").contains("self.author(owner).await.id"));
    assert!(text_of(&made, "src/services/books.rs").contains("may_refer_to_author_id"));
}

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
    ] {
        all.push(shown(&PLAIN, typed));
    }
    for typed in
        ["books a:vector(3) note:references(notes)", "books e:references(note_embeddings)", "books a:vector(3)"]
    {
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
        `author_id` refers to a table `authors`, which there is not
        the tables are `users`, `sessions` and `notes`
    books note:references(note)
        `note_id` refers to a table `note`, which there is not
        did you mean `references(notes)`?
    books parent:references(books)
        `parent_id` refers to the table that is being made
        add `parent_id` to `schema/` once the table is there
    tags note:references(notes) --shared
        a shared table cannot refer to `notes`, whose rows belong to one user each: others could not see them
        leave out `--shared`, or the field
    books session:references(sessions)
        `src/models/id.rs` has no type for the ids of `sessions`, to which `session_id` refers
        add one there, as `NoteId` is one for `notes`
    books keeper:references(users): fine
    books note:references(notes): fine
    books a:vector(3) note:references(notes)
        `note_id` cannot refer to `notes` from a table with a vector: that lives in the vector database, from which no foreign key leads out
        keep the id without a promise: `note_id:uuid`
    books e:references(note_embeddings)
        `note_embeddings` lives in the vector database, to which no foreign key leads
        keep the id without a promise: `e_id:uuid`
    books a:vector(3): fine
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
fn a_project_of_an_older_template_is_told_to_sync() {
    let mut files = PLAIN.clone();
    files.remove(&TreePath::parse("stack/web/src/input.rs").expect("a path"));
    let error = table(&files, "books title:string").expect_err("it is missing");
    assert!(error.message.contains("`stack/web/src/input.rs`") && error.hints[0].contains("`heavy sync`"), "{error:?}");
}

#[test]
fn where_a_file_has_another_shape_the_lines_are_shown_and_the_rest_is_made() {
    let mut files = PLAIN.clone();
    for (path, text) in [
        ("src/routes.rs", "pub fn router() {}\n"),
        ("src/error.rs", "// mine\n"),
        ("src/pages/mod.rs", "// mine\n"),
        ("Cargo.toml", "[package]\n"),
    ] {
        files.insert(TreePath::parse(path).expect("a path"), File::new(text));
    }
    files.remove(&TreePath::parse("src/pages/layout.rs").expect("a path"));
    let made = make(&files, "books title:string data:json");
    let left = made.left.iter().map(|left| format!("{} {}:\n{}", left.path, left.place, left.snippet.trim_end()));
    insta::assert_snapshot!(left.collect::<Vec<_>>().join("\n"), @r#"
    src/pages/mod.rs among the other modules:
    pub mod books;
    src/routes.rs in the list:
    use pages::{…, books};
    src/routes.rs in the list:
    use http::{…, books};
    src/routes.rs in `fn pages`, before `.route_layer`:
            .route("/books", get(books::index).post(books::create))
            .route("/books/new", get(books::new))
            .route("/books/{id}", get(books::edit).post(books::update))
            .route("/books/{id}/delete", post(books::delete))
    src/routes.rs in `fn api`, at the end of the chain:
            .route("/api/books", get(books::list).post(books::create))
            .route("/api/books/{id}", get(books::show).put(books::update).delete(books::delete))
    src/pages/layout.rs in the navigation of who is logged in:
    a href="/books" { "Books" }
    src/error.rs in `CONSTRAINTS`:
        ("books_user_id_fkey", || Error::Unauthenticated),
        ("books_title_check", || {
            Error::Invalid(FieldErrors::one("title", "must have 1 to 200 characters"))
        }),
        ("books_data_check", || {
            Error::Invalid(FieldErrors::one("data", "must be an object or a list"))
        }),
    Cargo.toml in `[workspace.dependencies]` and `[dependencies]`:
    the feature `json` of sqlx
    "#);
    let changed: Vec<&str> = made.changes.iter().map(|change| change.path.as_str()).collect();
    for path in ["src/routes.rs", "src/error.rs", "src/pages/mod.rs", "src/pages/layout.rs", "Cargo.toml"] {
        assert!(!changed.contains(&path), "{path}");
    }
    assert!(changed.contains(&"src/pages/books.rs") && changed.contains(&"src/http/mod.rs"));
}

#[test]
fn a_file_with_windows_line_endings_keeps_them() {
    let mut files = PLAIN.clone();
    let path = TreePath::parse("src/http/mod.rs").expect("a path");
    let text = String::from_utf8(files[&path].bytes.clone()).expect("text").replace('\n', "\r\n");
    files.insert(path, File::new(text));
    let text = text_of(&make(&files, "books title:string"), "src/http/mod.rs");
    assert!(text.contains("\r\npub mod books;\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn only_what_was_formatted_is_formatted() {
    // A formatter that takes spaces at the end away.
    let format = |text: &str| Some(text.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>());
    let mut files = PLAIN.clone();
    let path = TreePath::parse("src/http/mod.rs").expect("a path");
    let text = String::from_utf8(files[&path].bytes.clone()).expect("text");
    files.insert(path, File::new(format!("{text}// mine   \n")));
    let made =
        table(&files, "books title:string").and_then(|table| table.make(&files, Some(&format))).expect("a table");
    assert!(text_of(&made, "src/http/mod.rs").ends_with("// mine   \n"));
}

#[test]
fn a_projects_own_template_is_used_and_a_broken_one_is_named_with_its_line() {
    let own = |text: &str| {
        let mut files = PLAIN.clone();
        files.insert(TreePath::parse("templates/table/service.rs.jinja").expect("a path"), File::new(text));
        table(&files, "books title:string").and_then(|table| table.make(&files, None))
    };
    let made = own("// {{ Model }} of {{ table }}\n").expect("a table");
    assert_eq!(text_of(&made, "src/services/books.rs"), "// Book of books\n");
    let messages = ["//\n{% if owned %}\n", "//\n//\n{{ modle }}\n", "{{ columns | nothing }}"]
        .map(|text| own(text).expect_err("it is broken"))
        .map(|error| format!("{:?}: {}", error.kind, error.message));
    insta::assert_snapshot!(messages.join("\n"), @"
    Template: `templates/table/service.rs.jinja`, line 2, cannot be rendered: unexpected end of input, expected end of block
    Template: `templates/table/service.rs.jinja`, line 3, cannot be rendered: undefined value
    Template: `templates/table/service.rs.jinja`, line 1, cannot be rendered: filter nothing is unknown
    ");
}

#[test]
fn a_template_that_makes_no_rust_is_refused() {
    let mut files = PLAIN.clone();
    files.insert(TreePath::parse("templates/table/http.rs.jinja").expect("a path"), File::new("fn {\n"));
    let format = |text: &str| (!text.starts_with("fn {")).then(|| text.to_owned());
    let made = table(&files, "books title:string").and_then(|table| table.make(&files, Some(&format)));
    let error = made.expect_err("it is no Rust");
    assert!(error.message.starts_with("`templates/table/http.rs.jinja` makes no Rust"), "{error}");
}

#[test]
fn a_file_that_stands_there_is_never_overwritten() {
    let mut files = PLAIN.clone();
    files.insert(TreePath::parse("schema/040_books.sql").expect("a path"), File::new("-- mine\n"));
    // Its number is taken, so the next one is used; a module of that name is refused.
    assert!(
        make(&files, "books title:string").changes.iter().any(|change| change.path.as_str() == "schema/050_books.sql")
    );
    files.insert(TreePath::parse("src/http/books.rs").expect("a path"), File::new("// mine\n"));
    let error = table(&files, "books title:string").expect_err("a module is taken");
    assert_eq!(error.message, "there is a module `books` in `src/http` already");
}

/// Every type, required and optional, alone and with others: whatever a template asks of a column, it is there.
#[test]
fn every_type_can_be_rendered_alone_and_shared() {
    let types = [
        "string",
        "text",
        "int",
        "bigint",
        "float",
        "decimal",
        "decimal(3,3)",
        "bool",
        "uuid",
        "timestamp",
        "date",
        "json",
        "bytes",
        "enum(a)",
        "vector(3)",
        "references(users)",
    ];
    for kind in types {
        for optional in ["", "?"] {
            for rest in ["", " --shared"] {
                let made = make(&VECTORS, &format!("things thing:{kind}{optional}{rest}"));
                for change in made.changes.iter().filter(|change| change.before.is_none()) {
                    let text = String::from_utf8_lossy(&change.after.as_ref().expect("a new file").bytes).into_owned();
                    let clean = !text.contains("{%") && !text.contains("\n\n\n") && !text.contains("undefined");
                    assert!(clean, "{kind}{optional}{rest} {}\n{text}", change.path);
                }
            }
        }
    }
}
