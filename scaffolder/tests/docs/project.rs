//! What the documentation of a project names is in the project, whatever features it has: commands with their flags, files and
//! links. `AGENTS.md` is read by programs, which believe it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use heavy_stack::answers::{Answers, ProjectName, Value};
use heavy_stack::hooks::NoHost;
use heavy_stack::manifest::combinations;
use heavy_stack::render::render;
use heavy_stack::source::folder;
use heavy_stack::template::Template;
use heavy_stack::tree::{File, Tree};
use regex::Regex;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, Item, Lit, Meta, Token};

use super::{CODE, problem, repository};

/// What a page names and what the project gets later: from its databases, or from its owner.
const LATER: [&str; 2] = ["migrations/0007_yours.sql", "migrations/statistics.json"];

/// The folders of a project that its pages name files in.
const FOLDERS: [&str; 9] = ["docs", "load", "migrations", "schema", "src", "stack", "static", "tests", ".github"];

static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\(([^)#:]+)(?:#[^)]*)?\)").expect("a pattern"));
/// A command up to the end of its span, a comment, or another command.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)(?:^ {4,}|`|&& |^\$ )((?:cargo dev|cargo run|heavy|sample)(?: [^`#\n&;]*)?)").expect("a pattern")
});

/// The template with the content of what is looked at; of other files only the names.
fn template() -> Template {
    let mut tree = folder::read(&repository()).expect("the template");
    for (path, file) in &mut tree {
        let path = path.as_str();
        let is_read = path.ends_with(".md")
            || path.contains("/src/cli")
            || path == "cargo-generate.toml"
            || path.ends_with("heavy.toml")
            || path.contains("hooks/");
        if !is_read {
            *file = File { bytes: Vec::new(), ..file.clone() };
        }
    }
    Template::from_tree(tree).expect("the template")
}

/// The project with the features that `bits` say.
fn project(template: &Template, bits: u64) -> Tree {
    let features = template.manifest.features();
    let chosen = |at: usize| Value::Bool(bits & (1_u64 << at) != 0);
    let given = features.iter().enumerate().map(|(at, feature)| (feature.name.to_owned(), chosen(at))).collect();
    let name = ProjectName::parse("sample").expect("a name");
    let answers = Answers::new(name, &template.manifest, given).expect("answers");
    render(template, &answers, &mut NoHost).expect("a rendering").tree
}

