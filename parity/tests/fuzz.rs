//! Whatever the lint accepts, both engines render to the same bytes.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{at, library};
use heavy_parity::{Form, Request, by_heavy, differences, write};
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

/// Text that is no tag.
const PLAIN: [&str; 28] = [
    "a", "line\n", "\n", "\n\n", "  ", " ", "\r\n", "é", "\\", "\"", "'", "-", "#", "$", "{", "}", "%", "}}", "%}",
    "-%}", "{#", "#}", "${#a[@]}", "${VAR}", "{:#?}", "x\ty", "\u{feff}", "---\n",
];

/// Tags of the dialect.
const TAGS: [&str; 22] = [
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
    "{{  title  }}",
    "{% raw %}${{ x }}{% endraw %}",
    "{% raw %}{{{% endraw %}",
    "{% raw %}\n {% if x %} \n{% endraw %}",
    "{% raw %} }} {% endraw %}",
    "{%- if false %} no {{ title }} {% endif %}",
    "{%- if false %}\n{%- if flag %}x{% else %}y{% endif %}{% endif %}",
];

/// What is beside the dialect, or at its edge.
const STRANGE: [&str; 30] = [
    "\t",
    "\u{a0}",
    "\u{2028}",
    "\u{85}",
    "\u{0b}",
    "\u{0c}",
    "{# x #}",
    "{{- title }}",
    "{{ title -}}",
    "{{ nobody }}",
    "{{}}",
    "{{ \"\\n\" }}",
    "{{\ttitle }}",
    "{{ 1 }}",
    "{{ title.x }}",
    "{{",
    "{{ flag | snake_case }}",
    "{%- raw -%} x {%- endraw -%}",
    "{% raw %}{% endraw %}",
    "{% raw %}{% raw %}{% endraw %}",
    "{% raw %}{{ \"{% endraw %}",
    "{% raw %}{% '{% endraw %}",
    "{%raw%}x{%endraw%}",
    "{% raw %}{%- endraw %}",
    "{{ title | nothing }}",
    "{{ title | title_case: 1 }}",
    "{% comment %}x{% endcomment %}",
    "{{ \"a\nb\" }}",
    "{{ title or crate_name }}",
    "{{ 'a' ~ 'b' }}",
];

const CONDITIONS: [&str; 20] = [
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
    "true",
    "false",
    "flag and other and true",
    "title < \"é\"",
    "flag==false",
    "crate_name>\"shop\"",
];

const STRANGE_CONDITIONS: [&str; 8] = [
    "title",
    "not flag",
    "flag and other or flag",
    "flag == \"true\"",
    "title == \"a\\b\"",
    "crate_name == title",
    "title contains \"M\"",
    "flag == nothing",
];

/// `if`, then what follows its condition, `else` and `endif`.
type Layout = (&'static str, &'static str, &'static str, &'static str);

const LAYOUTS: [Layout; 3] = [
    ("\n{%- if ", " %}\n", "\n{%- else %}\n", "\n{%- endif %}\n"),
    ("\n  {%- if ", " %}\n", "\n  {%- else %}\n\n", "\n{%- endif %}\n\n"),
    ("\r\n{%- if ", " %}\r\n", "\r\n{%- else %}\r\n", "\r\n{%- endif %}\r\n"),
];

const STRANGE_LAYOUTS: [Layout; 4] = [
    ("{% if ", " -%}\n", "\n{%- else %}\n", "\n{%- endif %}\n"),
    ("\n{%- if ", " %}", "{% else %}", "{% endif %}"),
    ("\n{%if ", "%}\n", "\n{%else%}\n", "\n{%endif%}\n"),
    ("\n{%-if ", "-%}\n", "\n{%-else-%}\n", "\n{%-endif-%}\n"),
];

/// Any of the usual, and now and then of the strange.
fn some<T: Copy + std::fmt::Debug + 'static>(usual: &[T], strange: &[T], often: u32) -> BoxedStrategy<T> {
    let usual = prop::sample::select(usual.to_vec());
    match often {
        0 => usual.boxed(),
        _ => prop_oneof![12 => usual, often => prop::sample::select(strange.to_vec())].boxed(),
    }
}

fn text_with(strange: u32) -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![3 => some(&PLAIN, &STRANGE, strange), 2 => some(&TAGS, &STRANGE, strange)].prop_map(str::to_owned);
    let body = piece.prop_recursive(4, 40, 6, move |inner| {
        let many = || proptest::collection::vec(inner.clone(), 0..6).prop_map(|parts| parts.concat());
        let layout = some(&LAYOUTS, &STRANGE_LAYOUTS, strange);
        let condition = some(&CONDITIONS, &STRANGE_CONDITIONS, strange);
        let branch = (layout, condition, many(), proptest::option::of(many())).prop_map(
            |((open, then, otherwise, end), condition, yes, no)| {
                let no = no.map(|no| format!("{otherwise}{no}")).unwrap_or_default();
                format!("{open}{condition}{then}{yes}{no}{end}")
            },
        );
        prop_oneof![2 => many(), 3 => branch]
    });
    // A first line that is a condition is written in another way than the others.
    let start =
        prop::sample::select(vec!["", "x", "x\n", "{% if flag -%}\nfirst\n{%- else %}\nsecond\n{%- endif %}\n"]);
    (start, body).prop_map(|(start, body)| format!("{start}{body}"))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![2 => text_with(0), 1 => text_with(1), 1 => text_with(6)]
}

fn request() -> impl Strategy<Value = Request> {
    let name = prop::sample::select(vec!["shop", "my-app", "TinyShop", "z9"]);
    let title =
        prop::sample::select(vec!["", "My Title", "my title", "x", "Größe 9", "a  b ", "{{ title }}", "a\\b", "true"]);
    (name, title, any::<bool>(), any::<bool>()).prop_map(|(name, title, flag, other)| Request {
        name: name.to_owned(),
        answers: BTreeMap::from([
            ("title".to_owned(), Value::Text(title.to_owned())),
            ("flag".to_owned(), Value::Bool(flag)),
            ("other".to_owned(), Value::Bool(other)),
        ]),
    })
}

/// Many texts, of which a failure shows only those that matter.
#[derive(Clone)]
struct Texts(Vec<String>);

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} texts", self.0.len())
    }
}

fn texts() -> impl Strategy<Value = Texts> {
    proptest::collection::vec(text(), 120).prop_map(Texts)
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

/// One run of cargo-generate renders many texts, each too small to need shrinking; `HEAVY_PARITY_CASES` says how many runs.
fn cases() -> u32 {
    std::env::var("HEAVY_PARITY_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_lint_accepts_both_engines_render_alike(texts in texts(), request in request()) {
        let texts = accepted(&texts.0);
        let repository = repository(&texts);
        let folder = tempfile::TempDir::new().expect("a folder");
        write(&repository, folder.path()).expect("the repository");
        let heavy = by_heavy(&repository, &request).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let other = library().generate(folder.path(), Form::Root, &request).map_err(TestCaseError::fail)?;
        let found = differences(&heavy, &other);
        let sources: Vec<_> = found.iter().filter_map(|line| {
            let number: usize = line.strip_prefix("file")?.split(':').next()?.parse().ok()?;
            Some(format!("{line}\n    from {:?}", texts[number]))
        }).collect();
        prop_assert!(found.is_empty(), "{:?}\n{}", request, sources.join("\n"));
        prop_assert!(texts.len() > 30, "the lint refuses nearly everything: {} are left", texts.len());
    }
}
