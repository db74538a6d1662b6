//! `heavy routes`, `heavy schema` and `heavy skill`, as people and programs see them. What they understand is tested in `src/inspect`.

use serde_json::Value;

use crate::environment::Environment;

const ROUTES: &str = "use axum::{Router, routing::get};\r\n\r\npub fn router() -> Router {\r\n    \
                      Router::new().nest(\"/admin\", crate::admin::router()).route(\"/\", get(crate::admin::home)).routes(routes!(more))\r\n}\r\n";

const ADMIN: &str = "pub fn router() -> Router {\n    Router::new().route(\"/users/{id}\", get(show).delete(remove))\n}\n\n\
                     pub async fn home() {}\nasync fn show() {}\nasync fn remove() {}\n";

const SCHEMA: &str = "-- Who may log in.\nCREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);\n\
                      CREATE TABLE notes (\n    id uuid NOT NULL,\n    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,\n    \
                      -- One line.\n    title text NOT NULL DEFAULT '',\n    PRIMARY KEY (id),\n    UNIQUE (user_id, title)\n);\n\
                      CREATE INDEX notes_title_idx ON notes (title);\nALTER TABLE notes DROP COLUMN old;\n";

/// A project in no repository, with files of its owner.
fn project() -> Environment {
    let env = Environment::new();
    env.template(&[
        ("src/main.rs", "mod admin;\nmod routes;\n\nfn main() {}\n"),
        ("src/routes.rs", ROUTES),
        ("src/admin.rs", ADMIN),
        ("schema/010_all.sql", SCHEMA),
        ("docs/live.md", "# Live pages\n\nThey live. They stay.\n"),
    ]);
    env.succeeds(&["new", "shop", "--template", "template", "--defaults", "--vcs", "none"]);
    env
}

/// Runs `heavy` in a folder.
fn run_in(env: &Environment, folder: &str, arguments: &[&str]) -> String {
    let output = env.command(arguments).current_dir(env.path(folder)).output().expect("heavy starts");
    env.shown(&output)
}

fn json(env: &Environment, arguments: &[&str]) -> Value {
    serde_json::from_str(&env.succeeds(arguments)).expect("JSON")
}