#[test]
fn every_command_file_and_link_that_a_project_names_is_there_with_any_features() {
    let template = template();
    let features = template.manifest.features();
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut commands = 0;
    // A line depends on one feature or on two: with each alone and with all but one, both of its sides are seen.
    let all = features.len();
    let few_or_nearly_all = |bits: &u64| (2..all - 1).all(|count| usize::try_from(bits.count_ones()) != Ok(count));
    for bits in combinations(features.len(), 0).into_iter().filter(few_or_nearly_all) {
        let project = project(&template, bits);
        let paths = paths(&project);
        let dev = CommandLine::read(&project, "stack/dev/src/cli");
        let app = CommandLine::read(&project, "src/cli");
        for (path, file) in project.iter().filter(|(path, _)| path.as_str().ends_with(".md")) {
            let text = String::from_utf8_lossy(&file.bytes);
            let named = COMMAND.captures_iter(&text).map(|found| found[1].trim_end().to_owned());
            let mut problems = Vec::new();
            for typed in named {
                commands += 1;
                let problem = match typed.strip_prefix("cargo dev") {
                    Some(rest) => dev.problem(rest),
                    None if typed.starts_with("heavy") => problem(typed.trim_start_matches("heavy")),
                    None => app.problem(typed.strip_prefix("sample").unwrap_or_else(|| after_dashes(&typed))),
                };
                problems.extend(problem.map(|problem| format!("`{typed}`: {problem}")));
            }
            let folder = path.folders().next().unwrap_or_default();
            let links = LINK.captures_iter(&text).map(|link| normal(&format!("{folder}/{}", &link[1])));
            let plain = path.as_str() == "AGENTS.md";
            problems.extend(names(&text, plain).into_iter().chain(links).filter_map(|name| {
                let is_there = paths.contains(name.trim_end_matches('/')) || LATER.contains(&name.as_str());
                (!is_there).then(|| format!("there is no `{name}`"))
            }));
            let chosen = || {
                let all = features.iter().enumerate().filter(|(at, _)| bits & (1_u64 << *at) != 0);
                all.map(|(_, feature)| feature.name).collect::<Vec<_>>().join(", ")
            };
            for problem in problems {
                // The first of the combinations is enough to find it.
                wrong.entry(format!("{path}: {problem}")).or_insert_with(chosen);
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().map(|(problem, with)| format!("{problem} (with {with})")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(commands > 1000, "commands are found: {commands}");
}

/// Every file and folder, without a `/` at its end.
fn paths(project: &Tree) -> BTreeSet<&str> {
    project.keys().flat_map(|path| path.folders().chain([path.as_str()])).collect()
}

/// The files that a page names between backticks; with `plain`, in the lines of commands too. `schema/*.sql` stands for its folder.
fn names(text: &str, plain: bool) -> Vec<String> {
    let code = CODE.captures_iter(text).map(|code| code[1].to_owned());
    let lines = text.lines().filter(|line| plain && line.starts_with("    ")).map(str::to_owned);
    let words = code.chain(lines).flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words
        .map(|word| word.trim_matches(['\'', '"', ',', ';', '.', '(', ')']).to_owned())
        .filter(|word| word.split_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder)))
        .filter_map(|word| match word.split_once('*') {
            Some((folder, _)) => folder.rsplit_once('/').map(|(folder, _)| folder.to_owned()),
            None => Some(word),
        })
        // `src/pages/…`, `docs/NAME.md`, `src/app.rs:12`.
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)))
        .filter(|word| {
            !word.split(['/', '.']).any(|part| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase()))
        })
        .collect()
}

/// What follows the `--` of `cargo run --release -- migrate`.
fn after_dashes(typed: &str) -> &str {
    typed.split_once(" -- ").map_or("", |(_, rest)| rest)
}

/// A path without `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A command line of a project, as clap derives it from types.
struct CommandLine {
    types: BTreeMap<String, Arguments>,
}

/// A type with arguments, or with subcommands.
#[derive(Clone, Default)]
struct Arguments {
    flags: BTreeSet<String>,
    /// The subcommands that stand in this type itself, each with its own arguments.
    commands: BTreeMap<String, Arguments>,
    /// Types whose arguments and subcommands count as these.
    included: Vec<String>,
    /// Whether what follows is for another program.
    is_open: bool,
}

impl CommandLine {
    fn read(project: &Tree, below: &str) -> Self {
        let mut types = BTreeMap::new();
        for (path, file) in project.iter().filter(|(path, _)| path.as_str().starts_with(below)) {
            let syntax = syn::parse_file(&String::from_utf8_lossy(&file.bytes))
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            for item in &syntax.items {
                match item {
                    Item::Struct(item) => drop(types.insert(item.ident.to_string(), Arguments::of(&item.fields))),
                    Item::Enum(item) => {
                        let mut arguments = Arguments::default();
                        for variant in &item.variants {
                            arguments
                                .commands
                                .insert(kebab(&variant.ident.to_string()), Arguments::of(&variant.fields));
                        }
                        types.insert(item.ident.to_string(), arguments);
                    }
                    _ => {}
                }
            }
        }
        assert!(types.contains_key("Cli"), "{below} has the command line");
        Self { types }
    }

    /// With all that it includes.
    fn whole(&self, arguments: &Arguments) -> Arguments {
        let mut whole = arguments.clone();
        for name in std::mem::take(&mut whole.included) {
            let Some(included) = self.types.get(&name) else { continue };
            let included = self.whole(included);
            whole.flags.extend(included.flags);
            whole.commands.extend(included.commands);
            whole.is_open |= included.is_open;
        }
        whole
    }

