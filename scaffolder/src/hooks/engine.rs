//! The Rhai engine: built once a rendering, with limits that a hostile script meets before the machine does.

use std::rc::Rc;

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase, ToTitleCase,
    ToUpperCamelCase,
};
use rhai::{AST, Dynamic, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared as Counted};

use super::state::{HookResult, Reply, Request, Shared, State};
use super::{Host, Variables, files, system, variables};
use crate::error::{Error, Result};
use crate::tree::{Tree, TreePath};

/// How often a script may ask the host; each question runs it again.
const QUESTIONS: usize = 100;

/// Runs the hooks and the conditions of one rendering.
pub struct Hooks {
    engine: Engine,
    state: Shared,
}

impl Hooks {
    /// Builds the engine.
    pub fn new(host: &dyn Host) -> Self {
        let state = Shared::default();
        let environment = host.environment();
        let mut engine = Engine::new();
        limit(&mut engine, &state);
        system::refuse_time(&mut engine);
        engine
            .set_module_resolver(TreeResolver { state: state.clone() })
            .register_static_module("variable", variables::module(&state).into())
            .register_static_module("file", files::module(&state).into())
            .register_static_module("system", system::module(&state).into())
            .register_static_module("env", system::environment(&environment.destination).into())
            .register_fn("to_kebab_case", |text: &str| text.to_kebab_case())
            .register_fn("to_lower_camel_case", |text: &str| text.to_lower_camel_case())
            .register_fn("to_pascal_case", |text: &str| text.to_pascal_case())
            .register_fn("to_shouty_kebab_case", |text: &str| text.to_shouty_kebab_case())
            .register_fn("to_shouty_snake_case", |text: &str| text.to_shouty_snake_case())
            .register_fn("to_snake_case", |text: &str| text.to_snake_case())
            .register_fn("to_title_case", |text: &str| text.to_title_case())
            .register_fn("to_upper_camel_case", |text: &str| text.to_upper_camel_case());
        let shared = state.clone();
        engine.register_fn("abort", move |sentence: &str| -> HookResult<String> {
            shared.borrow_mut().aborted = Some(sentence.to_owned());
            Err(sentence.into())
        });
        let shared = state.clone();
        engine.on_print(move |line| shared.borrow_mut().print(line));
        let shared = state.clone();
        engine.on_debug(move |line, _, _| shared.borrow_mut().print(line));
        Self { engine, state }
    }

    /// Runs one script on the tree, and returns what it printed.
    ///
    /// # Errors
    /// Of kind `User`: the script refused with `abort`. Of kind `Template`: it is not there, is no Rhai, fails or
    /// exceeds a limit. What the host answers with an error.
    pub fn run(
        &self,
        script: &str,
        tree: &mut Tree,
        variables: &mut Variables,
        host: &mut dyn Host,
    ) -> Result<Vec<String>> {
        let ast = self.compile(script, tree)?;
        let start = (Rc::new(std::mem::take(tree)), std::mem::take(variables));
        self.state.borrow_mut().replies.clear();
        loop {
            self.state.borrow_mut().begin(Rc::clone(&start.0), start.1.clone());
            let result = self.engine.eval_ast::<Dynamic>(&ast);
            let mut state = self.state.borrow_mut();
            if let Some(request) = state.request.take() {
                if state.replies.len() == QUESTIONS {
                    return Err(failed(script).hint(format!("a hook may ask at most {QUESTIONS} questions")));
                }
                let reply = put(request, Rc::clone(&state.tree), host)?;
                state.replies.push(reply);
                continue;
            }
            // What the last step printed may have been too much, and no step follows it.
            let returned = result
                .and_then(|returned| state.write(0).map(|()| returned))
                .map_err(|error| describe(script, &error, state.aborted.as_deref()))?;
            if let Ok(text) = returned.into_string()
                && !text.is_empty()
            {
                state.printed.push(text);
            }
            drop(start);
            *tree = Rc::unwrap_or_clone(std::mem::take(&mut state.tree));
            *variables = std::mem::take(&mut state.variables);
            return Ok(std::mem::take(&mut state.printed));
        }
    }

    /// Evaluates an expression of the manifest, in which every variable stands by its name.
    ///
    /// # Errors
    /// Of kind `Template`: it is no expression, or its value is neither true nor false.
    pub fn condition(&self, expression: &str, variables: &Variables) -> Result<bool> {
        let mut scope = Scope::new();
        for (name, value) in variables {
            scope.push_dynamic(name.as_str(), value.to_dynamic());
        }
        self.engine.eval_expression_with_scope::<bool>(&mut scope, expression).map_err(|error| {
            Error::template(format!("the condition `{expression}` is neither true nor false"))
                .because(Plain(error.to_string()))
        })
    }

