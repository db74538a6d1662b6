use super::*;
use crate::tree::tests::tree;

const MANIFEST_TEXT: &str = "\
[template]
fmt = false
exclude = ['*.svg']
[placeholders.title]
prompt = 'Title'
default = ''
[placeholders.pgvector]
type = 'bool'
prompt = 'pgvector: vectors'
default = false
[conditional.'!pgvector']
ignore = ['vector']
[heavy]
subfolder = 'template'
";

fn findings(manifest: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let mut root: Tree = files
        .iter()
        .map(|(path, text)| {
            (TreePath::parse(&format!("template/{path}")).expect("a path"), crate::tree::File::new(*text))
        })
        .collect();
    root.extend(tree(&[("cargo-generate.toml", manifest), ("template/vector/x", "{{ title }}")]));
    lint(&root)
}

fn shown(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| {
        let Finding { path, line, rule, message, mend } = finding;
        format!("{path}:{line}: {rule}: {message} -> {mend}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What the lint says to each of these texts.
fn texts(texts: &[&str]) -> String {
    texts.iter().map(|text| shown(&findings(MANIFEST_TEXT, &[("file", text)]))).collect::<Vec<_>>().join("\n")
}

fn manifest(from: &str, to: &str) -> String {
    assert!(MANIFEST_TEXT.contains(from), "{from}");
    shown(&findings(&MANIFEST_TEXT.replace(from, to), &[]))
}

#[test]
fn the_dialect_is_accepted() {
    let text = "\
{% if pgvector -%}
first
{%- endif %}
{{crate_name}} {{ title | kebab_case | title_case }} {{ \"{{\" }} ${VAR} {:#?} ${#a[@]} }} %}
{%- if pgvector and title == \"x\" %}
  {%- if crate_name > \"a\" and crate_name < \"b\" %}
  inner
  {%- endif %}
{%- else %}
other
{%- endif %}
{%- if false %} a comment {% endif %}
{% raw %}${{ matrix.os }} {{ x }}{% endraw %}
{% raw %} {# no comment #} {% endraw %}
\ttabbed text\r
";
    assert_eq!(texts(&[text]), "");
}

#[test]
fn names() {
    insta::assert_snapshot!(texts(&["{{ project-name }}", "{{ true }}"]), @"
    template/file:1: names: `project-name` is a subtraction in minijinja -> write `{{ crate_name | kebab_case }}`
    template/file:1: names: a tag prints a placeholder -> write the word without braces
    ");
    insta::assert_snapshot!(manifest("[placeholders.title]", "[placeholders.title2]\nprompt=''\n[placeholders.true_name]\nprompt=''\n[placeholders.not]\nprompt=''\n[placeholders.title]"), @"
    cargo-generate.toml:4: declared: `title2` is asked for and used nowhere -> use it, or remove the question
    cargo-generate.toml:4: names: the name `title2` is not made of a to z and `_` -> use snake case: a hyphen is a subtraction in minijinja
    cargo-generate.toml:6: declared: `true_name` is asked for and used nowhere -> use it, or remove the question
    cargo-generate.toml:6: names: the name `true_name` starts with `true`, which Liquid reads as a value -> choose another first word
    cargo-generate.toml:8: declared: `not` is asked for and used nowhere -> use it, or remove the question
    cargo-generate.toml:8: names: the name `not` is a word of the template languages -> choose another name
    ");
}

#[test]
fn filters() {
    insta::assert_snapshot!(texts(&["{{ title | snakecase }}", "{{ title | upper }}", "{{ title | truncate: 3 }}", "{{ title ~ title }}", "{{ pgvector | snake_case }}"]), @"
    template/file:1: filters: `snakecase` is no filter of both engines -> did you mean `snake_case`?
    template/file:1: filters: `upper` is no filter of both engines -> there are `kebab_case`, `lower_camel_case`, `pascal_case`, `shouty_kebab_case`, `shouty_snake_case`, `snake_case`, `title_case` and `upper_camel_case`
    template/file:1: filters: `truncate` is no filter of both engines -> there are `kebab_case`, `lower_camel_case`, `pascal_case`, `shouty_kebab_case`, `shouty_snake_case`, `snake_case`, `title_case` and `upper_camel_case`
    template/file:1: filters: a filter takes no arguments -> write `{{ name | filter }}`
    template/file:1: filters: `title ~ title` is more than a name and filters -> write `{{ name | filter }}`; the engines agree on nothing else
    template/file:1: filters: `pgvector` is true or false, and filters change texts -> write `{{ pgvector }}`
    ");
}

#[test]
fn conditions() {
    insta::assert_snapshot!(texts(&[
        "a\n{%- if not pgvector %}\n{%- endif %}",
        "a\n{%- if (pgvector) %}\n{%- endif %}",
        "a\n{%- if pgvector and pgvector or pgvector %}\n{%- endif %}",
        "a\n{%- if title %}\n{%- endif %}",
        "a\n{%- if title == true %}\n{%- endif %}",
        "a\n{%- if pgvector == \"x\" %}\n{%- endif %}",
        "a\n{%- if title contains \"x\" %}\n{%- endif %}",
        "a\n{%- if %}\n{%- endif %}",
        "a\n{%- elsif title %}",
        "a\n{%- unless pgvector %}",
        "a\n{%- set x = 1 %}",
        "a\n{%- if pgvector %}\n{%- else %}\n{%- else %}\n{%- endif %}\n{%- endif %}\n",
        "a\n{%- if pgvector %}",
    ]), @r#"
    template/file:2: conditions: Liquid has no `not` -> write `flag == false`
    template/file:2: conditions: Liquid has no parentheses -> nest one `if` in another
    template/file:2: conditions: `and` and `or` bind differently in the two engines -> nest one `if` in another
    template/file:2: conditions: `title` is a text, and an empty text is true in Liquid -> compare it: `title == "x"`
    template/file:2: conditions: `title` is a text, neither true nor false -> compare it: `title == "x"`
    template/file:2: conditions: `pgvector` is true or false, no text -> write `pgvector` or `pgvector == false`
    template/file:2: conditions: the engines look into a text differently -> compare with `==`
    template/file:2: conditions: `if` is no condition of both engines -> write `flag`, `flag == false`, `text == "x"`, joined by `and` or by `or`
    template/file:2: conditions: the engines spell `else if` differently -> put an `if` into the `else`
    template/file:2: conditions: `unless` is Liquid's alone -> write `if flag == false`
    template/file:2: conditions: `set` is no tag of both engines -> use `if`, `else` and `endif` alone
    template/file:4: conditions: an `else` without its `if` -> give each `if` one `else` at most
    template/file:6: conditions: an `endif` without its `if` -> remove it
    template/file:2: conditions: an `if` without its `endif` -> add `{%- endif %}` on a line of its own
    "#);
}

#[test]
fn white_space() {
    insta::assert_snapshot!(texts(&[
        "a {%- if pgvector %} b {%- endif %}",
        "a\n{% if pgvector %}\n{%- endif %}",
        "a\n{%- if pgvector -%}\n{%- endif %}",
        "{%- if pgvector %}\n{%- endif %}",
        "a\n\t{%- if pgvector %}\n{%- endif %}",
        "{{\ttitle }}",
        "{{- title }}",
        "a\n{%- if\npgvector %}\n{%- endif %}",
    ]), @"
    template/file:1: white-space: `endif` shares its line -> put the tag on a line of its own
    template/file:1: white-space: `if pgvector` shares its line -> put the tag on a line of its own
    template/file:2: white-space: `if pgvector` leaves or eats a line that it should not -> write `{%- if pgvector %}`
    template/file:2: white-space: `if pgvector` leaves or eats a line that it should not -> write `{%- if pgvector %}`
    template/file:1: white-space: an `if` at the start of a file leaves an empty line -> write `{% if pgvector -%}`
    template/file:2: white-space: a tab or another uncommon space in or beside a tag -> use spaces there: Liquid does not take a tab for white space
    template/file:1: white-space: a tab or another uncommon space in or beside a tag -> use spaces there: Liquid does not take a tab for white space
    template/file:1: white-space: a dash eats the white space around a value -> write `{{ name }}`
    template/file:2: white-space: a tag reaches over its line -> write it on one line
    ");
}

#[test]
fn comments() {
    insta::assert_snapshot!(texts(&["{# no #}", "a\n{%- comment %}\n{%- endcomment %}"]), @"
    template/file:1: comments: `{# … #}` is plain text, and would stand in the project -> write `{%- if false %} … {% endif %}`
    template/file:2: comments: `comment` is Liquid's alone -> write `{%- if false %} … {% endif %}`
    template/file:3: comments: `comment` is Liquid's alone -> write `{%- if false %} … {% endif %}`
    ");
}

#[test]
fn braces() {
    insta::assert_snapshot!(texts(&["{{", "{{ }}", "{{ \"\\n\" }}", "{{ .Values }}", "{%- raw %}{% endraw %}", "{% %}"]), @r#"
    template/file:1: braces: a tag does not end -> write literal braces as `{{ "{{" }}`, or between `{% raw %}` and `{% endraw %}`
    template/file:1: braces: `{{ }}` is empty -> write literal braces as `{{ "{{" }}`
    template/file:1: braces: a backslash is an escape in minijinja, and plain text in Liquid -> write it outside of tags
    template/file:1: braces: `{{` is followed by `.`, which starts no value -> write literal braces as `{{ "{{" }}`
    template/file:1: braces: white space around a raw block differs between the engines -> write `{% raw %}` and `{% endraw %}`
    template/file:1: braces: `{%` starts no tag -> write it between `{% raw %}` and `{% endraw %}`
    "#);
}

#[test]
fn clashes() {
    let rust = [("src/main.rs", "fn main() {\n    println!(\"{{title}}\");\n}\n")];
    insta::assert_snapshot!(shown(&findings(MANIFEST_TEXT, &rust)), @"template/src/main.rs:2: clashes: `{{title}}` in a format string is a literal brace to Rust, and would be rendered -> put the braces between `{% raw %}` and `{% endraw %}`, or keep them out of the format string");
}

#[test]
fn verbatim() {
    let mut root = tree(&[
        ("cargo-generate.toml", MANIFEST_TEXT),
        ("template/vector/x", "{{ title }}"),
        ("template/zero", "a\0b"),
    ]);
    root.insert(TreePath::parse("template/logo.png").expect("a path"), crate::tree::File::new([0xff, 0xd8]));
    insta::assert_snapshot!(shown(&lint(&root)), @"
    template/logo.png:0: verbatim: the file is not text in UTF-8 -> list it under `exclude` in `cargo-generate.toml`
    template/zero:0: verbatim: the file is binary -> list it under `exclude` in `cargo-generate.toml`
    ");
    insta::assert_snapshot!(manifest("exclude = ['*.svg']", "include = ['a']"), @"
    cargo-generate.toml:3: verbatim: `include` switches `exclude` off -> list what is copied as it is under `exclude` instead
    cargo-generate.toml:4: declared: `title` is asked for and used nowhere -> use it, or remove the question
    ");
    insta::assert_snapshot!(manifest("'*.svg'", "'{{title}}/x'"), @"cargo-generate.toml:3: verbatim: the pattern `{{title}}/x` has a tag in it, which is not rendered there -> write the path before rendering, or use `*`");
    let folder = MANIFEST_TEXT.replace("'*.svg'", "'static'");
    insta::assert_snapshot!(shown(&findings(&folder, &[("static/{{crate_name}}/x", "")])), @"template/static/{{crate_name}}/x:0: verbatim: the folder `static/{{crate_name}}` is excluded, and its name holds a placeholder -> exclude the files in it (`folder/*`)");
}

#[test]
fn workflows() {
    insta::assert_snapshot!(texts(&["a: ${{ matrix.os }}"]), @"template/file:1: workflows: `${{ matrix.os }}` is a workflow's expression, and would be rendered -> list the file under `exclude`, or write `{% raw %}${{ … }}{% endraw %}`");
}

#[test]
fn ignore() {
    insta::assert_snapshot!(manifest("['vector']", "['vector/*']"), @"cargo-generate.toml:12: ignore: `vector/*` is a pattern, and `ignore` takes paths -> name each file, or the folder that holds them all");
    insta::assert_snapshot!(manifest("['vector']", "['vectors']"), @"cargo-generate.toml:12: ignore: there is no `vectors` to ignore -> name a path as it stands in the template");
    insta::assert_snapshot!(manifest("['vector']", "['vector/x']"), @"cargo-generate.toml:12: ignore: nothing is left in `vector`, and cargo-generate would make it nevertheless -> name `vector` instead of what is in it");
    let features = "[placeholders.load]\ntype = 'bool'\nprompt = 'load: recordings'\ndefault = false\n";
    let lists = "[conditional.'!load']\nignore = ['both/load']\n[heavy]";
    let two = MANIFEST_TEXT
        .replace("['vector']", "['both/vector', 'vector']")
        .replace("[heavy]", &format!("{features}{lists}"));
    let files = [("both/load", "{{ load }}"), ("both/vector", "{{ pgvector }}")];
    insta::assert_snapshot!(shown(&findings(&two, &files)), @"cargo-generate.toml:12: ignore: nothing is left in `both`, and cargo-generate would make it nevertheless -> ignore `both` under a condition of its own, which holds when all of them do");
    let three = format!("{two}[conditional.'!load && !pgvector']\nignore = ['both']\n");
    insta::assert_snapshot!(shown(&findings(&three, &files)), @"");
}

#[test]
fn when() {
    insta::assert_snapshot!(manifest("'!pgvector'", "'!pgvectr'"), @"
    cargo-generate.toml:7: declared: `pgvector` is asked for and used nowhere -> use it, or remove the question
    cargo-generate.toml:11: when: the condition `!pgvectr` names `pgvectr`, which is declared nowhere; cargo-generate takes it for false -> did you mean `pgvector`?
    ");
    insta::assert_snapshot!(manifest("'!pgvector'", "'title'"), @r#"
    cargo-generate.toml:7: declared: `pgvector` is asked for and used nowhere -> use it, or remove the question
    cargo-generate.toml:11: when: the condition `title` is neither true nor false -> write `flag`, `!flag`, `flag && !other` or `text == "x"`
    "#);
    insta::assert_snapshot!(manifest("'!pgvector'", "'pgvector &&'"), @r#"cargo-generate.toml:11: when: the condition `pgvector &&` is neither true nor false -> write `flag`, `!flag`, `flag && !other` or `text == "x"`"#);
}

#[test]
fn file_names() {
    insta::assert_snapshot!(shown(&findings(MANIFEST_TEXT, &[
        ("{{ crate_name }}", ""), ("{{title}}", ""), ("{% if pgvector %}x{% endif %}", ""), ("{{crate_name", ""), ("{{crate_name}}.rs", ""),
    ])), @"
    template/{% if pgvector %}x{% endif %}:0: file-names: the name has a condition in it -> use a plain name, and `[conditional]` in the manifest
    template/{{ crate_name }}:0: file-names: the name has `{{ crate_name }}` in it -> write `{{crate_name}}`, without spaces
    template/{{crate_name:0: file-names: the name has a tag that does not end -> write `{{crate_name}}`, without spaces
    template/{{title}}:0: file-names: the name has `{{title}}` in it -> write `{{crate_name}}`, without spaces
    ");
}

#[test]
fn executable() {
    let mut root = tree(&[("cargo-generate.toml", MANIFEST_TEXT), ("template/vector/x", "{{ title }}")]);
    let file = crate::tree::File { bytes: Vec::new(), executable: true };
    root.insert(TreePath::parse("template/{{crate_name}}.sh").expect("a path"), file);
    insta::assert_snapshot!(shown(&lint(&root)), @"template/{{crate_name}}.sh:0: executable: a rendered file loses its executable bit with its name -> give it a literal name, or list it under `exclude`");
}

#[test]
fn kinds() {
    insta::assert_snapshot!(shown(&findings(MANIFEST_TEXT, &[("a.liquid", ""), ("CACHEDIR.TAG", "")])), @"
    template/CACHEDIR.TAG:0: kinds: cargo-generate leaves out a folder with a `CACHEDIR.TAG` -> remove the file
    template/a.liquid:0: kinds: cargo-generate takes `.liquid` off the name -> give the file its own name
    ");
}

#[test]
fn fmt() {
    insta::assert_snapshot!(manifest("fmt = false", "fmt = true"), @"cargo-generate.toml:1: fmt: cargo-generate would run rustfmt over the project -> set `fmt = false` under `[template]`");
}

#[test]
fn declared() {
    insta::assert_snapshot!(texts(&["a\n{{ titel }}", "a\n{%- if colour %}\n{%- endif %}"]), @"
    template/file:2: declared: `titel` is not declared; cargo-generate would render nothing for it -> did you mean `title`?
    template/file:2: declared: `colour` is not declared; cargo-generate would render nothing for it -> declare it under `[placeholders]`; declared are `crate_name`, `title` and `pgvector`
    ");
    insta::assert_snapshot!(manifest("[placeholders.title]", "[placeholders.unused]\nprompt = ''\n[placeholders.title]"), @"cargo-generate.toml:4: declared: `unused` is asked for and used nowhere -> use it, or remove the question");
    insta::assert_snapshot!(manifest("[heavy]", "[hooks]\npre = ['hooks/gone.rhai']\n[heavy]"), @"cargo-generate.toml:14: declared: the hook `hooks/gone.rhai` is not in the template -> write it, or take it from `[hooks]`");
    insta::assert_snapshot!(manifest("[heavy]", "[heavy"), @"
    cargo-generate.toml:0: declared: `cargo-generate.toml` is malformed -> TOML parse error at line 13, column 7
       |
    13 | [heavy
       |       ^
    unclosed table, expected `]`
    ");
}

#[test]
fn a_hook_that_reads_a_placeholder_uses_it() {
    let manifest =
        MANIFEST_TEXT.replace("[placeholders.title]", "[placeholders.colour]\nprompt = ''\n[placeholders.title]");
    assert_eq!(shown(&findings(&manifest, &[("hooks/a.rhai", "variable::get(\"colour\")")])), "");
}

#[test]
fn questions() {
    insta::assert_snapshot!(manifest("fmt = false", "fmt = false\nsub_templates = ['template']"), @"cargo-generate.toml:3: questions: `sub_templates` makes cargo-generate ask which template is meant, even if there is one -> remove it, and move the folder up in an `init` hook");
}

#[test]
fn an_excluded_file_is_not_looked_into() {
    assert_eq!(shown(&findings(MANIFEST_TEXT, &[("a.svg", "{{ nothing")])), "");
}

#[test]
fn answers_of_older_versions_lead_to_a_question_that_takes_them() {
    let rules = "\
[heavy.answers.vectors]
renamed = 'pgvectr'
[heavy.answers.colour]
values = { red = 'blue' }
[heavy.answers.postgres]
renamed = 'old'
values = { pg = 'true', yes = 'yes' }
[heavy.answers.old]
renamed = 'pgvector'
[heavy.answers.pgvector]
before = { version = '99', value = 'often' }
[heavy]
version = '1.0.0'
";
    insta::assert_snapshot!(manifest("[heavy]\n", rules), @"
    cargo-generate.toml:13: answers: old answers to `vectors` go to `pgvectr`, which the template does not ask for -> did you mean `pgvector`?
    cargo-generate.toml:15: answers: old answers to `colour` go to `colour`, which the template does not ask for -> the template asks for `title` and `pgvector`
    cargo-generate.toml:17: answers: what `yes` becomes does not do: `pgvector` takes `true` or `false`, not `yes` -> map it to a value that is accepted
    cargo-generate.toml:22: answers: `before` names `99`, which is no version up to `1.0.0` -> name the first version that asks the question
    cargo-generate.toml:22: answers: the answer of `before` does not do: `pgvector` takes `true` or `false`, not `often` -> map it to a value that is accepted
    ");
}

#[test]
fn patterns_of_once_files_and_sentences_are_checked() {
    let text = format!(
        "{MANIFEST_TEXT}once = ['{{{{crate_name}}}}/*.sql']\n[heavy.rename]\n\
         outside = ['the `{{{{crate_nam}}}}`', '{{% if pgvector %}}', '{{{{crate_name', '{{% if pgvector %}}x{{% endif %}}']\n"
    );
    insta::assert_snapshot!(shown(&findings(&text, &[])), @"
    cargo-generate.toml:15: once-and-rename: the pattern `{{crate_name}}/*.sql` has a tag in it, which is not rendered there -> write `*` in its place
    cargo-generate.toml:17: once-and-rename: `[heavy.rename] outside`, line 1 cannot be rendered: unexpected end of input, expected end of block -> correct the tag
    cargo-generate.toml:17: once-and-rename: `[heavy.rename] outside`, line 1, uses `crate_nam`, which the template does not declare -> did you mean `crate_name`?
    cargo-generate.toml:17: once-and-rename: a tag in `[heavy.rename] outside`, line 1, does not end -> correct the tag
    ");
}

#[test]
fn notes_are_called_after_versions_and_name_what_there_is() {
    let manifest = MANIFEST_TEXT.replace("[heavy]", "[heavy]\nversion = '1.2.0'");
    let good = "+++\ntitle = 'new'\n[sections.Vectors]\nfeatures = ['pgvector']\n+++\n## Vectors\n";
    let with = |notes: &[(&str, &str)]| {
        let mut root = tree(&[("cargo-generate.toml", &manifest), ("template/vector/x", "{{ title }}")]);
        root.extend(tree(notes));
        shown(&lint(&root))
    };
    assert_eq!(with(&[("notes/1.2.0.md", good), ("notes/1.0.0.md", good)]), "");
    let bad = good.replace("['pgvector']", "['pgvektor']");
    insta::assert_snapshot!(
        with(&[
            ("notes/1.0.0.md", &bad),
            ("notes/1.1.0.md", "no front matter"),
            ("notes/1.3.0.md", good),
            ("notes/next.md", good),
            ("notes/1.2.0.toml", "[[path]]\nfrom = 'a::b'\nto = 'a::b::c'"),
            ("template/docs/UPGRADING.md", "x"),
        ]),
        @"
    cargo-generate.toml:14: notes: `notes/` has notes, and none for version 1.2.0 -> write `notes/1.2.0.md`
    notes/1.0.0.md:0: notes: names the feature `pgvektor`, which the template does not have -> did you mean `pgvector`?
    notes/1.1.0.md:0: notes: the note of version 1.1.0 has no front matter -> begin with `+++`, `title = \"…\"`, `+++`
    notes/1.2.0.toml:0: notes: the codemods of version 1.2.0 rewrite to `a::b::c`, and rewrite `a::b` themselves -> one rule for each name: from the oldest to the newest
    notes/1.3.0.md:0: notes: is about version 1.3.0, and the template is at 1.2.0 -> raise `version` in the manifest, or give it the version that is next
    notes/next.md:0: notes: is called after no version, so nobody is shown it -> call it after its version: `1.2.0.md`
    template/docs/UPGRADING.md:0: notes: projects keep the notes of versions in this file, so it is theirs -> give the template's page another name
    "
    );
}

#[test]
fn notes_in_the_project_tree_are_left_out_by_both_engines() {
    let findings = |template: &str| {
        let text = format!("[template]\nfmt = false\n{template}\n[heavy]\nversion = '1.0.0'\nnotes = 'notes'\n");
        shown(&lint(&tree(&[("cargo-generate.toml", &text), ("notes/1.0.0.md", "+++\ntitle = 'x'\n+++\n")])))
    };
    assert_eq!(findings("ignore = ['notes']"), "");
    assert!(findings("").contains("would put `notes/` into every project"), "{}", findings(""));
}
