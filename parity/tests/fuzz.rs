//! Whatever the lint accepts, both engines render to the same bytes.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{at, library};
use heavy_parity::{Form, Wish, by_heavy, differences, write};
use heavy_stack::answers::Value;
use heavy_stack::lint::{lint, rule};
use heavy_stack::tree::{File, Tree};
use proptest::prelude::*;

const MANIFEST: &str = "
[template]
fmt = false
[placeholders.title]
prompt = ''
default = ''
[placeholders.flag]
type = 'bool'
prompt = ''
default = false
[placeholders.other]
type = 'bool'
prompt = ''
default = false
";

/// Pieces of text: most are in the dialect, some beside it, so that the lint has something to refuse.
fn pieces() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "a", "line\n", "\n", "\n\n", "  ", " ", "\t", "\r\n", "é", "\u{a0}", "\u{2028}", "\\", "\"", "'", "-", "#",
        "$", "{", "}", "%", "}}", "%}", "-%}", "{#", "#}", "{# x #}", "${#a[@]}", "${VAR}", "{:#?}", "\u{0b}",
        "\u{0c}",
    ]);
    let output = prop::sample::select(vec![
        "{{crate_name}}",
        "{{ title }}",
        "{{ title | snake_case }}",
        "{{title|shouty_kebab_case}}",
        "{{ crate_name | title_case | pascal_case }}",
        "{{ crate_name | kebab_case }}",
        "{{ title | lower_camel_case }}",
        "{{ title | upper_camel_case }}",
        "{{ title | shouty_snake_case }}",
        "{{ flag }}",
        "{{ \"{{\" }}",
        "{{ '}}' }}",
        "{{ \"{%\" }}",
        "{{ \"it's\" }}",
        "{{ \"x y\" | title_case }}",
        "{{ flag | snake_case }}",
        "{{- title }}",
        "{{ title -}}",
        "{{ nobody }}",
        "{{}}",
        "{{ \"\\n\" }}",
        "{{\ttitle }}",
        "{{  title  }}",
        "{{ 1 }}",
        "{{ title.x }}",
        "{{",
    ]);
    let raw = prop::sample::select(vec![
        "{% raw %}${{ x }}{% endraw %}",
        "{% raw %}{{{% endraw %}",
        "{% raw %}\n {% if x %} \n{% endraw %}",
        "{% raw %}{% endraw %}",
        "{%- raw -%} x {%- endraw -%}",
        "{% raw %} }} {% endraw %}",
        "{% raw %}{% endraw %} x",
        "{% raw %}{% raw %}{% endraw %}",
        "{% raw %}{{ \"{% endraw %}",
        "{% raw %}{% '{% endraw %}",
        "{%- if false %} no {{ title }} {% endif %}",
        "{%- if false %}\n{%- if flag %}x{% else %}y{% endif %}{% endif %}",
    ]);
    prop_oneof![6 => plain, 4 => output, 1 => raw].prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "flag",
        "flag == false",
        "flag == true",
        "flag != true",
        "title == \"\"",
        "title == \"My Title\"",
        "title != 'x'",
        "flag and other",
        "flag or other",
        "flag or other == false",
        "crate_name > \"m\" and crate_name < \"t\"",
        "crate_name >= \"shop\"",
        "crate_name <= 'shop'",
        "title > \"My\"",
        "title",
        "not flag",
        "flag and other or flag",
        "flag == \"true\"",
        "true",
        "false",
        "flag and other and true",
        "title == \"a\\b\"",
        "title < \"é\"",
        "crate_name == title",
        "flag==false",
        "title contains \"M\"",
    ])
    .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    pieces().prop_recursive(4, 40, 6, |inner| {
        let many = || proptest::collection::vec(inner.clone(), 0..6).prop_map(|parts| parts.concat());
        let layout = prop::sample::select(vec![
            ("\n{%- if ", " %}\n", "\n{%- else %}\n", "\n{%- endif %}\n"),
            ("\n  {%- if ", " %}\n", "\n  {%- else %}\n", "\n{%- endif %}\n"),
            ("{% if ", " -%}\n", "\n{%- else %}\n", "\n{%- endif %}\n"),
            ("\n{%- if ", " %}", "{% else %}", "{% endif %}"),
            ("\n{%if ", "%}\n", "\n{%else%}\n", "\n{%endif%}\n"),
            ("\r\n{%- if ", " %}\r\n", "\r\n{%- else %}\r\n", "\r\n{%- endif %}\r\n"),
        ]);
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 0..6).prop_map(|parts| parts.concat()),
            4 => (layout, condition(), many(), proptest::option::of(many())).prop_map(|((open, then, otherwise, end), condition, yes, no)| {
                let no = no.map(|no| format!("{otherwise}{no}")).unwrap_or_default();
                format!("{open}{condition}{then}{yes}{no}{end}")
            }),
        ]
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let name = prop::sample::select(vec!["shop", "my-app", "TinyShop", "z9"]);
    let title =
        prop::sample::select(vec!["", "My Title", "my title", "x", "Größe 9", "  ", "{{ title }}", "a\\b", "true"]);
    (name, title, any::<bool>(), any::<bool>()).prop_map(|(name, title, flag, other)| Wish {
        name: name.to_owned(),
        answers: BTreeMap::from([
            ("title".to_owned(), Value::Text(title.to_owned())),
            ("flag".to_owned(), Value::Bool(flag)),
            ("other".to_owned(), Value::Bool(other)),
        ]),
    })
}

fn repository(texts: &[String]) -> Tree {
    let named = texts.iter().enumerate().map(|(number, text)| (at(&format!("file{number}")), File::new(text.as_str())));
    named.chain([(at("cargo-generate.toml"), File::new(MANIFEST))]).collect()
}

/// The texts without those that the lint refuses; that a placeholder is not used is no matter here.
fn accepted(texts: &[String]) -> Vec<String> {
    let refused: BTreeSet<_> = lint(&repository(texts))
        .into_iter()
        .filter(|finding| finding.rule != rule::DECLARED || finding.path != at("cargo-generate.toml"))
        .map(|finding| finding.path)
        .collect();
    let kept = texts.iter().enumerate().filter(|(number, _)| !refused.contains(&at(&format!("file{number}"))));
    kept.map(|(_, text)| text.clone()).collect()
}

/// One run of cargo-generate renders many texts; `HEAVY_PARITY_CASES` says how many runs.
fn cases() -> u32 {
    std::env::var("HEAVY_PARITY_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_the_lint_accepts_both_engines_render_alike(texts in proptest::collection::vec(text(), 120), wish in wish()) {
        let texts = accepted(&texts);
        let repository = repository(&texts);
        let folder = tempfile::TempDir::new().expect("a folder");
        write(&repository, folder.path()).expect("the repository");
        let heavy = by_heavy(&repository, &wish).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let other = library().generate(folder.path(), Form::Root, &wish).map_err(TestCaseError::fail)?;
        let found = differences(&heavy, &other);
        let sources: Vec<_> = found.iter().filter_map(|line| {
            let number: usize = line.strip_prefix("file")?.split(':').next()?.parse().ok()?;
            Some(format!("{line}\n    from {:?}", texts[number]))
        }).collect();
        prop_assert!(found.is_empty(), "{:?}\n{}", wish, sources.join("\n"));
        prop_assert!(texts.len() > 20, "the lint refuses nearly everything: {} are left", texts.len());
    }
}
