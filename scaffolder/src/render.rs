//! Rendering: (template, answers) → tree.
//!
//! The steps and their order are cargo-generate's, so that both make the same project:
//!
//! 1. `init` hooks, which know the name as it was typed
//! 2. the name in its spellings, then the answers (what an `init` hook has set stays)
//! 3. the conditions of the manifest add to its lists
//! 4. `pre` hooks
//! 5. ignored paths are left out
//! 6. every file but the excluded ones and its name are rendered
//! 7. `post` hooks, after which the scripts themselves are gone

mod dependencies;
mod engine;
pub(crate) mod lists;
mod paths;
mod renderings;

use crate::answers::{Answers, ProjectName, Value};
use crate::error::{Error, Kind, Result};
use crate::hooks::{HookEnvironment, Hooks, Host, NoHost, Variable, Variables};
use crate::template::Template;
use crate::tree::{File, Tree, TreePath};

use engine::Renderer;
use lists::Lists;
pub use renderings::Renderings;

/// A rendered project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its files.
    pub tree: Tree,
    /// What hooks printed, one note a script, in the order in which they ran.
    pub notes: Vec<String>,
}

/// Renders a template.
///
/// A function of its arguments: whatever the outside has to say comes through the host.
///
/// # Errors
/// Of kind `User`: a hook refused. Of kind `Template`: a file that is not text and not excluded, a placeholder that
/// nothing declares, a path that leaves the project or is rendered twice, a condition that is neither true nor false,
/// a failing hook.
pub fn render(template: &Template, answers: &Answers, host: &mut dyn Host) -> Result<Rendered> {
    with_renderings(template, answers, host, None)
}

/// The same, and files that were rendered before with the same values are not rendered again.
///
/// # Errors
/// As [`render`].
pub fn render_again(
    template: &Template,
    answers: &Answers,
    host: &mut dyn Host,
    before: &Renderings,
) -> Result<Rendered> {
    with_renderings(template, answers, host, Some(before))
}

fn with_renderings(
    template: &Template,
    answers: &Answers,
    host: &mut dyn Host,
    before: Option<&Renderings>,
) -> Result<Rendered> {
    let manifest = &template.manifest;
    let mut tree = template.files.clone();
    let mut variables = built_in(&answers.name, &host.environment());
    let mut notes = Vec::new();
    let scripted = manifest.hooks.all().next().is_some() || !manifest.conditionals.is_empty();
    let hooks = scripted.then(|| Hooks::new(host));
    let mut run = |scripts: &[String], tree: &mut Tree, variables: &mut Variables| -> Result<()> {
        for script in scripts {
            if let Some(hooks) = &hooks {
                let printed = hooks.run(script, tree, variables, host)?;
                if !printed.is_empty() {
                    notes.push(printed.join("\n"));
                }
            }
        }
        Ok(())
    };

    run(&manifest.hooks.init, &mut tree, &mut variables)?;
    name_and_answers(answers, &mut variables)?;
    let lists = Lists::of(manifest, &variables, hooks.as_ref())?;
    run(&manifest.hooks.pre, &mut tree, &mut variables)?;
    lists.leave_out(&mut tree);
    let mut tree = walk(tree, &lists, &Renderer::new(&variables).with(before))?;
    run(&manifest.hooks.post, &mut tree, &mut variables)?;
    tree.retain(|path, _| !manifest.hooks.all().any(|hook| path.is_within(hook)));
    paths::check(&tree)?;
    Ok(Rendered { tree, notes })
}

/// Refuses a name that a crate has which the project uses: `cargo doc` writes the pages of both into one folder, and says that
/// this may become an error.
///
/// Only where a name is chosen. A project that has its name already keeps it when the template takes up a crate of that name.
///
/// # Errors
/// Of kind `User`: the name is taken.
pub fn check_crates(template: &Template, name: &ProjectName) -> Result<()> {
    if dependencies::contain(template, name.crate_name()) {
        let sentence = format!(
            "the name `{name}` belongs to a crate that the project uses; `cargo doc` tells no two of one name apart"
        );
        return Err(Error::user(sentence).hint("choose another name, for example `my-app`"));
    }
    Ok(())
}

/// Checks a name by [`check_crates`], and by the `init` hooks, which run for it alone: so a name that the template refuses is
/// refused when it is asked for.
///
/// # Errors
/// Of kind `User`: the name is refused. A hook that asks or fails says so when the project is rendered, not here.
pub fn check_name(template: &Template, name: &ProjectName, environment: &HookEnvironment) -> Result<()> {
    check_crates(template, name)?;
    let mut host = SilentHost(environment.clone());
    let hooks = Hooks::new(&host);
    let mut tree = template.files.clone();
    let mut variables = built_in(name, environment);
    for script in &template.manifest.hooks.init {
        match hooks.run(script, &mut tree, &mut variables, &mut host) {
            Ok(_) => {}
            Err(error) if error.kind == Kind::User => return Err(error),
            Err(_) => break,
        }
    }
    Ok(())
}