    /// What is not known of this command line: a subcommand or a flag.
    fn problem(&self, typed: &str) -> Option<String> {
        let mut arguments = self.whole(&self.types["Cli"]);
        let mut is_first = true;
        for word in typed.split_whitespace() {
            let word = word.trim_start_matches(['[', '(']).trim_end_matches([']', ')', '…', ',', '\\', '|']);
            if let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) {
                let flag = flag.split('=').next().unwrap_or(flag);
                if !arguments.is_open && flag != "help" && flag != "version" && !arguments.flags.contains(flag) {
                    return Some(format!("there is no `--{flag}`"));
                }
            } else if let Some(next) = arguments.commands.get(word) {
                arguments = self.whole(next);
            } else if is_first && word.starts_with(|c: char| c.is_ascii_lowercase()) && !arguments.commands.is_empty() {
                return Some(format!("there is no `{word}`"));
            }
            is_first = false;
        }
        None
    }
}

impl Arguments {
    fn of(fields: &Fields) -> Self {
        let mut arguments = Self::default();
        for field in fields {
            let said = said(&field.attrs);
            let is = |word: &str| said.iter().any(|(name, _)| name == word);
            arguments.is_open |= is("trailing_var_arg");
            match (&field.ident, said.iter().find(|(name, _)| name == "long")) {
                (Some(name), Some((_, long))) => {
                    arguments.flags.insert(long.clone().unwrap_or_else(|| kebab(&name.to_string())));
                }
                (None, _) => arguments.included.extend(innermost(&field.ty)),
                _ if is("flatten") || is("subcommand") => arguments.included.extend(innermost(&field.ty)),
                _ => {}
            }
        }
        arguments
    }
}

/// What `#[arg(…)]` and `#[command(…)]` say: words, some with a text.
fn said(attributes: &[Attribute]) -> Vec<(String, Option<String>)> {
    let lists =
        attributes.iter().filter(|attribute| attribute.path().is_ident("arg") || attribute.path().is_ident("command"));
    let metas =
        lists.filter_map(|list| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()).flatten();
    metas
        .filter_map(|meta| {
            let text = match &meta {
                Meta::NameValue(pair) => match &pair.value {
                    Expr::Lit(literal) => match &literal.lit {
                        Lit::Str(text) => Some(text.value()),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            };
            Some((meta.path().get_ident()?.to_string(), text))
        })
        .collect()
}

/// The name of a type inside of `Option` and `Box`.
fn innermost(kind: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(inner) => inner.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(kind) => innermost(kind),
            _ => None,
        }),
        _ => Some(last.ident.to_string()),
    }
}

/// `BrowserTest` and `no_watch` as they are typed.
fn kebab(name: &str) -> String {
    let mut typed = String::new();
    for c in name.chars() {
        match c {
            '_' => typed.push('-'),
            c if c.is_ascii_uppercase() => {
                if !typed.is_empty() {
                    typed.push('-');
                }
                typed.push(c.to_ascii_lowercase());
            }
            c => typed.push(c),
        }
    }
    typed
}

#[test]
fn a_command_a_flag_and_a_file_that_are_not_there_are_found() {
    let template = template();
    let all = (1_u64 << template.manifest.features().len()) - 1;
    let project = project(&template, all);
    let dev = CommandLine::read(&project, "stack/dev/src/cli");
    let app = CommandLine::read(&project, "src/cli");
    let of_dev = |typed: &str| dev.problem(typed).unwrap_or_default();
    for typed in [
        "",
        "--no-watch",
        "migrate renumber --file x",
        "db psql -- --any",
        "load a.jsonl --max-p99 1s",
        "pave [--no-seed]",
    ] {
        assert_eq!(of_dev(typed), "", "{typed}");
    }
    assert_eq!(of_dev("paves"), "there is no `paves`");
    assert_eq!(of_dev("migrate prune --until 3"), "there is no `--until`");
    assert_eq!(app.problem("migrate --status").as_deref(), None);
    assert_eq!(app.problem("migrate --stats").as_deref(), Some("there is no `--stats`"));
    let page = "    cargo dev load load/demo.jsonl --serve   # `docs/a.md`\n\n`schema/*.sql`, `src/…`, `docs/NAME.md`, `other/b`\n";
    assert_eq!(names(page, true), ["docs/a.md", "schema", "load/demo.jsonl"]);
}
