use super::*;
use crate::tree::tests::tree;

const RULES: &str = r#"
[[path]]
from = "web::edge::complain"
to = "web::middleware::report"

[[path]]
from = "web::edge"
to = "web::middleware"

[[path]]
from = "web::Stop"
to = "web::PageError"

[[path]]
from = "app::error::Error::Taken"
to = "app::error::Error::Conflict"

[[path]]
from = "app::random"
to = "web::random"

[[method]]
type = "app::field::Field"
from = "around"
to = "stacked"

[[call]]
path = "app::mails::send"
from = ["to", "text"]
to = "$to, None, $text"

[[removed]]
path = "app::csrf"
instead = "leave it out"
"#;

fn rules() -> Vec<Codemods> {
    vec![Codemods::parse("1.2.0", RULES).expect("good rules")]
}

/// The file `src/pages/home.rs` of a crate `app` afterwards, and the remarks.
fn rewritten(text: &str) -> (String, Vec<String>) {
    merged(text, text)
}

/// The same for a file that a merge has changed.
fn merged(before: &str, text: &str) -> (String, Vec<String>) {
    let (after, remarks) = once(before, text);
    let (again, same) = once(before, &after);
    assert_eq!(after, again, "a second run changed something");
    assert!(same.iter().all(|remark| remarks.contains(remark)), "a second run found something else: {same:?}");
    assert!(after == text || source::Source::parse(&after).is_some(), "no Rust any more:\n{after}");
    (after, remarks)
}

