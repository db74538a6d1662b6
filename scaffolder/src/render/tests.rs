use std::collections::BTreeMap;

use super::*;
use crate::hooks::NoHost;
use crate::tree::tests::tree;

const QUESTIONS: &str = "
[placeholders.title]
prompt = 'Title'
default = 'My App'
[placeholders.pgvector]
type = 'bool'
prompt = 'pgvector: vectors'
default = false
";

fn rendered_with(manifest: &str, files: &[(&str, &str)], given: &[(&str, Value)]) -> Result<Rendered> {
    let mut root = tree(files);
    root.extend(tree(&[("cargo-generate.toml", &format!("{manifest}\n{QUESTIONS}"))]));
    let template = Template::from_tree(root)?;
    let given: BTreeMap<_, _> = given.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let answers = Answers::new(ProjectName::parse("my-app")?, &template.manifest, given)?;
    render(&template, &answers, &mut NoHost)
}

fn rendered(manifest: &str, files: &[(&str, &str)]) -> Tree {
    rendered_with(manifest, files, &[]).expect("a project").tree
}

fn refused(manifest: &str, files: &[(&str, &str)]) -> String {
    let error = rendered_with(manifest, files, &[]).expect_err("a refusal");
    let causes = error.causes.iter().map(|cause| format!("\ncaused by: {cause}"));
    let hints = error.hints.iter().map(|hint| format!("\nhint: {hint}"));
    format!("{:?}: {error}{}", error.kind, causes.chain(hints).collect::<String>())
}

fn content(text: &str) -> String {
    let tree = rendered("", &[("file", text)]);
    String::from_utf8(tree.into_values().next().expect("a file").bytes).expect("text")
}

#[test]
fn placeholders_filters_and_conditions_are_rendered() {
    assert_eq!(content("{{crate_name}} {{ title }} {{ crate_name | shouty_kebab_case }}"), "my_app My App MY-APP");
    assert_eq!(content("a\n{%- if pgvector %}\nb\n{%- else %}\nc\n{%- endif %}\nd\n"), "a\nc\nd\n");
    assert_eq!(content("{{ pgvector }}"), "false");
    assert_eq!(content("{%- if false %}\nno\n{% endif %}"), "");
}

#[test]
fn names_compare_as_texts() {
    assert_eq!(content("{% if crate_name > \"mio\" and crate_name < \"my_app0\" %}here{% endif %}"), "here");
    assert_eq!(content("{% if crate_name > \"my_app\" %}here{% endif %}"), "");
}

#[test]
fn what_liquid_takes_for_text_is_text() {
    for text in ["${#a[@]} {# no comment #}\n", "a}} %}", "${VAR} {:#?} \r\n\r\n", "<b>&\"\n\n"] {
        assert_eq!(content(text), text);
    }
    assert_eq!(content("{% raw %}${{ a }}{% endraw %}{{ \"{{\" }}"), "${{ a }}{{");
}

#[test]
fn ignored_paths_are_left_out_and_excluded_ones_copied() {
    let manifest = "
        [template]\nignore = ['gone', 'one/file']\nexclude = ['*.svg']
        [conditional.'!pgvector']\nignore = ['src/vector']\nexclude = ['raw/']
        [conditional.'pgvector']\nignore = ['kept']";
    let tree_ = rendered(
        manifest,
        &[
            ("a.svg", "{{ x }}"),
            ("gone/a", ""),
            ("goner", ""),
            ("kept", ""),
            ("one/file", ""),
            ("raw/b", "{{ title }}"),
            ("src/vector/a", ""),
        ],
    );
    assert_eq!(tree_, tree(&[("a.svg", "{{ x }}"), ("goner", ""), ("kept", ""), ("raw/b", "{{ title }}")]));
}

#[test]
fn include_switches_exclude_off() {
    let tree_ = rendered("[template]\ninclude = ['a']\nexclude = ['a']", &[("a", "{{title}}"), ("b", "{{title}}")]);
    assert_eq!(tree_, tree(&[("a", "My App"), ("b", "{{title}}")]));
}

#[test]
fn names_of_files_are_rendered_too() {
    let tree_ = rendered("", &[("{{crate_name}}/{{crate_name}}.md", "x")]);
    assert_eq!(tree_, tree(&[("my_app/my_app.md", "x")]));
}

