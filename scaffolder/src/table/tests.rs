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
    let unique: Vec<&str> = words.iter().filter_map(|word| word.strip_prefix("--unique=")).collect();
    words.retain(|word| !word.starts_with("--"));
    let fields = words[1..].iter().map(|field| Field::parse(field)).collect::<Result<Vec<_>>>()?;
    let unique: Vec<String> = unique.into_iter().map(str::to_owned).collect();
    let unique = UniqueTogether::parse_all(&unique, &fields)?;
    Table::new(CommandLine { names: Names::parse(words[0], model)?, fields, unique, owned }, files)
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
    -- heavy add-table books title:string 'blurb:text(500)?' pages:int 'price:decimal(8,2)' 'status:enum(draft|out)' 'note_id:references(notes)?'
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
    -- heavy add-table chunks 'embedding:vector(3)' --shared
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
        pub use blog_post::{BlogPost, BlogPostDraft, BlogPostId, BlogPostInput, BlogPostQuery, BlogPostSort, BlogPostTitle};
    src/pages/layout.rs
                        a href="/blog-posts" data-link { "Blog posts" }
    src/pages/mod.rs
        pub mod blog_posts;
    src/repositories/mod.rs
        pub mod blog_posts;
    src/routes.rs
                .page("/blog-posts", pages::blog_posts::index)
                .page("/blog-posts/new", pages::blog_posts::new)
                .page("/blog-posts/{id}", pages::blog_posts::edit)
                .route("/blog-posts", post(pages::blog_posts::create))
                .route("/blog-posts/{id}", post(pages::blog_posts::update))
                .route("/blog-posts/{id}/delete", post(pages::blog_posts::delete))
                .route("/api/blog-posts", get(http::blog_posts::list).post(http::blog_posts::create))
                .route("/api/blog-posts/{id}", get(http::blog_posts::show).put(http::blog_posts::update).delete(http::blog_posts::delete))
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
fn fields_are_unique_together_in_the_schema_in_the_errors_and_in_the_tests() {
    let generated = make(
        &PLAIN,
        "visits note:references(notes) day:date place:string count:int --unique=note,day --unique=place,day",
    );
    let schema = text_of(&generated, "schema/070_visits.sql");
    assert!(schema.contains(" --unique=note_id,day --unique=place,day\n"), "{schema}");
    assert!(schema.contains("CONSTRAINT visits_note_id_day_key UNIQUE (user_id, note_id, day),\n"), "{schema}");
    assert!(schema.contains("CONSTRAINT visits_place_day_key UNIQUE (user_id, place, day)\n);"), "{schema}");
    let errors = text_of(&generated, "src/error.rs");
    assert!(
        errors.contains(
            "(\"visits_place_day_key\", || {\n        Error::Conflict(FieldErrors::one(\"place\", \"is taken already with the same day\"))"
        ),
        "{errors}"
    );
    // A note is made for each row of the tests, so only the place has to differ.
    let test = text_of(&generated, "tests/app/api/visits.rs");
    assert!(test.contains("\"place\": VisitId::generate().to_string()[30..]"), "{test}");
    assert!(test.contains("\"count\": 42,"), "{test}");
    assert!(test.contains("assert!([\"note_id\", \"place\"].contains("), "{test}");
    let shared =
        text_of(&make(&PLAIN, "visits place:string day:date --unique=place,day --shared"), "schema/070_visits.sql");
    assert!(shared.contains("CONSTRAINT visits_place_day_key UNIQUE (place, day)\n"), "{shared}");
}

#[test]
fn where_the_tests_leave_a_field_empty_they_expect_no_row_to_be_refused() {
    for typed in [
        "folders name:string parent:references(folders)? --unique=name,parent",
        "folders name:string parent:references(folders)?:unique",
    ] {
        let test = text_of(&make(&PLAIN, typed), "tests/app/api/folders.rs");
        assert!(!test.contains("is_refused_a_second_time"), "{typed}");
    }
}

