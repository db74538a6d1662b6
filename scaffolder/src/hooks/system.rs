//! The modules `system` and `env`.

use rhai::{Array, Dynamic, Map, Module};

use super::ROOT;
use super::state::{HookResult, Reply, Request, Shared, stop};
use super::variables::changed;

/// `command` and `date`, both answered by the host.
pub(super) fn module(state: &Shared) -> Module {
    let mut module = Module::new();
    let shared = state.clone();
    module.set_native_fn("command", move |name: &str| command(&shared, name, &Array::new()));
    let shared = state.clone();
    module.set_native_fn("command", move |name: &str, args: Array| command(&shared, name, &args));
    let shared = state.clone();
    module.set_native_fn("date", move || -> HookResult<Map> {
        match shared.borrow_mut().ask(Request::Today)? {
            Reply::Today(year, month, day) => {
                Ok([("year", year), ("month", month), ("day", day)].map(|(key, n)| (key.into(), n.into())).into())
            }
            _ => Err(changed()),
        }
    });
    module
}

fn command(state: &Shared, name: &str, args: &Array) -> HookResult<Dynamic> {
    let args = args.iter().map(ToString::to_string).collect();
    let mut state = state.borrow_mut();
    match state.ask(Request::Command { command: name.to_owned(), args })? {
        Reply::Ran(output, tree) => {
            state.tree = tree;
            Ok(if output.is_empty() { Dynamic::UNIT } else { output.trim().to_owned().into() })
        }
        _ => Err(changed()),
    }
}

/// The two paths that scripts may put into messages.
pub(super) fn environment(destination: &str) -> Module {
    let mut module = Module::new();
    module.set_var("working_directory", ROOT.to_owned());
    module.set_var("destination_directory", destination.to_owned());
    module
}

/// What the language offers and a function of its arguments must not: waiting, and looking at the clock.
pub(super) fn refuse_time(engine: &mut rhai::Engine) {
    engine.register_fn("sleep", |_: i64| -> HookResult<()> { Err(stop("it wants to sleep")) });
    engine.register_fn("sleep", |_: f64| -> HookResult<()> { Err(stop("it wants to sleep")) });
    engine.register_fn("timestamp", || -> HookResult<Dynamic> { Err(stop("it looks at the clock")) });
}
