//! The module `variable`.

use std::collections::BTreeMap;

use rhai::{Array, Dynamic, Module};

use super::state::{HookResult, Reply, Request, Shared};

/// A value that hooks read and set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Yes or no.
    Bool(bool),
    /// A text.
    Text(String),
    /// Several values; for hooks among themselves, templates do not see them.
    List(Vec<Variable>),
}

/// Everything that has a value, by name.
pub type Variables = BTreeMap<String, Variable>;

impl Variable {
    /// What a script gets.
    pub(super) fn to_dynamic(&self) -> Dynamic {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Text(value) => value.clone().into(),
            Self::List(values) => values.iter().map(Self::to_dynamic).collect::<Array>().into(),
        }
    }

    fn from_dynamic(value: Dynamic) -> HookResult<Self> {
        if let Ok(value) = value.as_bool() {
            return Ok(Self::Bool(value));
        }
        if value.is_string() {
            return Ok(Self::Text(value.to_string()));
        }
        let kind = value.type_name();
        match value.try_cast::<Array>() {
            Some(values) => Ok(Self::List(values.into_iter().map(Self::from_dynamic).collect::<HookResult<_>>()?)),
            None => Err(format!("a variable is a string, a bool or an array, not `{kind}`").into()),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Bool(_) => 1,
            Self::Text(text) => text.len(),
            Self::List(values) => values.iter().map(Self::size).sum(),
        }
    }

    /// What `set` says when the variable holds another kind of value, as cargo-generate words it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a bool",
            Self::Text(_) => "a String",
            Self::List(_) => "an array",
        }
    }
}

/// `is_set`, `get`, `set` and `prompt`.
pub(super) fn module(state: &Shared) -> Module {
    let mut module = Module::new();
    let shared = state.clone();
    module.set_native_fn("is_set", move |name: &str| -> HookResult<bool> {
        Ok(shared.borrow().variables.contains_key(name))
    });
    let shared = state.clone();
    module.set_native_fn("get", move |name: &str| -> HookResult<Dynamic> {
        Ok(shared.borrow().variables.get(name).map_or_else(|| "".into(), Variable::to_dynamic))
    });
    let shared = state.clone();
    module.set_native_fn("set", move |name: &str, value: &str| set(&shared, name, Variable::Text(value.to_owned())));
    let shared = state.clone();
    module.set_native_fn("set", move |name: &str, value: bool| set(&shared, name, Variable::Bool(value)));
    let shared = state.clone();
    module.set_native_fn("set", move |name: &str, value: Array| {
        set(&shared, name, Variable::from_dynamic(value.into())?)
    });
    prompts(&mut module, state);
    module
}

fn set(state: &Shared, name: &str, value: Variable) -> HookResult<()> {
    let mut state = state.borrow_mut();
    if let Some(old) = state.variables.get(name)
        && std::mem::discriminant(old) != std::mem::discriminant(&value)
    {
        return Err(format!("Variable {name} not {}", value.kind()).into());
    }
    state.write(name.len() + value.size())?;
    state.variables.insert(name.to_owned(), value);
    Ok(())
}

fn prompts(module: &mut Module, state: &Shared) {
    let shared = state.clone();
    module.set_native_fn("prompt", move |prompt: &str, default: bool| -> HookResult<bool> {
        match shared.borrow_mut().ask(Request::Bool { prompt: prompt.to_owned(), default })? {
            Reply::Bool(value) => Ok(value),
            _ => Err(changed()),
        }
    });
    let shared = state.clone();
    module.set_native_fn("prompt", move |prompt: &str| text(&shared, prompt, None, None));
    let shared = state.clone();
    module.set_native_fn("prompt", move |prompt: &str, default: &str| text(&shared, prompt, Some(default), None));
    let shared = state.clone();
    module.set_native_fn("prompt", move |prompt: &str, default: &str, regex: &str| {
        regex::Regex::new(regex).map_err(|_| "Invalid regex")?;
        text(&shared, prompt, Some(default), Some(regex))
    });
    let shared = state.clone();
    module.set_native_fn("prompt", move |prompt: &str, default: &str, choices: Array| {
        let choices = choices.iter().map(ToString::to_string).collect();
        let request = Request::Choice { prompt: prompt.to_owned(), default: default.to_owned(), choices };
        text_of(shared.borrow_mut().ask(request)?)
    });
}

fn text(state: &Shared, prompt: &str, default: Option<&str>, regex: Option<&str>) -> HookResult<String> {
    let request = Request::Text {
        prompt: prompt.to_owned(),
        default: default.map(str::to_owned),
        regex: regex.map(str::to_owned),
    };
    text_of(state.borrow_mut().ask(request)?)
}

fn text_of(reply: Reply) -> HookResult<String> {
    match reply {
        Reply::Text(text) => Ok(text),
        _ => Err(changed()),
    }
}

/// A script that asks something else in its second run: one that found a source of chance.
pub(super) fn changed() -> Box<rhai::EvalAltResult> {
    super::state::stop("it asks other questions each time it runs")
}