#[test]
fn a_constraint_goes_with_a_field_of_it() {
    let files =
        after(&PLAIN, &make(&PLAIN, "visits place:string day:date hour:int --unique=place,day --unique=place,hour"));
    let altered =
        alter::alter("visits", alter::Alteration::Remove(&["day".to_owned()]), &files, None).expect("it goes");
    let schema = &altered.theirs[&TreePath::parse("schema/070_visits.sql").expect("a path")];
    let schema = String::from_utf8_lossy(&schema.bytes);
    assert!(schema.contains("visits_place_hour_key") && !schema.contains("day"), "{schema}");
    assert!(schema.contains("place:string hour:int --unique=place,hour\n"), "{schema}");
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
fn a_set_is_a_table_of_pairs_that_goes_with_both_sides() {
    let files = after(&PLAIN, &make(&PLAIN, "tags color:enum(red|blue) name:string --shared"));
    let generated = make(&files, "articles title:string tags:many(tags) sources:many:notes");
    let schema = text_of(&generated, "schema/080_articles.sql");
    let (_, pairs) = schema.split_once("-- Which tags").expect("the pairs");
    insta::assert_snapshot!(format!("-- Which tags{pairs}"), @"
    -- Which tags each of the articles has.
    CREATE TABLE articles_tags (
        article_id uuid NOT NULL,
        tag_id uuid NOT NULL,
        CONSTRAINT articles_tags_pkey PRIMARY KEY (article_id, tag_id),
        CONSTRAINT articles_tags_article_id_fkey FOREIGN KEY (article_id)
            REFERENCES articles (id) ON DELETE CASCADE,
        CONSTRAINT articles_tags_tag_id_fkey FOREIGN KEY (tag_id)
            REFERENCES tags (id) ON DELETE CASCADE
    );

    CREATE INDEX articles_tags_tag_id_idx ON articles_tags (tag_id);

    -- Which sources each of the articles has.
    CREATE TABLE articles_sources (
        article_id uuid NOT NULL,
        source_id uuid NOT NULL,
        CONSTRAINT articles_sources_pkey PRIMARY KEY (article_id, source_id),
        CONSTRAINT articles_sources_article_id_fkey FOREIGN KEY (article_id)
            REFERENCES articles (id) ON DELETE CASCADE,
        CONSTRAINT articles_sources_source_id_fkey FOREIGN KEY (source_id)
            REFERENCES notes (id) ON DELETE CASCADE
    );

    CREATE INDEX articles_sources_source_id_idx ON articles_sources (source_id);
    ");
    let events = make(&files, "events title:string tags:many(tags)");
    let page = text_of(&events, "src/pages/events.rs");
    assert!(page.contains("let event = stack_live::Event { fields, ..Default::default() };"), "{page}");
    let repository = text_of(&generated, "src/repositories/articles.rs");
    assert!(
        repository.contains("SELECT id, name FROM tags WHERE (id = ANY($1) OR name ILIKE $2)\n         ORDER BY"),
        "{repository}"
    );
    assert!(repository.contains("SELECT id, title FROM notes WHERE user_id = $4 AND ("), "{repository}");
    let errors = text_of(&generated, "src/error.rs");
    assert!(errors.contains("(\"articles_tags_tag_id_fkey\", || {"), "{errors}");
    assert!(text_of(&generated, "tests/app/api/articles.rs").contains("[app.note(owner, \"x\", \"x\").await.id]"));
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
    src/routes.rs in `fn live`, among the pages:
            .page("/books", pages::books::index)
            .page("/books/new", pages::books::new)
            .page("/books/{id}", pages::books::edit)
    src/routes.rs in `fn pages`, among the routes:
            .route("/books", post(pages::books::create))
            .route("/books/{id}", post(pages::books::update))
            .route("/books/{id}/delete", post(pages::books::delete))
    src/routes.rs in `fn api`, among the routes:
            .route("/api/books", get(http::books::list).post(http::books::create))
            .route("/api/books/{id}", get(http::books::show).put(http::books::update).delete(http::books::delete))
    src/pages/layout.rs in the navigation of who is logged in:
    a href="/books" data-link { "Books" }
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

#[test]
fn a_table_that_is_taken_out_again_leaves_nothing_behind() {
    for typed in [
        "books title:string:unique author:string? parent:references(books)? state:enum(a|b):default=b count:int:index",
        "books title:string author:references(users) day:date --unique=title,day --unique=author,title",
        "tags name:string --shared --model=Label",
    ] {
        let added = after(&PLAIN, &make(&PLAIN, typed));
        let name = typed.split(' ').next().expect("a name");
        let removed = remove::remove(name, &added, false, None).expect("it can be taken out");
        assert_eq!((removed.kept.len(), removed.mentions.len()), (0, 0), "{removed:?}");
        let mut files = added;
        for change in removed.changes {
            match change.after {
                Some(after) => drop(files.insert(change.path, after)),
                None => drop(files.remove(&change.path)),
            }
        }
        let lines = |file: &File| String::from_utf8_lossy(&file.bytes).split_whitespace().collect::<Vec<_>>().join(" ");
        for (path, file) in &files {
            // Without a formatter a list that went over several lines is on one.
            let before = PLAIN.get(path).unwrap_or_else(|| panic!("{path} stayed"));
            assert_eq!(
                lines(file).replace(", }", " }").replace("{ ", "{").replace(" }", "}"),
                lines(before).replace(", }", " }").replace("{ ", "{").replace(" }", "}"),
                "{path}"
            );
        }
        assert_eq!(files.len(), PLAIN.len());
    }
}

#[test]
fn a_table_is_not_taken_out_while_it_is_in_a_set_and_a_set_goes_with_its_table() {
    let with_tags = after(&PLAIN, &make(&PLAIN, "tags name:string"));
    let added = after(&with_tags, &make(&with_tags, "articles title:string tags:many(tags)"));
    let error = remove::remove("tags", &added, false, None).expect_err("it stays");
    assert_eq!(error.message, "`articles_tags` refers to the table `tags`");
    assert_eq!(error.hints, ["take that out first: `heavy remove-table articles`, or its column in `schema/`"]);
    let removed = remove::remove("articles", &added, false, None).expect("it can be taken out");
    assert_eq!((removed.kept.len(), removed.mentions.len()), (0, 0), "{removed:?}");
    let errors = removed.changes.iter().find(|change| change.path.as_str() == "src/error.rs").expect("a change");
    let errors = String::from_utf8(errors.after.clone().expect("a file").bytes).expect("text");
    assert!(errors.contains("\"tags_name_check\"") && !errors.contains("articles"), "{errors}");
}

#[test]
fn two_tables_that_refer_to_each_other_are_taken_out_one_after_the_other() {
    let files = after(&PLAIN, &make(&PLAIN, "authors name:string"));
    let refused = |typed: &str| table(&files, typed).expect_err("there is no such table").message;
    assert_eq!(refused("books best:references(awards)"), "`best_id` refers to a table `awards`, which does not exist");
    let mut files = after(&files, &make(&files, "books author:references(authors)"));
    let circle = TreePath::parse("schema/090_best_books.sql").expect("a path");
    let sql = "ALTER TABLE IF EXISTS ONLY authors ADD COLUMN best_id uuid REFERENCES books (id);\n";
    files.insert(circle.clone(), File::new(sql));
    let shown = |name: &str, files: &Tree| match remove::remove(name, files, false, None) {
        Ok(removed) => format!("{} files, {} stay", removed.changes.len(), removed.kept.len()),
        Err(error) => format!("{}; {}", error.message, error.hints.join("; ")),
    };
    insta::assert_snapshot!([shown("authors", &files), shown("books", &files)].join("\n"), @"
    `books` and `authors` refer to each other; take the column of `books` that refers to `authors` out of `schema/` first
    `authors` and `books` refer to each other; take the column of `authors` that refers to `books` out of `schema/` first
    ");
    files.remove(&circle);
    insta::assert_snapshot!([shown("authors", &files), shown("books", &files)].join("\n"), @"
    `books` refers to the table `authors`; take that out first: `heavy remove-table books`, or its column in `schema/`
    25 files, 0 stay
    ");
}

/// As it was written at first: modules imported, ids exported in one list, no command in the schema.
#[test]
fn a_table_that_was_made_at_first_is_taken_out_once_its_schema_says_how_it_was_made() {
    let mut files = after(&PLAIN, &make(&PLAIN, "books title:string"));
    let mut edit = |path: &str, from: &str, to: &str| {
        let path = TreePath::parse(path).expect("a path");
        let text = String::from_utf8(files[&path].bytes.clone()).expect("text");
        assert!(text.contains(from), "{text}");
        files.insert(path, File::new(text.replace(from, to)));
    };
    edit("src/routes.rs", "pages::books::", "books::");
    edit("src/routes.rs", "http::books::", "books::");
    edit("src/routes.rs", ", books::index", ", pages::books::index");
    edit("src/routes.rs", ", books::new", ", pages::books::new");
    edit("src/routes.rs", ", books::edit", ", pages::books::edit");
    edit("src/routes.rs", "use http::{limits", "use http::{books, limits");
    edit("src/routes.rs", "use pages::{\n        account,", "use pages::{\n        account, books,");
    edit("src/models/mod.rs", "pub use id::{NoteId", "pub use id::{BookId, NoteId");
    edit("schema/070_books.sql", "-- heavy add-table books title:string\n", "");
    let error = remove::remove("books", &files, false, None).expect_err("nobody knows its fields");
    insta::assert_snapshot!(format!("{}; {}", error.message, error.hints.join("; ")), @"`schema/070_books.sql` does not say that `heavy add-table` made the table `books`; write there how it would be made, `-- heavy add-table books title:string …`, and what is still as it would be made goes; or take it out by hand: its file of the schema, then what the compiler names");
    let schema = TreePath::parse("schema/070_books.sql").expect("a path");
    let text = String::from_utf8(files[&schema].bytes.clone()).expect("text");
    files
        .insert(schema, File::new(text.replace("CREATE TABLE", "-- heavy add-table books title:string\nCREATE TABLE")));
    let removed = remove::remove("books", &files, false, None).expect("it can be taken out");
    assert_eq!((removed.kept.len(), removed.mentions.len()), (0, 0), "{removed:?}");
    let routes = removed.changes.iter().find(|change| change.path.as_str() == "src/routes.rs").expect("a change");
    let routes = String::from_utf8(routes.after.clone().expect("a file").bytes).expect("text");
    assert!(!routes.contains("books"), "{routes}");
}

#[test]
fn a_table_that_was_edited_or_is_referred_to_is_not_lost() {
    let files = after(&PLAIN, &make(&PLAIN, "authors name:string"));
    let mut files = after(&files, &make(&files, "books author:references(authors)"));
    let refused = |name: &str, files: &Tree| {
        let error = remove::remove(name, files, false, None).expect_err("it stays");
        format!("{}; {}", error.message, error.hints.join("; "))
    };
    insta::assert_snapshot!([refused("authors", &files), refused("notes", &files), refused("bookz", &files)].join("\n"), @"
    `books` refers to the table `authors`; take that out first: `heavy remove-table books`, or its column in `schema/`
    `schema/030_notes.sql` does not say that `heavy add-table` made the table `notes`; write there how it would be made, `-- heavy add-table notes title:string …`, and what is still as it would be made goes; or take it out by hand: its file of the schema, then what the compiler names
    there is no table `bookz`; did you mean `heavy remove-table books`?
    ");
    let mut edit = |path: &str, more: &str| {
        let path = TreePath::parse(path).expect("a path");
        files.get_mut(&path).expect("a file").bytes.extend(more.as_bytes());
    };
    edit("src/pages/books.rs", "// mine\n");
    edit("src/seed.rs", "use crate::models::BookDraft;\n");
    let shown = |force| {
        let removed = remove::remove("books", &files, force, None).expect("it can be taken out");
        let paths = |paths: &[TreePath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        format!("{}; {}", paths(&removed.kept), paths(&removed.mentions))
    };
    assert_eq!(shown(false), "src/pages/books.rs; src/seed.rs");
    assert_eq!(shown(true), "; src/seed.rs");
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