/// Renders sentences of the manifest with some answers, without hooks; those that come out empty are left out.
///
/// # Errors
/// Of kind `Template`: a placeholder that nothing declares, a tag that does not end.
pub fn sentences(texts: &[String], answers: &Answers) -> Result<Vec<String>> {
    let mut variables = built_in(&answers.name, &NoHost.environment());
    name_and_answers(answers, &mut variables)?;
    let renderer = Renderer::new(&variables);
    let mut sentences = Vec::new();
    for text in texts {
        sentences.push(renderer.sentence(text)?.trim().to_owned());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    Ok(sentences)
}

/// Renders short texts that stand at `place`, without hooks.
///
/// # Errors
/// As [`sentences`].
pub fn fragments(place: &str, texts: &[&str], answers: &Answers) -> Result<Vec<String>> {
    let mut variables = built_in(&answers.name, &NoHost.environment());
    name_and_answers(answers, &mut variables)?;
    let renderer = Renderer::new(&variables);
    texts.iter().map(|text| renderer.named(place, text)).collect()
}

/// Whether a disk could hold the tree: no two paths that differ only in case, no file where a folder is.
///
/// # Errors
/// Of kind `Template`, with the paths.
pub fn check_paths(tree: &Tree) -> Result<()> {
    paths::check(tree)
}

/// Knows the machine, and neither answers a hook nor runs its commands.
struct SilentHost(HookEnvironment);

impl Host for SilentHost {
    fn environment(&self) -> HookEnvironment {
        self.0.clone()
    }

    fn ask_text(&mut self, _: &str, _: Option<&str>, _: Option<&str>) -> Result<String> {
        Err(unanswered())
    }

    fn ask_bool(&mut self, _: &str, _: bool) -> Result<bool> {
        Err(unanswered())
    }

    fn ask_choice(&mut self, _: &str, _: &str, _: &[String]) -> Result<String> {
        Err(unanswered())
    }

    fn run_command(&mut self, _: &str, _: &[String], _: &mut Tree) -> Result<String> {
        Err(unanswered())
    }
}

fn unanswered() -> Error {
    Error::new(Kind::Stopped, "the hook asks for more than the name")
}

/// What is known before anything is asked.
fn built_in(name: &ProjectName, environment: &HookEnvironment) -> Variables {
    let text = |name: &str, value: String| (name.to_owned(), Variable::Text(value));
    let mut variables = Variables::from([
        text("project-name", name.typed().to_owned()),
        text("crate_type", "bin".to_owned()),
        text("os-arch", format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)),
        ("is_init".to_owned(), Variable::Bool(false)),
    ]);
    variables.extend(environment.authors.clone().map(|value| text("authors", value)));
    variables.extend(environment.username.clone().map(|value| text("username", value)));
    variables.insert("within_cargo_project".to_owned(), Variable::Bool(environment.within_cargo_project));
    variables
}

fn name_and_answers(answers: &Answers, variables: &mut Variables) -> Result<()> {
    let name = match variables.get("project-name") {
        Some(Variable::Text(name)) if name != answers.name.typed() => ProjectName::parse(name)?,
        _ => answers.name.clone(),
    };
    variables.insert("project-name".to_owned(), Variable::Text(name.project_name()));
    variables.insert("crate_name".to_owned(), Variable::Text(name.crate_name().to_owned()));
    for (question, value) in answers.iter() {
        variables.entry(question.to_owned()).or_insert_with(|| match value {
            Value::Bool(value) => Variable::Bool(*value),
            Value::Text(value) => Variable::Text(value.clone()),
        });
    }
    Ok(())
}

/// Renders every file and its name.
fn walk(tree: Tree, lists: &Lists, renderer: &Renderer<'_>) -> Result<Tree> {
    let mut rendered = Tree::new();
    for (path, file) in tree {
        if lists.is_hook(&path) {
            rendered.insert(path, file);
            continue;
        }
        let new_path = paths::render(&path, renderer)?;
        let file = if lists.is_verbatim(&path) {
            file
        } else {
            let bytes = renderer.bytes(&path, file.bytes)?;
            // A file that cargo-generate writes under a new name gets the mode of a new file.
            File { bytes, executable: file.executable && new_path == path }
        };
        if rendered.insert(new_path.clone(), file).is_some() {
            return Err(twice(&new_path));
        }
    }
    Ok(rendered)
}

fn twice(path: &TreePath) -> Error {
    Error::template(format!("two files of the template become `{path}`"))
}

#[cfg(test)]
mod tests;
