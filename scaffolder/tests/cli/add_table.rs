//! `heavy add-table`, as people and programs see it. What it writes is tested in `src/table` and `tests/tables.rs`.

use crate::environment::Environment;

/// A project of the built-in template, committed.
fn project() -> Environment {
    let env = Environment::new();
    env.succeeds(&["new", "shop", "--defaults"]);
    env
}

fn run(env: &Environment, arguments: &[&str]) -> String {
    env.run(&[&["add-table", "--project", "shop"], arguments].concat())
}

fn status(env: &Environment) -> String {
    env.git("shop", &["status", "--porcelain"])
}

#[test]
fn the_plan_names_every_file_and_the_report_says_what_comes_next() {
    let env = project();
    insta::assert_snapshot!(run(&env, &["blog_posts", "title:string", "body:text?", "--dry-run"]), @"
    exit 0
    --- out
        create    schema/070_blog_posts.sql
        update    src/error.rs
        create    src/http/blog_posts.rs
        update    src/http/mod.rs
        create    src/models/blog_post.rs
        update    src/models/id.rs
        update    src/models/mod.rs
        create    src/pages/blog_posts.rs
        update    src/pages/layout.rs
        update    src/pages/mod.rs
        create    src/repositories/blog_posts.rs
        update    src/repositories/mod.rs
        update    src/routes.rs
        create    src/services/blog_posts.rs
        update    src/services/mod.rs
        create    tests/app/api/blog_posts.rs
        update    tests/app/api/mod.rs
        update    tests/app/common/factories.rs
        create    tests/app/common/factories/blog_posts.rs
        create    tests/app/pages/blog_posts.rs
        update    tests/app/pages/mod.rs
    --- err
          Adding the table `blog_posts`, whose model is `BlogPost`
    note: nothing was written
    ");
    assert_eq!(status(&env), "");
    insta::assert_snapshot!(run(&env, &["blog_posts", "title:string", "body:text?"]), @"
    exit 0
    --- err
          Adding the table `blog_posts`, whose model is `BlogPost`
        create    schema/070_blog_posts.sql
        update    src/error.rs
        create    src/http/blog_posts.rs
        update    src/http/mod.rs
        create    src/models/blog_post.rs
        update    src/models/id.rs
        update    src/models/mod.rs
        create    src/pages/blog_posts.rs
        update    src/pages/layout.rs
        update    src/pages/mod.rs
        create    src/repositories/blog_posts.rs
        update    src/repositories/mod.rs
        update    src/routes.rs
        create    src/services/blog_posts.rs
        update    src/services/mod.rs
        create    tests/app/api/blog_posts.rs
        update    tests/app/api/mod.rs
        update    tests/app/common/factories.rs
        create    tests/app/common/factories/blog_posts.rs
        create    tests/app/pages/blog_posts.rs
        update    tests/app/pages/mod.rs
           Added `blog_posts`: 9 created, 12 updated
    note: `heavy undo` takes it back

    Next: `cargo test blog_posts::`   its tests, which pass already
          `cargo dev migrate --name add_blog_posts`   the migration, from the schema
          `cargo dev pave`   the development database again, with the table in it
    ");
}

#[test]
fn undo_takes_a_table_back_to_the_byte() {
    let env = project();
    run(&env, &["books", "title:string"]);
    run(&env, &["tags", "name:string", "--shared"]);
    assert_ne!(status(&env), "");
    insta::assert_snapshot!(env.run(&["undo", "--project", "shop", "--dry-run"]), @"
    exit 0
    --- out
    would put back what `heavy add-table` (21 files) changed
    ");
    env.succeeds(&["undo", "--project", "shop"]);
    assert!(env.read("shop/src/routes.rs").contains("/books") && !env.read("shop/src/routes.rs").contains("/tags"));
    env.succeeds(&["undo", "--project", "shop"]);
    assert_eq!(status(&env), "");
}

#[test]
fn a_table_that_was_added_can_be_taken_out_again_to_the_byte() {
    let env = project();
    let fields = ["title:string:unique", "state:enum:a,b:default=b", "parent:references:books?", "count:int:index"];
    run(&env, &[&["books"][..], &fields].concat());
    assert_ne!(status(&env), "");
    insta::assert_snapshot!(env.run(&["remove-table", "--project", "shop", "books"]), @"
    exit 0
    --- err
        Removing the table `books`
        delete    schema/070_books.sql
        delete    src/components/choice.rs
        update    src/components/mod.rs
        update    src/error.rs
        delete    src/http/books.rs
        update    src/http/mod.rs
        delete    src/models/book.rs
        update    src/models/id.rs
        update    src/models/mod.rs
        delete    src/pages/books.rs
        update    src/pages/layout.rs
        update    src/pages/mod.rs
        delete    src/repositories/books.rs
        update    src/repositories/mod.rs
        update    src/routes.rs
        delete    src/services/books.rs
        update    src/services/mod.rs
        update    static/app.css
        delete    static/elements/search-select.js
        delete    tests/app/api/books.rs
        update    tests/app/api/mod.rs
        update    tests/app/common/factories.rs
        delete    tests/app/common/factories/books.rs
        delete    tests/app/pages/books.rs
        update    tests/app/pages/mod.rs
         Removed `books`: 11 deleted, 14 updated
    note: `heavy undo` brings it back; `Cargo.toml` keeps what its fields needed

    Next: `cargo dev migrate --name remove_books`   the migration that drops it
          `cargo dev pave`   the development database again, without the table
    ");
    assert_eq!(status(&env), "");
}

#[test]
fn a_set_of_another_tables_rows_is_made_and_taken_out_with_its_table() {
    let env = project();
    run(&env, &["tags", "name:string"]);
    env.git("shop", &["add", "--all"]);
    env.git("shop", &["commit", "--quiet", "--message=tags"]);
    let shown = run(&env, &["articles", "title:string", "tags:many(tags)"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    assert!(env.read("shop/schema/080_articles.sql").contains("PRIMARY KEY (article_id, tag_id)"));
    assert!(env.read("shop/src/models/article.rs").contains("pub tag_ids: Vec<TagId>,"));
    insta::assert_snapshot!(env.run(&["remove-table", "--project", "shop", "tags"]), @"
    exit 2
    --- err
    error: `articles_tags` refers to the table `tags`
    hint: take that out first: `heavy remove-table articles`, or its column in `schema/`
    ");
    env.succeeds(&["remove-table", "--project", "shop", "articles", "--quiet"]);
    assert_eq!(status(&env), "");
}

#[test]
fn a_file_of_a_table_that_was_edited_stays_and_is_named() {
    let env = project();
    run(&env, &["books", "title:string"]);
    env.write("shop/src/pages/books.rs", env.read("shop/src/pages/books.rs") + "// mine\n");
    let shown = env.run(&["remove-table", "--project", "shop", "books"]);
    let wanted = ["exit 1", "note: `src/pages/books.rs` is not as it was made, and stays; --force deletes it"];
    assert!(wanted.iter().all(|wanted| shown.contains(wanted)), "{shown}");
    assert_eq!(status(&env), "?? src/pages/books.rs\n");
}

#[test]
fn a_page_is_a_file_a_route_and_a_test() {
    let env = project();
    insta::assert_snapshot!(env.run(&["add-page", "--project", "shop", "about-us", "--link", "--signed-in"]), @"
    exit 0
    --- err
          Adding the page `/about-us`
        create    src/pages/about_us.rs
        update    src/pages/layout.rs
        update    src/pages/mod.rs
        update    src/routes.rs
        create    tests/app/pages/about_us.rs
        update    tests/app/pages/mod.rs
           Added `/about-us`: its code is in `src/pages/about_us.rs`
    note: `heavy undo` takes it back
    ");
    assert!(env.read("shop/src/routes.rs").contains(".page(\"/about-us\", pages::about_us::page)\n"));
    assert!(env.read("shop/src/pages/layout.rs").contains("a href=\"/about-us\" data-link { \"About us\" }\n"));
    insta::assert_snapshot!(env.read("shop/src/pages/about_us.rs"), @r#"
    //! `/about-us`.

    use maud::html;
    use stack_live::Cx;

    use super::{context::Context, layout};

    /// The page.
    pub async fn page(cx: Cx) -> stack_live::Result {
        cx.signed_in()?;
        let main = html! {
            section.card.text {
                h1 { "About us" }
            }
        };
        Ok(layout::live(&cx, "About us", main))
    }
    "#);
    let refused =
        ["about-us", "notes", "live", "Über", "mod"].map(|name| env.run(&["add-page", "--project", "shop", name]));
    insta::assert_snapshot!(refused.concat(), @"
    exit 2
    --- err
    error: there is a module `about_us` in `src/pages` already
    hint: give the page another name
    exit 2
    --- err
    error: there is a module `notes` in `src/pages` already
    hint: give the page another name
    exit 2
    --- err
    error: there is a module `live` in `src/pages` already
    hint: give the page another name
    exit 2
    --- err
    error: the page `Über` cannot be called that: a name is lower-case words of letters and digits, joined by `_`
    hint: write a word such as `about`
    exit 2
    --- err
    error: the page cannot be called `mod`: that is a word of Rust, or of the application
    hint: find another name, for example `mod-page`
    ");
    env.succeeds(&["undo", "--project", "shop"]);
    assert_eq!(status(&env), "");
}

#[test]
fn a_file_that_git_ignores_is_not_overwritten_either() {
    let env = project();
    env.write("shop/.git/info/exclude", "/src/pages/books.rs\n");
    env.write("shop/src/pages/books.rs", "// mine\n");
    insta::assert_snapshot!(run(&env, &["books", "title:string"]), @"
    exit 2
    --- err
    error: something stands at `src/pages/books.rs` already
    hint: move it away, or give the table another name
    ");
    assert_eq!(status(&env), "");
    assert_eq!(env.read("shop/src/pages/books.rs"), "// mine\n");
}

#[test]
fn where_a_line_has_no_place_it_is_shown_and_the_exit_code_says_so() {
    let env = project();
    env.write("shop/src/services/mod.rs", "//! Mine, in one file.\n");
    env.write(
        "shop/tests/app/common/factories.rs",
        env.read("shop/tests/app/common/factories.rs").replace("use ", "pub use "),
    );
    let shown = run(&env, &["books", "title:string"]);
    let (_, left) = shown.split_once("note: `src/services").expect("a note");
    insta::assert_snapshot!(format!("note: `src/services{left}"), @"
    note: `src/services/mod.rs` has not the shape that was looked for; paste this among the other modules:
        pub mod books;
    note: `tests/app/common/factories.rs` has not the shape that was looked for; paste this before the first `use`:
        mod books;
           Added `books`: 9 created, 10 updated
    note: `heavy undo` takes it back

    Next: `cargo test books::`   its tests, which pass already
          `cargo dev migrate --name add_books`   the migration, from the schema
          `cargo dev pave`   the development database again, with the table in it
    error: 2 places are left for you; it does not compile until then
    hint: paste what is shown above
    ");
    assert!(env.read("shop/src/http/mod.rs").contains("pub mod books;"));
}

#[test]
fn a_program_gets_one_json_object() {
    let env = project();
    let output = env.succeeds(&["add-table", "--project", "shop", "books", "title:string", "--json"]);
    let result: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!((&result["table"], &result["model"]), (&"books".into(), &"Book".into()));
    assert_eq!(result["applied"], true);
    assert_eq!(result["left"], serde_json::json!([]));
    let plan = result["plan"].as_array().expect("a plan");
    assert!(plan.contains(&serde_json::json!({ "action": "create", "path": "schema/070_books.sql" })), "{output}");
}

#[test]
fn what_is_missing_is_an_error_where_nobody_can_be_asked() {
    let env = project();
    let all = [
        run(&env, &[]),
        run(&env, &["books"]),
        run(&env, &["title:string"]),
        run(&env, &["books", "title"]),
        run(&env, &["book", "title:string"]),
        run(&env, &["--eject", "books"]),
    ];
    insta::assert_snapshot!(all.concat(), @"
    exit 2
    --- err
    error: the table has no name
    hint: write it and its fields: `heavy add-table books title:string`
    exit 2
    --- err
    error: the table `books` has no fields
    hint: write some: `heavy add-table books title:string`
    exit 2
    --- err
    error: `title:string` is a field, and the table has no name
    hint: name the table first: `heavy add-table books title:string`
    exit 2
    --- err
    error: the field `title` has no type
    hint: write it as `title:string`
    exit 2
    --- err
    error: `book` is not a plural, or is its own singular
    hint: a table is named in the plural: `books`
    exit 2
    --- err
    error: the argument `--eject` cannot be used with `[NAME]`
    hint: `heavy add-table --help` shows what can be typed
    ");
    assert_eq!(status(&env), "");
}

#[test]
fn ejected_templates_are_used_and_a_broken_one_changes_nothing() {
    let env = project();
    env.succeeds(&["add-table", "--project", "shop", "--eject", "--quiet"]);
    let schema = "shop/templates/table/schema.sql.jinja";
    env.write(schema, format!("-- Ours.\n{}", env.read(schema)));
    env.succeeds(&["add-table", "--project", "shop", "books", "title:string", "--quiet"]);
    assert!(env.read("shop/schema/070_books.sql").starts_with("-- Ours.\n"));
    assert!(run(&env, &["--eject"]).contains("keep      templates/table/schema.sql.jinja (it is yours)"));
    env.write("shop/templates/table/http.rs.jinja", "//! {{ table }}\n{{ tabel }}\n");
    env.git("shop", &["add", "--all"]);
    env.git("shop", &["commit", "--quiet", "--message=mine"]);
    insta::assert_snapshot!(run(&env, &["tags", "name:string"]), @"
    exit 3
    --- err
    error: `templates/table/http.rs.jinja`, line 2, cannot be rendered: undefined value
    caused by: {{ tabel }}
    hint: delete the file to use the built-in one; `heavy add-table --eject` writes that one there again
    ");
    env.write("shop/templates/table/http.rs.jinja", "fn {{ table }} {\n");
    insta::assert_snapshot!(run(&env, &["tags", "name:string"]), @"
    exit 3
    --- err
    error: `templates/table/http.rs.jinja` makes no Rust that could be read, which `src/http/tags.rs` would be
    hint: `--dry-run` with the template deleted shows whether the built-in one does; mend yours, or delete it
    ");
    assert_eq!(status(&env), " M templates/table/http.rs.jinja\n");
}

#[test]
fn an_edited_file_that_is_not_formatted_gets_its_line_and_nothing_else() {
    let env = project();
    let mine = format!("{}\npub fn mine( ) {{ }}\n", env.read("shop/src/http/mod.rs"));
    env.write("shop/src/http/mod.rs", &mine);
    run(&env, &["books", "title:string"]);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let mut after = lines(&env.read("shop/src/http/mod.rs"));
    after.retain(|line| line != "pub mod books;");
    assert_eq!(after, lines(&mine));
}

#[cfg(unix)]
#[test]
fn a_linked_folder_is_named_as_what_it_is() {
    let env = project();
    std::fs::rename(env.path("shop/src/pages"), env.path("pages")).expect("moved");
    std::os::unix::fs::symlink("../../pages", env.path("shop/src/pages")).expect("a link");
    env.git("shop", &["add", "--all"]);
    env.git("shop", &["commit", "--quiet", "--message=link"]);
    for more in [&["--dry-run"][..], &[]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(run(&env, &[&["books", "title:string"], more].concat()), @"
            exit 2
            --- err
            error: `src/pages` is a symbolic link, and nothing is written through one
            hint: put the folder or file itself there; nothing was changed
            ");
        }
    }
    assert_eq!(status(&env), "");
}

#[test]
fn what_is_to_be_pasted_is_said_to_whoever_wants_to_hear_only_errors() {
    let env = project();
    let routes = env.read("shop/src/routes.rs");
    env.write("shop/src/routes.rs", routes.replace(".route_layer(", ".layer("));
    env.git("shop", &["commit", "--quiet", "--all", "--message=mine"]);
    let shown = run(&env, &["books", "title:string", "--quiet"]);
    assert!(shown.starts_with("exit 1\n"), "{shown}");
    assert!(shown.contains("hint: paste into `src/routes.rs` ") && shown.contains("books"), "{shown}");
    assert!(!shown.contains("shown above"), "{shown}");
}