#[test]
fn routes_are_listed_from_any_folder_of_the_project() {
    let env = project();
    insta::assert_snapshot!(run_in(&env, "shop/src", &["routes"]), @"
    exit 0
    --- out
    GET     /                  admin::home    src/admin.rs:5
    DELETE  /admin/users/{id}  admin::remove  src/admin.rs:7
    GET     /admin/users/{id}  admin::show    src/admin.rs:6
    --- err
    note: src/routes.rs:4 may have more routes: .routes(routes!(more))
    ");
    insta::assert_snapshot!(run_in(&env, "shop", &["routes", "users", "--json"]), @r#"
    exit 0
    --- out
    {
      "project": "$WORK/shop",
      "routes": [
        {
          "defined": {
            "file": "src/admin.rs",
            "line": 7
          },
          "handler": "admin::remove",
          "kind": "handler",
          "method": "DELETE",
          "path": "/admin/users/{id}",
          "routed": {
            "file": "src/admin.rs",
            "line": 2
          }
        },
        {
          "defined": {
            "file": "src/admin.rs",
            "line": 6
          },
          "handler": "admin::show",
          "kind": "handler",
          "method": "GET",
          "path": "/admin/users/{id}",
          "routed": {
            "file": "src/admin.rs",
            "line": 2
          }
        }
      ],
      "unread": [
        {
          "file": "src/routes.rs",
          "line": 4,
          "text": ".routes(routes!(more))"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(run_in(&env, "shop", &["routes", "/nowhere"]), @"
    exit 0
    --- err
    note: no path has `/nowhere` in it
    note: src/routes.rs:4 may have more routes: .routes(routes!(more))
    ");
}

#[test]
fn tables_are_listed_with_what_refers_to_what() {
    let env = project();
    insta::assert_snapshot!(run_in(&env, "shop/schema", &["schema"]), @"
    exit 0
    --- out
    users  schema/010_all.sql:2
        id     uuid  primary key
        email  text  not null, unique

    notes  schema/010_all.sql:3
        id       uuid  primary key
        user_id  uuid  not null, references users
        title    text  not null, default ''
        unique (user_id, title)
    --- err
    note: schema/010_all.sql:12 is not taken into account: ALTER TABLE notes DROP COLUMN old
    ");
    insta::assert_snapshot!(run_in(&env, "shop", &["schema", "notes", "--json"]), @r#"
    exit 0
    --- out
    {
      "project": "$WORK/shop",
      "tables": [
        {
          "checks": [],
          "columns": [
            {
              "comment": null,
              "default": null,
              "generated": null,
              "line": 4,
              "name": "id",
              "nullable": false,
              "type": "uuid"
            },
            {
              "comment": null,
              "default": null,
              "generated": null,
              "line": 5,
              "name": "user_id",
              "nullable": false,
              "type": "uuid"
            },
            {
              "comment": "One line.",
              "default": "''",
              "generated": null,
              "line": 7,
              "name": "title",
              "nullable": false,
              "type": "text"
            }
          ],
          "comment": null,
          "database": "main",
          "file": "schema/010_all.sql",
          "indexes": [
            {
              "name": "notes_title_idx",
              "on": "(title)",
              "unique": false
            }
          ],
          "kind": "table",
          "line": 3,
          "name": "notes",
          "primary_key": [
            "id"
          ],
          "references": [
            {
              "columns": [
                "user_id"
              ],
              "on_delete": "CASCADE",
              "referenced": [],
              "table": "users"
            }
          ],
          "unique": [
            [
              "user_id",
              "title"
            ]
          ]
        }
      ],
      "unread": [
        {
          "file": "schema/010_all.sql",
          "line": 12,
          "text": "ALTER TABLE notes DROP COLUMN old"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(run_in(&env, "shop", &["schema", "note"]), @"
    exit 2
    --- err
    error: there is no table `note`
    hint: did you mean `heavy schema notes`?
    ");
}

#[test]
fn a_project_with_everything_is_read_whole_and_so_is_what_is_added() {
    let env = Environment::new();
    env.succeeds(&["new", "shop", "--all-features", "--defaults"]);
    env.succeeds(&["add-table", "books", "title:string", "price:decimal", "--project", "shop", "--yes"]);
    let found = json(&env, &["routes", "--json", "--project", "shop"]);
    assert_eq!(found["unread"], Value::Array(Vec::new()));
    let routes = found["routes"].as_array().expect("routes");
    let has = |method: &str, path: &str, kind: &str| {
        routes.iter().any(|route| route["method"] == method && route["path"] == path && route["kind"] == kind)
    };
    for (method, path, kind) in [
        ("GET", "/", "page"),
        ("GET", "/notes/{id}", "page"),
        ("POST", "/notes/{id}", "handler"),
        ("GET", "/books", "page"),
        ("DELETE", "/api/books/{id}", "handler"),
        ("GET", "/_dev/mail", "page"),
        ("POST", "/live", "handler"),
        ("GET", "/healthz", "handler"),
        ("ANY", "/static/{*file}", "service"),
    ] {
        assert!(has(method, path, kind), "{method} {path}: {found:#}");
    }
    for route in routes {
        let handler = route["handler"].as_str().expect("a handler");
        let is_elsewhere = handler.starts_with("stack_") || route["kind"] == "service";
        assert_eq!(route["defined"].is_null(), is_elsewhere, "{route}");
        let Some(file) = route["defined"]["file"].as_str() else { continue };
        let text = env.read(&format!("shop/{file}"));
        let line = route["defined"]["line"].as_u64().and_then(|line| text.lines().nth(usize::try_from(line).ok()? - 1));
        let name = handler.rsplit("::").next().expect("a name");
        assert!(line.is_some_and(|line| line.contains(&format!("fn {name}"))), "{route}: {line:?}");
    }

    let found = json(&env, &["schema", "--json", "--project", "shop"]);
    assert_eq!(found["unread"], Value::Array(Vec::new()));
    let tables = found["tables"].as_array().expect("tables");
    for table in tables {
        assert!(table["columns"].as_array().is_some_and(|columns| !columns.is_empty()), "{table:#}");
        assert!(table["primary_key"].as_array().is_some_and(|columns| !columns.is_empty()), "{table:#}");
        // The comment of that file is about the database.
        let has_none = ["books", "note_embeddings"].iter().any(|name| table["name"] == *name);
        assert!(table["comment"].is_string() || has_none, "{table:#}");
    }
    let named = |name: &str| tables.iter().find(|table| table["name"] == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(named("note_embeddings")["database"], "vector");
    assert_eq!(named("books")["references"][0]["table"], "users");
}

#[test]
fn a_skill_is_written_kept_current_and_taken_back() {
    let env = project();
    let path = "shop/.agents/skills/heavy/SKILL.md";
    let check = || run_in(&env, "shop/src", &["skill", "--check"]);
    insta::assert_snapshot!(check(), @"
    exit 1
    --- out
    `.agents/skills/heavy/SKILL.md` is not as it would be written; `heavy skill` writes it
    ");
    insta::assert_snapshot!(run_in(&env, "shop/src", &["skill"]), @"
    exit 0
    --- err
        create    .agents/skills/heavy/SKILL.md
           Wrote `.agents/skills/heavy/SKILL.md`
    note: `heavy undo` takes it back
    ");
    let text = env.read(path);
    assert!(text.starts_with("---\nname: heavy\ndescription: "), "{text}");
    assert!(text.contains("- `docs/live.md`: Live pages. They live.\n"), "{text}");
    insta::assert_snapshot!([check(), run_in(&env, "shop", &["skill"])].concat(), @"
    exit 0
    --- err
       Unchanged `.agents/skills/heavy/SKILL.md` is as it would be written
    exit 0
    --- err
       Unchanged `.agents/skills/heavy/SKILL.md` is as it would be written
    ");
    assert_eq!(format!("{}\n", env.succeeds(&["skill", "--print", "--project", "shop"]).trim_end()), text);

    env.write("shop/docs/live.md", "# Live pages\n\nThey changed.\n");
    assert!(check().starts_with("exit 1\n"), "{}", check());
    env.succeeds(&["skill", "--project", "shop"]);
    assert!(check().starts_with("exit 0\n") && env.read(path).contains("Live pages. They changed.\n"));
    env.succeeds(&["undo", "--project", "shop"]);
    assert_eq!(env.read(path), text);

    env.write(path, "mine");
    insta::assert_snapshot!(run_in(&env, "shop", &["skill"]), @"
    exit 2
    --- err
    error: `.agents/skills/heavy/SKILL.md` was not written by `heavy skill`
    hint: move it away, or name another folder with `--folder`
    ");
    insta::assert_snapshot!(run_in(&env, "shop", &["skill", "--folder", "../elsewhere"]), @"
    exit 2
    --- err
    error: `../elsewhere` is no folder in the project
    hint: write it from the project's folder on: `heavy skill --folder .claude/skills`
    ");
    assert_eq!(env.read(path), "mine");
}

#[test]
fn differences_and_the_setting_for_git_are_told_as_json() {
    let env = project();
    env.write("shop/src/main.rs", "fn main() {}\n");
    env.write("shop/new.txt", "new\n");
    let found = json(&env, &["diff", "--json", "--project", "shop"]);
    let files = found["files"].as_array().expect("files");
    let shown: Vec<String> = files.iter().map(|file| format!("{} {}", file["action"], file["path"])).collect();
    assert_eq!(shown, ["\"create\" \"new.txt\"", "\"update\" \"src/main.rs\""]);
    assert!(files[1]["diff"].as_str().is_some_and(|diff| diff.contains("\n-mod admin;\n")), "{found:#}");
    let named = json(&env, &["diff", "--json", "--name-only", "--project", "shop"]);
    assert!(named["files"][0].get("diff").is_none());

    env.git("shop", &["init", "--quiet"]);
    let set = json(&env, &["setup-git", "--json", "--project", "shop"]);
    assert!(set["config"].as_str().is_some_and(|config| config.ends_with("config")), "{set}");
    assert_eq!(set["attributes"], ".gitattributes");
    let again = json(&env, &["setup-git", "--json", "--project", "shop"]);
    assert!(again["config"].is_null() && again["attributes"].is_null(), "{again}");
}