fn once(before: &str, text: &str) -> (String, Vec<String>) {
    let project = |text: &str| {
        tree(&[("Cargo.toml", "[package]\nname = \"app\"\n"), ("src/lib.rs", ""), ("src/pages/home.rs", text)])
    };
    let outcome = rewrite(&project(text), &project(before), |_| true, &rules());
    let path = TreePath::parse("src/pages/home.rs").expect("a path");
    let after =
        outcome.files.get(&path).map_or(text.to_owned(), |file| String::from_utf8(file.bytes.clone()).expect("text"));
    (after, outcome.remarks.into_iter().map(|remark| format!("{}: {}", remark.line, remark.text)).collect())
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    let (after, remarks) = rewritten(text);
    assert_eq!(after, expected);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[track_caller]
fn stays(text: &str) {
    becomes(text, text);
}

#[test]
fn a_name_and_its_import_get_the_new_one_and_nothing_else_moves() {
    becomes(
        "use web::Stop;\n\n// Stop here.\nfn  f( ) -> Result<u8,Stop> { Err( Stop::new( \"Stop\" ) ) }\n",
        "use web::PageError;\n\n// Stop here.\nfn  f( ) -> Result<u8,PageError> { Err( PageError::new( \"Stop\" ) ) }\n",
    );
    becomes("fn f() { web::edge::complain(1) }", "fn f() { web::middleware::report(1) }");
    becomes("fn f() { ::web::edge::complain(1) }", "fn f() { ::web::middleware::report(1) }");
    becomes("use web::edge;\nfn f() { edge::other() }", "use web::middleware;\nfn f() { middleware::other() }");
    becomes("use web::edge;\nfn f() { edge::complain() }", "use web::middleware;\nfn f() { middleware::report() }");
    becomes("use web::edge::*;\n", "use web::middleware::*;\n");
}

#[test]
fn braces_keep_what_still_belongs_to_them() {
    becomes(
        "use web::{A, Stop, b::C};\nfn f(_: Stop, _: A, _: C) {}",
        "use web::{A, PageError, b::C};\nfn f(_: PageError, _: A, _: C) {}",
    );
    becomes(
        "use web::edge::{self, x::Y};\nfn f() { edge::g() }",
        "use web::middleware::{self, x::Y};\nfn f() { middleware::g() }",
    );
    becomes(
        "    use web::{A, edge::{complain, other}};\nfn f() { complain(other()) }",
        "    use web::A;\n    use web::middleware::{other, report};\nfn f() { report(other()) }",
    );
    becomes(
        "#[cfg(test)]\nuse crate::{random, routes};\nfn f() { random::bytes() }",
        "#[cfg(test)]\nuse crate::routes;\n#[cfg(test)]\nuse web::random;\nfn f() { random::bytes() }",
    );
}

#[test]
fn where_a_mention_is_not_understood_the_import_keeps_the_old_name() {
    let kept = "use web::PageError as Stop;\n";
    for rest in [
        // A macro's tokens.
        "fn f() { html! { (Stop::new()) } }",
        // A module that looks at this one.
        "mod tests { use super::*; fn f(_: Stop) {} }",
        // Something else of that name.
        "fn f() { let Stop = 1; }",
        "fn f<Stop>(_: Stop) {}",
        // The new name is taken.
        "fn f(_: Stop) { struct PageError; }",
        // Other files may look at it.
        "mod child;\nfn f(_: Stop) {}",
        "struct S { s: u8 }\nfn f(Stop: u8) { S { s: Stop } }",
    ] {
        becomes(&format!("use web::Stop;\n{rest}"), &format!("{kept}{rest}"));
    }
    becomes("pub use web::Stop;\n", "pub use web::PageError as Stop;\n");
    becomes("use web::Stop as S;\nfn f(_: S) {}", "use web::PageError as S;\nfn f(_: S) {}");
    becomes(
        "use web::{edge::{self as e, complain as c}};\n",
        "use web::middleware as e;\nuse web::middleware::report as c;\n",
    );
}

#[test]
fn what_is_called_so_and_is_something_else_stays() {
    stays("use other::Stop;\nfn f(_: Stop) {}");
    stays("struct Stop;\nfn f(_: Stop) {}");
    stays("mod web { pub struct Stop; }\nfn f(_: web::Stop) {}");
    stays("fn f() { mod web { pub struct Stop; } let _ = web::Stop; }");
    stays("use my::web;\nfn f(_: web::Stop) {}");
    stays("// web::Stop\n/// [`web::Stop`]\nfn f() -> &'static str { \"web::Stop\" }");
    stays("fn f(edge: Edge) { edge.complain(); }");
    stays("macro_rules! m { () => { web::Stopped } }");
}

#[test]
fn own_modules_are_found_by_crate_self_and_super() {
    becomes("fn f() { crate::random::bytes() }", "fn f() { web::random::bytes() }");
    becomes("fn f() { super::super::random::bytes() }", "fn f() { web::random::bytes() }");
    becomes(
        "use crate::error::Error;\nfn f() { Error::Taken(1) }",
        "use crate::error::Error;\nfn f() { Error::Conflict(1) }",
    );
    becomes(
        "use super::super::error;\nfn f() { error::Error::Taken }",
        "use super::super::error;\nfn f() { error::Error::Conflict }",
    );
    becomes(
        "fn f(e: E) { match e { crate::error::Error::Taken(x) if x => {} crate::error::Error::Taken(_) => {} } }",
        "fn f(e: E) { match e { crate::error::Error::Conflict(x) if x => {} crate::error::Error::Conflict(_) => {} } }",
    );
    becomes(
        "impl crate::error::Error { fn f() -> Self { Self::Taken(1) } }",
        "impl crate::error::Error { fn f() -> Self { Self::Conflict(1) } }",
    );
}

#[test]
fn scopes_are_those_of_rust() {
    becomes("fn f() { use web::Stop; Stop::new() }\n", "fn f() { use web::PageError; PageError::new() }\n");
    becomes(
        "mod inner { use web::Stop; fn f(_: Stop) {} }\nfn g(_: other::Stop) {}",
        "mod inner { use web::PageError as Stop; fn f(_: Stop) {} }\nfn g(_: other::Stop) {}",
    );
    becomes("fn f() { <u8 as web::edge::Trait>::complain() }", "fn f() { <u8 as web::middleware::Trait>::complain() }");
    becomes(
        "use web::edge as web;\nfn f() { web::complain() }",
        "use web::middleware as web;\nfn f() { web::report() }",
    );
}

#[test]
fn a_method_is_renamed_where_the_type_is_written_down() {
    becomes(
        "use crate::field::Field;\nfn f(field: &Field, other: Other) { field.around(1); (&field).around(2); other.around(3); }",
        "use crate::field::Field;\nfn f(field: &Field, other: Other) { field.stacked(1); (&field).stacked(2); other.around(3); }",
    );
    becomes(
        "fn f(x: &crate::field::Field) { crate::field::Field::around(x) }",
        "fn f(x: &crate::field::Field) { crate::field::Field::stacked(x) }",
    );
    becomes(
        "impl crate::field::Field for X { fn around(&self) {} }",
        "impl crate::field::Field for X { fn stacked(&self) {} }",
    );
    let (after, remarks) = rewritten(
        "use crate::field::Field;\nfn f() {\n    make().around(1);\n    html! { (a.around(2)) }\n}\nfn g(_: Field) {}",
    );
    assert!(after.contains("make().around(1)") && after.contains("a.around(2)"));
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert_eq!(remarks[0], "3: if `.around(…)` is that of `Field`, it is `.stacked(…)` now");
    stays("fn f(x: Other) { x.around(1); y().around(2) }");
}

#[test]
fn a_call_gets_its_new_arguments_once() {
    becomes(
        "use crate::mails::send;\nfn f() { send( a(1, 2), \"x, y\" ); }",
        "use crate::mails::send;\nfn f() { send(a(1, 2), None, \"x, y\"); }",
    );
    becomes(
        "fn f() { crate::mails::send(crate::mails::send(1, 2), web::edge::complain(3)) }",
        "fn f() { crate::mails::send(crate::mails::send(1, None, 2), None, web::middleware::report(3)) }",
    );
    stays("fn f() { crate::mails::send(1, None, 2) }");
    let (after, remarks) =
        rewritten("use crate::mails::send;\nfn f() {\n    send(1, /* why */ 2);\n    send(1);\n    map(send);\n}");
    assert!(after.contains("send(1, /* why */ 2);\n    send(1);"));
    insta::assert_snapshot!(remarks.join("\n"), @"
    3: `app::mails::send` takes `$to, None, $text` now; there are comments, so it stays
    4: `app::mails::send` takes `$to, None, $text` now
    5: `app::mails::send` takes `$to, None, $text` now
    ");
}

#[test]
fn what_is_in_macros_and_what_is_gone_is_remarked_on_by_line() {
    let (after, remarks) = rewritten(
        "use crate::csrf::Token;\nfn f() {\n    html! { (web::edge::complain()) (crate::error::Error::Taken) }\n    crate::csrf::check();\n}",
    );
    assert!(after.contains("web::edge::complain()"));
    insta::assert_snapshot!(remarks.join("\n"), @"
    1: `app::csrf::Token` is gone: leave it out
    3: `app::error::Error::Taken` is `app::error::Error::Conflict` now, and macros are not rewritten
    3: `web::edge::complain` is `web::middleware::report` now, and macros are not rewritten
    4: `app::csrf` is gone: leave it out
    ");
}

#[test]
fn what_a_star_may_have_brought_is_remarked_on() {
    let (after, remarks) = rewritten("use web::*;\nfn f(_: Stop) {}\n");
    assert_eq!(after, "use web::*;\nfn f(_: Stop) {}\n");
    assert_eq!(remarks, ["1: if `Stop` comes from this `*`: `web::Stop` is `web::PageError` now"]);
    stays("use web::*;\nuse other::Stop;\nfn f(_: Stop) {}\n");
}

#[test]
fn a_name_that_a_merge_took_the_import_of_keeps_its_meaning() {
    let before = "use web::{A, Stop};\nfn f(_: A, _: Stop) {}\nfn mine(_: Stop) {}\n";
    let merged_text = "use web::{A, PageError};\nfn f(_: A, _: PageError) {}\nfn mine(_: Stop) {}\n";
    let (after, _) = merged(before, merged_text);
    assert_eq!(after, "use web::{A, PageError};\nfn f(_: A, _: PageError) {}\nfn mine(_: PageError) {}\n");
    let (after, _) = merged(before, "use web::A;\nfn mine(_: Stop) {}\n");
    assert_eq!(after, "use web::A;\nfn mine(_: web::PageError) {}\n");
}

#[test]
fn line_ends_byte_order_marks_and_shebangs_stay() {
    becomes(
        "\u{feff}use web::Stop;\r\nfn f(_: Stop) {}\r\n",
        "\u{feff}use web::PageError;\r\nfn f(_: PageError) {}\r\n",
    );
    becomes(
        "#!/usr/bin/env run\nfn f(_: web::Stop) {} // é\n",
        "#!/usr/bin/env run\nfn f(_: web::PageError) {} // é\n",
    );
    becomes("#![allow(x)]\n/* é */ fn f(_: web::Stop) {}", "#![allow(x)]\n/* é */ fn f(_: web::PageError) {}");
    becomes(
        "use web::{A, edge::complain};\r\nfn f() { complain() }\r\n",
        "use web::{A, middleware::report};\r\nfn f() { report() }\r\n",
    );
}

#[test]
fn what_is_no_rust_or_no_text_stays_whole() {
    let (after, remarks) = rewritten("fn f( { web::Stop");
    assert_eq!(after, "fn f( { web::Stop");
    assert_eq!(remarks, ["0: cannot be read as Rust, so names that version 1.2.0 changed stay"]);
    let path = TreePath::parse("src/x.rs").expect("a path");
    let binary = Tree::from([(path, File::new(b"use web::Stop; // \xff".to_vec()))]);
    assert_eq!(rewrite(&binary, &binary, |_| true, &rules()), Rewritten::default());
}

#[test]
fn a_file_is_a_module_of_the_package_that_it_lies_in() {
    let project = tree(&[
        ("Cargo.toml", "[package]\nname = \"my-app\"\n[lib]\nname = \"app\"\n"),
        ("src/lib.rs", ""),
        ("stack/web/Cargo.toml", "[package]\nname = \"stack-web\"\n"),
    ]);
    let packages = packages::Packages::of(&project);
    let module = |path: &str| packages.module(&TreePath::parse(path).expect("a path")).join("::");
    assert_eq!(module("src/lib.rs"), "app");
    assert_eq!(module("src/pages/mod.rs"), "app::pages");
    assert_eq!(module("src/pages/home.rs"), "app::pages::home");
    assert_eq!(module("stack/web/src/a/b.rs"), "stack_web::a::b");
    for program in ["src/main.rs", "src/bin/x.rs", "tests/app/main.rs", "build.rs", "stack/web/tests/x.rs"] {
        assert_eq!(module(program), "", "{program}");
    }
}

#[test]
fn rules_that_would_never_end_are_refused() {
    let texts = [
        "[[path]]\nfrom = 'a::b'\nto = 'a::b::c'",
        "[[path]]\nfrom = 'a::b'\nto = 'a::c'\n[[path]]\nfrom = 'a::c'\nto = 'a::d'",
        "[[path]]\nfrom = 'crate::b'\nto = 'a::c'",
        "[[call]]\npath = 'a::b'\nfrom = ['x', 'y']\nto = '$y, $x'",
        "[[call]]\npath = 'a::b'\nfrom = ['x']\nto = '$x, $y'",
        "[[call]]\npath = 'a::b'\nfrom = ['x']\nto = '$x, ('",
        "[[method]]\ntype = 'a::B'\nfrom = 'x y'\nto = 'z'",
    ];
    let errors = texts.map(|text| Codemods::parse("1.0.0", text).expect_err(text).to_string());
    insta::assert_snapshot!(errors.join("\n"), @"
    the codemods of version 1.0.0 rewrite to `a::b::c`, and rewrite `a::b` themselves
    the codemods of version 1.0.0 rewrite to `a::c`, and rewrite `a::c` themselves
    the codemods of version 1.0.0 cannot be read
    the codemods of version 1.0.0 give `a::b` as many arguments as before
    the codemods of version 1.0.0 use `$y`, which `from` does not name
    the codemods of version 1.0.0 give `a::b` arguments that are no Rust
    the codemods of version 1.0.0 rename the method `x y` to `z`, and cannot
    ");
}

mod random {
    use proptest::prelude::*;

    use super::*;

    /// Items that know each other's names, in any order.
    const ITEMS: [&str; 18] = [
        "use web::Stop;",
        "use web::{A, Stop};",
        "use web::edge;",
        "use web::edge::{self, complain};",
        "use web::{edge::complain, A};",
        "use crate::random;",
        "use crate::{random::bytes, error::Error};",
        "pub use web::Stop as S;",
        "fn f(_: Stop) -> web::Stop { Stop::new() }",
        "fn g() { edge::complain(); complain(random::bytes()) }",
        "fn h(e: Error) { let Stop = Error::Taken; crate::error::Error::Taken }",
        "mod m { use super::*; fn f(_: Stop) { edge::x() } }",
        "mod n { use web::Stop; struct PageError; fn f(_: Stop) {} }",
        "fn i() { html! { (Stop) (edge::complain()) } }",
        "fn j() { crate::mails::send(crate::mails::send(1, 2), Stop) }",
        "fn k(field: &crate::field::Field) { field.around(|| field.around(1)) }",
        "struct Stop;",
        "fn l() { use web::Stop; fn m(_: Stop) {} { Stop } }",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn a_second_run_changes_nothing_and_rust_stays_rust(
            items in proptest::collection::vec(0..ITEMS.len(), 0..8),
            older in proptest::collection::vec(0..ITEMS.len(), 0..4),
            windows in any::<bool>(),
        ) {
            let newline = if windows { "\r\n" } else { "\n" };
            let text = |items: &[usize]| items.iter().map(|item| format!("{}{newline}", ITEMS[*item])).collect::<String>();
            let (before, text) = (text(&older), text(&items));
            let (after, remarks) = once(&before, &text);
            prop_assert!(source::Source::parse(&after).is_some(), "no Rust any more:\n{}", after);
            let (again, same) = once(&before, &after);
            prop_assert_eq!(&again, &after, "from:\n{}", text);
            prop_assert!(same.iter().all(|remark| remarks.contains(remark)), "{:?} of {:?}", same, remarks);
            for gone in ["web::edge", "crate::random", "error::Error::Taken"] {
                let rest: String = after.lines().filter(|line| !line.contains("html!")).collect();
                prop_assert!(!rest.contains(gone), "{} in:\n{}", gone, after);
            }
        }
    }
}