#[test]
fn the_executable_bit_stays_unless_the_name_is_rendered() {
    let mut template =
        Template::from_tree(tree(&[("cargo-generate.toml", ""), ("run", ""), ("{{crate_name}}.sh", "")])).expect("one");
    template.files.values_mut().for_each(|file| file.executable = true);
    let answers =
        Answers::new(ProjectName::parse("a").expect("a name"), &template.manifest, BTreeMap::new()).expect("none");
    let tree = render(&template, &answers, &mut NoHost).expect("a project").tree;
    let bits: Vec<_> = tree.iter().map(|(path, file)| (path.as_str(), file.executable)).collect();
    assert_eq!(bits, [("a.sh", false), ("run", true)]);
}

#[test]
fn a_placeholder_that_nothing_declares_is_an_error_with_file_line_and_nearest_name() {
    insta::assert_snapshot!(refused("", &[("src/a.rs", "\n\n{{ titel }}")]), @"
    Template: `src/a.rs`, line 3, uses `titel`, which the template does not declare
    hint: did you mean `title`?
    ");
    insta::assert_snapshot!(refused("", &[("a", "{{ project-name }}")]), @"
    Template: `a`, line 1, uses `project-name`, which the template does not declare
    hint: write `{{ crate_name | kebab_case }}`
    ");
    insta::assert_snapshot!(refused("", &[("a", "{% if colour %}{% endif %}")]), @"
    Template: `a`, line 1, uses `colour`, which the template does not declare
    hint: it declares `crate_name`, `crate_type`, `is_init`, `pgvector`, `title` and `within_cargo_project`
    ");
}

#[test]
fn a_file_that_is_not_text_is_an_error_that_names_the_mend() {
    let mut root = tree(&[("cargo-generate.toml", "")]);
    root.insert(TreePath::parse("logo.png").expect("a path"), File::new([0x89, 0x50, 0xff]));
    let template = Template::from_tree(root).expect("a template");
    let answers =
        Answers::new(ProjectName::parse("a").expect("a name"), &template.manifest, BTreeMap::new()).expect("none");
    let error = render(&template, &answers, &mut NoHost).expect_err("a refusal");
    insta::assert_snapshot!(format!("{error}\nhint: {}", error.hints[0]), @"
    the template's file `logo.png` is not text in UTF-8 (byte 0)
    hint: list it under `exclude` in `cargo-generate.toml`, so that it is copied as it is
    ");
}

#[test]
fn a_tag_that_does_not_end_is_an_error_with_its_line() {
    insta::assert_snapshot!(refused("", &[("a", "\n{% if pgvector")]), @"Template: a tag in `a`, line 2, does not end");
    insta::assert_snapshot!(refused("", &[("a", "\n{% if pgvector %}")]), @"
    Template: `a`, line 2 cannot be rendered: unexpected end of input, expected end of block
    hint: run `heavy template lint` on the template
    ");
}

#[test]
fn a_condition_that_is_neither_true_nor_false_is_an_error() {
    insta::assert_snapshot!(refused("[conditional.'pgvectr']", &[]), @"
    Template: the condition `pgvectr` in `cargo-generate.toml` names `pgvectr`, which is declared nowhere
    hint: did you mean `pgvector`?
    ");
    insta::assert_snapshot!(refused("[conditional.'title']", &[]), @"
    Template: the condition `title` is neither true nor false
    caused by: Output type incorrect: string (expecting bool)
    ");
    insta::assert_snapshot!(refused("[conditional.'pgvector &&']", &[]), @"
    Template: the condition `pgvector &&` is neither true nor false
    caused by: Syntax error: Script is incomplete (line 1, position 12)
    ");
    insta::assert_snapshot!(refused("[conditional.'false && colour']", &[]), @"
    Template: the condition `false && colour` in `cargo-generate.toml` names `colour`, which is declared nowhere
    hint: declared are `crate_name`, `crate_type`, `is_init`, `pgvector`, `title` and `within_cargo_project`
    ");
}

#[test]
fn a_path_that_leaves_the_project_cannot_be_rendered() {
    for title in ["..", "a/b", "", "con", "C:x", ".git", "a\\..\\b", "x\u{7}"] {
        let given = [("title", Value::Text(title.to_owned()))];
        let error = rendered_with("", &[("{{title}}/file", "")], &given).expect_err("a refusal");
        assert_eq!(error.kind, crate::error::Kind::Template, "{title}");
    }
}

#[test]
fn two_files_at_one_place_are_an_error() {
    insta::assert_snapshot!(refused("", &[("my_app", ""), ("{{crate_name}}", "")]), @"Template: two files of the template become `my_app`");
    insta::assert_snapshot!(refused("", &[("Readme.md", ""), ("README.md", "")]), @"Template: `README.md` and `Readme.md` are one place where upper and lower case are the same");
    insta::assert_snapshot!(refused("", &[("a/b", ""), ("A/c", "")]), @"Template: `A` and `a` are one place where upper and lower case are the same");
    insta::assert_snapshot!(refused("", &[("my_app/x", ""), ("{{crate_name}}", "")]), @"Template: the project would have a file and a folder at `my_app`");
}

#[test]
fn hooks_run_around_rendering_and_are_gone_afterwards() {
    let manifest = "[hooks]\ninit = ['hooks/init.rhai']\npre = ['hooks/pre.rhai']\npost = ['hooks/post.rhai']";
    let rendered = rendered_with(
        manifest,
        &[
            ("hooks/init.rhai", "print(variable::get(\"project-name\")); file::write(\"made\", \"{{ title }}\")"),
            ("hooks/pre.rhai", "variable::set(\"title\", to_title_case(variable::get(\"crate_name\")) + \"!\")"),
            ("hooks/post.rhai", "if file::exists(\"made\") { \"done\" }"),
        ],
        &[],
    )
    .expect("a project");
    assert_eq!(rendered.tree, tree(&[("made", "My App!")]));
    assert_eq!(rendered.notes, ["my-app", "done"]);
}

#[test]
fn an_init_hook_may_rename_the_project_but_not_badly() {
    let hooked =
        |script: &str| rendered_with("[hooks]\ninit = ['h.rhai']", &[("h.rhai", script), ("a", "{{crate_name}}")], &[]);
    let tree_ = hooked("variable::set(\"project-name\", \"other-app\")").expect("a project").tree;
    assert_eq!(tree_, tree(&[("a", "other_app")]));
    assert_eq!(
        hooked("variable::set(\"project-name\", \"match\")").expect_err("a refusal").to_string(),
        "the name `match` is a keyword of Rust"
    );
}

#[test]
fn what_was_rendered_before_is_taken_only_where_text_and_values_are_the_same() {
    let before = Renderings::default();
    let text = "{{ title }}{% if pgvector %} with vectors{% endif %}";
    for (text, title, pgvector, wanted) in [
        (text, "A", false, "A"),
        (text, "A", false, "A"),
        (text, "A", true, "A with vectors"),
        (text, "B", true, "B with vectors"),
        ("{{ title }}!", "B", true, "B!"),
        ("{{ title }}!", "B", false, "B!"),
    ] {
        let root = tree(&[("cargo-generate.toml", QUESTIONS), ("file", text)]);
        let template = Template::from_tree(root).expect("a template");
        let given = BTreeMap::from([
            ("title".to_owned(), Value::Text(title.to_owned())),
            ("pgvector".to_owned(), Value::Bool(pgvector)),
        ]);
        let name = ProjectName::parse("a").expect("a name");
        let answers = Answers::new(name, &template.manifest, given).expect("answers");
        let path = TreePath::parse("file").expect("a path");
        let again = render_again(&template, &answers, &mut NoHost, &before).expect("a project");
        assert_eq!(String::from_utf8_lossy(&again.tree[&path].bytes), wanted);
        assert_eq!(again, render(&template, &answers, &mut NoHost).expect("a project"));
    }
    let path = TreePath::parse("file").expect("a path");
    let title = BTreeMap::from([("title".to_owned(), Variable::Text("B".to_owned()))]);
    assert_eq!(before.find(&path, "{{ title }}!", &title).as_deref(), Some("B!"));
    assert_eq!(before.find(&path, "{{ title }}!", &BTreeMap::new()), None);
}
