//! The routers that functions build, followed through variables, calls, `nest` and `merge` as the program would.
//!
//! A value is the list of routes that an expression carries. Both sides of a condition count, a loop once. Where a function is
//! called by another one that mounts its routes below a prefix, only the mounted ones are told.

use std::collections::{BTreeMap, BTreeSet};

use syn::spanned::Spanned as _;
use syn::{Block, Expr, Pat, Stmt};

use super::functions::{Function, Functions, is_router, literal_text};
use super::method_router::{ANY, answers, source};
use super::route::{Kind, Route};
use super::{Place, Position};

/// How deep calls are followed.
const DEEPEST: usize = 40;

/// After so many calls with routers as arguments no more are followed.
const MOST_CALLS: usize = 20_000;

/// Macros that make no routes.
const HARMLESS: [&str; 22] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "concat",
    "dbg",
    "debug",
    "debug_assert",
    "env",
    "error",
    "eprintln",
    "format",
    "html",
    "info",
    "json",
    "matches",
    "panic",
    "println",
    "todo",
    "trace",
    "unreachable",
    "vec",
    "warn",
];

type Value = Vec<Route>;

/// Every route of the functions, and what could not be followed.
pub(super) fn evaluate(functions: &Functions<'_>) -> (Value, Vec<Place>) {
    let mut evaluator = Evaluator {
        functions,
        known: BTreeMap::new(),
        open: Vec::new(),
        calls: BTreeSet::new(),
        count: 0,
        unread: BTreeSet::new(),
    };
    let results: Vec<Value> = (0..functions.all.len()).map(|index| evaluator.call(index, &[])).collect();
    let places = |value: &Value| value.iter().map(|route| route.routed.clone()).collect::<BTreeSet<Position>>();
    // What a caller passes on is told where the caller mounts it.
    let passed_on = |index: usize| -> BTreeSet<Position> {
        let callers = evaluator.calls.iter().filter(|(from, to)| *to == index && *from != index);
        callers.flat_map(|(from, _)| places(&results[*from])).collect()
    };
    let mut routes: Value = Vec::new();
    for (index, value) in results.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
        let passed_on = passed_on(index);
        routes.extend(value.iter().filter(|route| !passed_on.contains(&route.routed)).cloned());
    }
    // Functions that call each other in a circle are told as they are.
    let told = places(&routes);
    routes.extend(results.iter().flatten().filter(|route| !told.contains(&route.routed)).cloned().collect::<Value>());
    routes.sort();
    routes.dedup();
    (routes, evaluator.unread.into_iter().collect())
}

struct Evaluator<'a> {
    functions: &'a Functions<'a>,
    /// What functions return that are given no router.
    known: BTreeMap<usize, Value>,
    /// The functions that are being evaluated.
    open: Vec<usize>,
    /// Who calls whom.
    calls: BTreeSet<(usize, usize)>,
    count: usize,
    unread: BTreeSet<Place>,
}

/// What is known inside of a function.
struct Scope<'a> {
    index: usize,
    function: &'a Function<'a>,
    routers: BTreeMap<String, Value>,
    values: BTreeMap<String, &'a Expr>,
    /// What is returned early, or built in passing.
    returned: Value,
    /// Whether live pages are mounted here, one route for each.
    mounts_pages: bool,
}