    fn compile(&self, script: &str, tree: &Tree) -> Result<AST> {
        let path = TreePath::parse(script)
            .map_err(|problem| Error::template(format!("the path of the hook `{script}` {problem}")))?;
        let file = tree.get(&path).ok_or_else(|| {
            Error::template(format!("the template has no `{script}`, which its manifest names as a hook"))
        })?;
        let mut ast =
            parse(&self.engine, &file.bytes).map_err(|error| failed(script).because(Plain(error.to_string())))?;
        ast.set_source(script);
        Ok(ast)
    }
}

/// Reads a script; a first line `#!…` is for the shell.
fn parse(engine: &Engine, bytes: &[u8]) -> HookResult<AST> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text in UTF-8")?;
    let rest = if text.starts_with("#!") { text.find('\n').map_or("", |end| &text[end..]) } else { text };
    Ok(engine.compile(rest)?)
}

/// Limits generous for any honest script. Together with the counts in `state` they bound time and memory.
///
/// The size of a string is also the most that all strings in one array or map may have together.
fn limit(engine: &mut Engine, state: &Shared) {
    engine
        .set_max_call_levels(32)
        .set_max_expr_depths(64, 32)
        .set_max_variables(128)
        .set_max_functions(256)
        .set_max_modules(64)
        .set_max_string_size(64 << 10)
        .set_max_array_size(4_000)
        .set_max_map_size(4_000);
    let shared = state.clone();
    engine.on_progress(move |_| shared.try_borrow_mut().ok().and_then(|mut state| state.step()));
}

/// Asks the host.
fn put(request: Request, tree: Rc<Tree>, host: &mut dyn Host) -> Result<Reply> {
    Ok(match request {
        Request::Text { prompt, default, regex } => {
            Reply::Text(host.ask_text(&prompt, default.as_deref(), regex.as_deref())?)
        }
        Request::Bool { prompt, default } => Reply::Bool(host.ask_bool(&prompt, default)?),
        Request::Choice { prompt, default, choices } => Reply::Text(host.ask_choice(&prompt, &default, &choices)?),
        Request::Command { command, args } => {
            let mut tree = Rc::unwrap_or_clone(tree);
            let output = host.run_command(&command, &args, &mut tree)?;
            Reply::Ran(output, Rc::new(tree))
        }
        Request::Today => {
            let (year, month, day) = host.today()?;
            Reply::Today(year, month, day)
        }
    })
}

fn failed(script: &str) -> Error {
    Error::template(format!("the hook `{script}` failed"))
}

fn describe(script: &str, error: &EvalAltResult, aborted: Option<&str>) -> Error {
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(text, _) if aborted.is_some_and(|sentence| text.to_string() == sentence) => {
            Error::user(text.to_string())
        }
        EvalAltResult::ErrorTerminated(why, _) => failed(script).because(Plain(why.to_string())),
        _ => failed(script).because(Plain(error.to_string())),
    }
}

/// Another library's error as text: Rhai's own are not `Send`, and name their sources in themselves.
#[derive(Debug)]
struct Plain(String);

impl std::fmt::Display for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Plain {}

/// Finds `import "hooks/name"` in the tree.
struct TreeResolver {
    state: Shared,
}

impl ModuleResolver for TreeResolver {
    fn resolve(&self, engine: &Engine, _: Option<&str>, path: &str, at: Position) -> HookResult<Counted<Module>> {
        let missing = || Box::new(EvalAltResult::ErrorModuleNotFound(path.to_owned(), at));
        // The extension is always the language's own, as in Rhai's resolver of files.
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let file = if folder.is_empty() { format!("{stem}.rhai") } else { format!("{folder}/{stem}.rhai") };
        let tree_path = TreePath::parse(&file).map_err(|_| missing())?;
        let bytes = {
            let state: &mut State = &mut self.state.borrow_mut();
            if let Some(module) = state.modules.get(&file) {
                return Ok(module.clone());
            }
            if state.reading.contains(&file) {
                return Err(format!("`{file}` imports itself").into());
            }
            let bytes = state.tree.get(&tree_path).ok_or_else(missing)?.bytes.clone();
            state.reading.push(file.clone());
            bytes
        };
        let module = parse(engine, &bytes).and_then(|mut ast| {
            ast.set_source(file.as_str());
            Module::eval_ast_as_new(Scope::new(), &ast, engine)
        });
        let mut state = self.state.borrow_mut();
        state.reading.pop();
        let module: Counted<Module> =
            module.map_err(|error| EvalAltResult::ErrorInModule(file.clone(), error, at))?.into();
        state.modules.insert(file, module.clone());
        Ok(module)
    }
}
