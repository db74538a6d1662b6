use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::answers::{Answers, ProjectName, Value};
use crate::hooks::NoHost;
use crate::render::render;
use crate::source::Source;
use crate::template::Template;
use crate::tree::{File, TreePath};

mod refused;

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

fn make(files: &Tree, typed: &str) -> Generated {
    table(files, typed).and_then(|table| table.generate(files, None)).expect("a table")
}

fn after(files: &Tree, generated: &Generated) -> Tree {
    let mut files = files.clone();
    for change in &generated.changes {
        files.insert(change.path.clone(), change.after.clone().expect("nothing is deleted"));
    }
    files
}

fn text_of(generated: &Generated, path: &str) -> String {
    let found = generated.changes.iter().find(|change| change.path.as_str() == path);
    let file = found.and_then(|change| change.after.clone()).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(file.bytes).expect("text")
}

#[test]
fn the_schema_says_every_rule() {
    let generated = make(
        &PLAIN,
        "books title:string blurb:text(500)? pages:int price:decimal(8,2) status:enum(draft|out) note:references(notes)?",
    );
    insta::assert_snapshot!(text_of(&generated, "schema/070_books.sql"), @"
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
    let generated = make(&VECTORS, "chunks embedding:vector(3) --shared");
    insta::assert_snapshot!(text_of(&generated, "schema/vector/020_chunks.sql"), @"
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
    let generated = make(&PLAIN, "blog_posts title:string");
    let lines = generated.changes.iter().filter_map(|change| {
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
        pub use id::{BlogPostId, NoteId, SecurityEventId, SessionId, UserId};
    src/pages/layout.rs
                        a href="/blog-posts" { "Blog posts" }
    src/pages/mod.rs
        pub mod blog_posts;
    src/repositories/mod.rs
        pub mod blog_posts;
    src/routes.rs
            use pages::{account, blog_posts, confirmation, forgot_password, live, mailed_link, notes, reset_password, settings, visitor};
                .route("/blog-posts", get(blog_posts::index).post(blog_posts::create))
                .route("/blog-posts/new", get(blog_posts::new))
                .route("/blog-posts/{id}", get(blog_posts::edit).post(blog_posts::update))
                .route("/blog-posts/{id}/delete", post(blog_posts::delete))
            use http::{blog_posts, limits, notes, session, users};
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
    assert_eq!(generated.manual, []);
}

#[test]
fn a_table_can_refer_to_one_that_was_added_before() {
    let files = after(&PLAIN, &make(&PLAIN, "authors name:string"));
    let generated = make(&files, "books author:references(authors)");
    let schema = text_of(&generated, "schema/080_books.sql");
    assert!(schema.contains("FOREIGN KEY (author_id)\n        REFERENCES authors (id) ON DELETE CASCADE"), "{schema}");
    assert!(text_of(&generated, "tests/app/common/factories/books.rs").contains("self.author(owner).await.id"));
    assert!(text_of(&generated, "src/services/books.rs").contains("may_refer_to_author_id"));
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
    let generated = make(&files, "books title:string data:json");
    let steps =
        generated.manual.iter().map(|step| format!("{} {}:\n{}", step.path, step.place, step.snippet.trim_end()));
    insta::assert_snapshot!(steps.collect::<Vec<_>>().join("\n"), @r#"
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
    let changed: Vec<&str> = generated.changes.iter().map(|change| change.path.as_str()).collect();
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
    let generated =
        table(&files, "books title:string").and_then(|table| table.generate(&files, Some(&format))).expect("a table");
    assert!(text_of(&generated, "src/http/mod.rs").ends_with("// mine   \n"));
}

#[test]
fn a_projects_own_template_is_used_and_a_broken_one_is_named_with_its_line() {
    let own = |text: &str| {
        let mut files = PLAIN.clone();
        files.insert(TreePath::parse("templates/table/service.rs.jinja").expect("a path"), File::new(text));
        table(&files, "books title:string").and_then(|table| table.generate(&files, None))
    };
    let generated = own("// {{ Model }} of {{ table }}\n").expect("a table");
    assert_eq!(text_of(&generated, "src/services/books.rs"), "// Book of books\n");
    let messages = ["//\n{% if owned %}\n", "//\n//\n{{ modle }}\n", "{{ columns | nothing }}"]
        .map(|text| own(text).expect_err("it is broken"))
        .map(|error| format!("{:?}: {}", error.kind, error.message));
    insta::assert_snapshot!(messages.join("\n"), @"
    Template: `templates/table/service.rs.jinja`, line 2, cannot be rendered: unexpected end of input, expected end of block
    Template: `templates/table/service.rs.jinja`, line 3, cannot be rendered: undefined value
    Template: `templates/table/service.rs.jinja`, line 1, cannot be rendered: filter nothing is unknown
    ");
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
                let generated = make(&VECTORS, &format!("things thing:{kind}{optional}{rest}"));
                for change in generated.changes.iter().filter(|change| change.before.is_none()) {
                    let text = String::from_utf8_lossy(&change.after.as_ref().expect("a new file").bytes).into_owned();
                    let clean = !text.contains("{%") && !text.contains("\n\n\n") && !text.contains("undefined");
                    assert!(clean, "{kind}{optional}{rest} {}\n{text}", change.path);
                }
            }
        }
    }
}