impl<'a> Evaluator<'a> {
    /// What a function returns that is given these routers.
    fn call(&mut self, index: usize, arguments: &[Value]) -> Value {
        if let Some(caller) = self.open.last() {
            self.calls.insert((*caller, index));
        }
        let is_plain = arguments.iter().all(Vec::is_empty);
        if let Some(known) = self.known.get(&index).filter(|_| is_plain) {
            return known.clone();
        }
        if self.open.contains(&index) || self.open.len() >= DEEPEST || self.count >= MOST_CALLS {
            return Value::new();
        }
        self.count += usize::from(!is_plain);
        self.open.push(index);
        let function = &self.functions.all[index];
        let mut routers = BTreeMap::new();
        let parameters = function.signature.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(typed) => Some(typed),
            syn::FnArg::Receiver(_) => None,
        });
        for (parameter, value) in parameters.zip(arguments) {
            if is_router(&parameter.ty) {
                bind(&parameter.pat, value, &mut routers);
            }
        }
        let text = function.block.span().source_text().unwrap_or_default();
        let mut scope = Scope {
            index,
            function,
            routers,
            values: BTreeMap::new(),
            returned: Value::new(),
            mounts_pages: text.contains(".patterns()"),
        };
        let mut value = self.block(function.block, &mut scope);
        value.append(&mut scope.returned);
        self.open.pop();
        let value = distinct(value);
        if is_plain {
            self.known.insert(index, value.clone());
        }
        value
    }

    fn block(&mut self, block: &'a Block, scope: &mut Scope<'a>) -> Value {
        let mut value = Value::new();
        for (number, statement) in block.stmts.iter().enumerate() {
            match statement {
                Stmt::Local(local) => {
                    let Some(init) = &local.init else { continue };
                    let routes = self.value(&init.expr, scope);
                    if let Some((_, diverge)) = &init.diverge {
                        self.value(diverge, scope);
                    }
                    bind(&local.pat, &routes, &mut scope.routers);
                    if let Some(name) = name_of(&local.pat) {
                        scope.values.insert(name, &init.expr);
                    }
                }
                Stmt::Expr(expression, semicolon) => {
                    let routes = self.value(expression, scope);
                    if semicolon.is_none() && number + 1 == block.stmts.len() {
                        value = routes;
                    } else if !routes.is_empty() {
                        // A builder that is changed in place.
                        if let Some(name) = beginning(expression).and_then(name_of_expression) {
                            scope.routers.insert(name, routes.clone());
                        }
                        scope.returned.extend(routes);
                    }
                }
                Stmt::Macro(statement) => self.macro_call(&statement.mac, scope),
                Stmt::Item(_) => {}
            }
        }
        value
    }

    fn value(&mut self, expression: &'a Expr, scope: &mut Scope<'a>) -> Value {
        match expression {
            Expr::MethodCall(_) => self.chain(expression, scope),
            Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                name.and_then(|name| scope.routers.get(&name)).cloned().unwrap_or_default()
            }
            Expr::Call(call) => {
                let arguments: Vec<Value> = call.args.iter().map(|argument| self.value(argument, scope)).collect();
                let Expr::Path(function) = &*call.func else { return arguments.concat() };
                match self.functions.find(scope.function, &function.path) {
                    Some(index) => self.call(index, &arguments),
                    // `Some(router)`, `layers::around(router, …)`.
                    None => arguments.concat(),
                }
            }
            Expr::Block(block) => self.block(&block.block, scope),
            Expr::Unsafe(block) => self.block(&block.block, scope),
            Expr::Async(block) => self.block(&block.block, scope),
            Expr::Const(block) => self.block(&block.block, scope),
            Expr::If(choice) => {
                if let Expr::Let(condition) = &*choice.cond {
                    let value = self.value(&condition.expr, scope);
                    bind(&condition.pat, &value, &mut scope.routers);
                }
                let mut value = self.block(&choice.then_branch, scope);
                if let Some((_, other)) = &choice.else_branch {
                    value.extend(self.value(other, scope));
                }
                distinct(value)
            }
            Expr::Match(choice) => {
                let chosen = self.value(&choice.expr, scope);
                let mut value = Value::new();
                for arm in &choice.arms {
                    let before = scope.routers.clone();
                    bind(&arm.pat, &chosen, &mut scope.routers);
                    value.extend(self.value(&arm.body, scope));
                    scope.routers = before;
                }
                distinct(value)
            }
            Expr::Closure(closure) => {
                let before = scope.routers.clone();
                for input in &closure.inputs {
                    bind(input, &Value::new(), &mut scope.routers);
                }
                let value = self.value(&closure.body, scope);
                scope.routers = before;
                value
            }
            Expr::Assign(assignment) => {
                let value = self.value(&assignment.right, scope);
                if let Some(name) = name_of_expression(&assignment.left) {
                    scope.routers.insert(name, value);
                }
                Value::new()
            }
            Expr::Return(returned) => {
                if let Some(expression) = &returned.expr {
                    let value = self.value(expression, scope);
                    scope.returned.extend(value);
                }
                Value::new()
            }
            Expr::Struct(made) => {
                // What a value of a type holds is not what it is.
                for field in &made.fields {
                    self.value(&field.expr, scope);
                }
                Value::new()
            }
            Expr::ForLoop(repeated) => {
                self.value(&repeated.expr, scope);
                self.block(&repeated.body, scope)
            }
            Expr::While(repeated) => self.block(&repeated.body, scope),
            Expr::Loop(repeated) => self.block(&repeated.body, scope),
            Expr::Tuple(several) => several.elems.iter().flat_map(|one| self.value(one, scope)).collect(),
            Expr::Array(several) => several.elems.iter().flat_map(|one| self.value(one, scope)).collect(),
            Expr::Await(inner) => self.value(&inner.base, scope),
            Expr::Try(inner) => self.value(&inner.expr, scope),
            Expr::Paren(inner) => self.value(&inner.expr, scope),
            Expr::Group(inner) => self.value(&inner.expr, scope),
            Expr::Reference(inner) => self.value(&inner.expr, scope),
            Expr::Unary(inner) => self.value(&inner.expr, scope),
            Expr::Cast(inner) => self.value(&inner.expr, scope),
            Expr::Break(inner) => inner.expr.as_deref().map(|inner| self.value(inner, scope)).unwrap_or_default(),
            Expr::Macro(call) => {
                self.macro_call(&call.mac, scope);
                Value::new()
            }
            _ => Value::new(),
        }
    }

    /// A chain of calls, from its beginning on: it may be longer than a stack is deep.
    fn chain(&mut self, expression: &'a Expr, scope: &mut Scope<'a>) -> Value {
        let mut calls = Vec::new();
        let mut first = expression;
        while let Expr::MethodCall(call) = first {
            calls.push(call);
            first = &call.receiver;
        }
        let mut value = self.value(first, scope);
        for call in calls.into_iter().rev() {
            let name = call.method.to_string();
            let arguments: Vec<&'a Expr> = call.args.iter().collect();
            match (name.as_str(), arguments.as_slice()) {
                ("route" | "route_service", [path, handler]) => {
                    self.route(call, path, handler, name == "route_service", &mut value, scope);
                }
                ("page", [path, handler]) => {
                    if let Some(path) = self.text(path, scope).filter(|path| path.starts_with('/')) {
                        value.push(self.made(call, "GET", path, Kind::Page, handler, scope));
                    }
                }
                ("nest", [prefix, nested]) => {
                    let nested_value = self.value(nested, scope);
                    match self.text(prefix, scope) {
                        Some(prefix) if !nested_value.is_empty() => value.extend(below(&prefix, nested_value)),
                        _ => self.not_read(call, scope),
                    }
                }
                ("nest_service", [prefix, service]) => match self.text(prefix, scope) {
                    Some(prefix) => {
                        let inside = self.value(service, scope);
                        if inside.is_empty() {
                            let path = format!("{}/{{*rest}}", prefix.trim_end_matches('/'));
                            value.push(self.made(call, ANY, path, Kind::Service, service, scope));
                        } else {
                            value.extend(below(&prefix, inside));
                        }
                    }
                    None => self.not_read(call, scope),
                },
                ("merge", [other]) => {
                    let routes = self.value(other, scope);
                    if routes.is_empty() && !self.is_own(other, scope) {
                        self.not_read(call, scope);
                    }
                    value.extend(routes);
                }
                ("routes", [_]) => self.not_read(call, scope),
                _ => {
                    if value.is_empty()
                        && let Some(index) = self.functions.router_method(&call.method)
                    {
                        value = self.call(index, &[]);
                    }
                    for argument in arguments {
                        value.extend(self.value(argument, scope));
                    }
                }
            }
        }
        distinct(value)
    }

    fn route(
        &mut self,
        call: &syn::ExprMethodCall,
        path: &'a Expr,
        handler: &'a Expr,
        is_service: bool,
        value: &mut Value,
        scope: &Scope<'a>,
    ) {
        let answers = if is_service { Vec::new() } else { answers(handler, &scope.values) };
        match self.text(path, scope) {
            Some(path) if path.starts_with('/') => {
                if answers.is_empty() {
                    value.push(self.made(call, ANY, path, Kind::Service, handler, scope));
                } else {
                    value.extend(answers.iter().map(|answer| {
                        self.made(call, &answer.method, path.clone(), Kind::Handler, answer.handler, scope)
                    }));
                }
            }
            // The live pages, which stand in the list as such.
            None if scope.mounts_pages && !answers.is_empty() => {}
            _ if !answers.is_empty() || scope.function.returns_router() => self.not_read(call, scope),
            _ => {}
        }
    }

    fn made(
        &self,
        call: &syn::ExprMethodCall,
        method: &str,
        path: String,
        kind: Kind,
        handler: &Expr,
        scope: &Scope<'_>,
    ) -> Route {
        let (handler, defined) = match handler {
            Expr::Path(path) => {
                let defined = self.functions.find(scope.function, &path.path);
                let name = self.functions.resolve(scope.function, &path.path).join("::");
                (name, defined.map(|index| self.functions.position(index)))
            }
            Expr::Closure(_) => ("closure".to_owned(), None),
            other => (source(other), None),
        };
        let line = call.method.span().start().line;
        let routed = Position { file: self.functions.all[scope.index].file.to_owned(), line };
        Route { path, method: method.to_owned(), kind, handler, defined, routed }
    }

    /// A text that is written out, a constant, or a variable with such a value.
    fn text(&self, expression: &Expr, scope: &Scope<'a>) -> Option<String> {
        match expression {
            Expr::Lit(_) => literal_text(expression),
            Expr::Reference(inner) => self.text(&inner.expr, scope),
            Expr::Paren(inner) => self.text(&inner.expr, scope),
            Expr::Group(inner) => self.text(&inner.expr, scope),
            Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                match name.and_then(|name| scope.values.get(&name).copied()) {
                    Some(value) => literal_text(value),
                    None => self.functions.text(scope.function, &path.path).map(str::to_owned),
                }
            }
            Expr::Macro(call) if call.mac.path.is_ident("concat") => {
                let parse = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
                let parts = call.mac.parse_body_with(parse).ok()?;
                parts.iter().map(|part| self.text(part, scope)).collect()
            }
            _ => None,
        }
    }

    /// Whether an expression without routes is understood: a function of the project, a variable, a new router.
    fn is_own(&self, expression: &Expr, scope: &Scope<'_>) -> bool {
        match beginning(expression).unwrap_or(expression) {
            Expr::Call(call) => match &*call.func {
                Expr::Path(function) => {
                    let owner = function.path.segments.iter().rev().nth(1);
                    self.functions.find(scope.function, &function.path).is_some()
                        || owner.is_some_and(|owner| owner.ident == "Router")
                }
                _ => false,
            },
            Expr::Path(_) => true,
            _ => !scope.function.returns_router(),
        }
    }

    fn macro_call(&mut self, call: &syn::Macro, scope: &Scope<'_>) {
        let name = call.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if scope.function.returns_router() && !HARMLESS.contains(&name.as_str()) {
            let line = call.path.span().start().line;
            self.add_unread(line, &format!("{name}!"), scope);
        }
    }

    fn not_read(&mut self, call: &syn::ExprMethodCall, scope: &Scope<'_>) {
        let arguments = call.args.iter().map(source).collect::<Vec<_>>().join(", ");
        let looks_like_a_router = scope.function.returns_router() || arguments.contains("Router");
        if looks_like_a_router || call.method != "merge" {
            self.add_unread(call.method.span().start().line, &format!(".{}({arguments})", call.method), scope);
        }
    }

    fn add_unread(&mut self, line: usize, text: &str, scope: &Scope<'_>) {
        let position = Position { file: self.functions.all[scope.index].file.to_owned(), line };
        self.unread.insert(Place::new(position, text));
    }
}

