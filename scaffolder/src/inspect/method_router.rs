//! What `get(show).post(create)` says: methods, each with its handler.

use std::collections::BTreeMap;

use syn::Expr;
use syn::spanned::Spanned as _;

use super::squeezed;

/// The functions and methods of axum that take a handler, without `_service`.
const METHODS: [&str; 10] = ["any", "connect", "delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// The methods that `on` can be told.
const FILTERS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// What any method leads to.
pub(super) const ANY: &str = "ANY";

/// One method, and what answers it.
pub(super) struct Answer<'a> {
    pub(super) method: String,
    pub(super) handler: &'a Expr,
}

/// The methods of a method router, in the order in which they are written; none if it is something else.
pub(super) fn answers<'a>(expression: &'a Expr, variables: &BTreeMap<String, &'a Expr>) -> Vec<Answer<'a>> {
    let mut expression = expression;
    let mut found = Vec::new();
    // Each variable leads to its value once.
    for _ in 0..=variables.len() {
        expression = chain(expression, &mut found);
        match expression {
            Expr::Path(path) => match path.path.get_ident().and_then(|name| variables.get(&name.to_string())) {
                Some(value) => expression = value,
                None => break,
            },
            _ => break,
        }
    }
    found.reverse();
    found
}

/// Goes from the end of a chain to its beginning, which is returned unless it is a method's function.
fn chain<'a>(mut expression: &'a Expr, found: &mut Vec<Answer<'a>>) -> &'a Expr {
    loop {
        match expression {
            Expr::MethodCall(call) => {
                add(&call.method.to_string(), &call.args, found);
                expression = &call.receiver;
            }
            Expr::Call(call) => {
                if let Expr::Path(function) = &*call.func
                    && let Some(last) = function.path.segments.last()
                {
                    add(&last.ident.to_string(), &call.args, found);
                }
                return expression;
            }
            Expr::Paren(inner) => expression = &inner.expr,
            Expr::Group(inner) => expression = &inner.expr,
            _ => return expression,
        }
    }
}

fn add<'a>(
    function: &str,
    arguments: &'a syn::punctuated::Punctuated<Expr, syn::Token![,]>,
    found: &mut Vec<Answer<'a>>,
) {
    let function = function.strip_suffix("_service").unwrap_or(function);
    if function == "on" && arguments.len() == 2 {
        let filter = arguments[0].span().source_text().unwrap_or_default();
        let words: Vec<&str> = filter.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let methods = FILTERS.iter().rev().filter(|method| words.contains(method));
        found.extend(methods.map(|method| Answer { method: (*method).to_owned(), handler: &arguments[1] }));
    } else if METHODS.contains(&function)
        && let Some(handler) = arguments.first().filter(|_| arguments.len() == 1)
    {
        found.push(Answer { method: function.to_uppercase(), handler });
    }
}

/// A piece of source in one line.
pub(super) fn source(expression: &Expr) -> String {
    squeezed(&expression.span().source_text().unwrap_or_default())
}