/// Routes below a prefix, as axum joins them.
fn below(prefix: &str, mut routes: Value) -> Value {
    let prefix = prefix.trim_end_matches('/');
    for route in &mut routes {
        route.path = match route.path.as_str() {
            "/" if !prefix.is_empty() => prefix.to_owned(),
            path => format!("{prefix}{path}"),
        };
    }
    routes
}

/// The same routes, each once.
fn distinct(mut value: Value) -> Value {
    value.sort();
    value.dedup();
    value
}

/// Gives every name of a pattern the value.
fn bind(pattern: &Pat, value: &Value, routers: &mut BTreeMap<String, Value>) {
    match pattern {
        Pat::Ident(name) => drop(routers.insert(name.ident.to_string(), value.clone())),
        Pat::Type(typed) => bind(&typed.pat, value, routers),
        Pat::Tuple(several) => several.elems.iter().for_each(|one| bind(one, value, routers)),
        Pat::TupleStruct(several) => several.elems.iter().for_each(|one| bind(one, value, routers)),
        Pat::Reference(inner) => bind(&inner.pat, value, routers),
        Pat::Paren(inner) => bind(&inner.pat, value, routers),
        _ => {}
    }
}

fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => None,
    }
}

fn name_of_expression(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Unary(inner) => name_of_expression(&inner.expr),
        _ => None,
    }
}

/// What a chain of calls begins with, if it is one.
fn beginning(expression: &Expr) -> Option<&Expr> {
    let mut first = expression;
    while let Expr::MethodCall(call) = first {
        first = &call.receiver;
    }
    matches!(expression, Expr::MethodCall(_)).then_some(first)
}
