//! Tokens that syntax says nothing of: those of macros.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;

/// Every identifier, at any depth.
pub(super) fn identifiers(tokens: &TokenStream, found: &mut dyn FnMut(&Ident)) {
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => found(&ident),
            TokenTree::Group(group) => identifiers(&group.stream(), found),
            _ => {}
        }
    }
}

/// Every text between quotation marks, at any depth, as it is written.
pub(super) fn strings(tokens: &TokenStream, found: &mut dyn FnMut(&str)) {
    for token in tokens.clone() {
        match token {
            TokenTree::Literal(literal) if literal.to_string().contains('"') => found(&literal.to_string()),
            TokenTree::Group(group) => strings(&group.stream(), found),
            _ => {}
        }
    }
}

/// Every path (`a::b`, and a single name), at any depth, and whether a dot stands before it.
pub(super) fn paths(tokens: &TokenStream, found: &mut dyn FnMut(&[Ident], bool)) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => paths(&group.stream(), found),
            TokenTree::Ident(ident) => {
                let is_dot = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '.');
                let after_dot = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(is_dot);
                let mut path = vec![ident.clone()];
                while let (true, true, Some(TokenTree::Ident(next))) =
                    (is_colon(tokens.get(at + 1)), is_colon(tokens.get(at + 2)), tokens.get(at + 3))
                {
                    path.push(next.clone());
                    at += 3;
                }
                found(&path, after_dot);
            }
            _ => {}
        }
        at += 1;
    }
}

/// How many arguments a text is; nothing if it is none. `$name` counts as a name.
pub(super) fn arguments(text: &str) -> Option<usize> {
    let text = text.replace('$', "");
    Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated.parse_str(&text).ok().map(|arguments| arguments.len())
}

/// The names behind `$`.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let name = |part: &str| part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    text.split('$').skip(1).map(name).collect()
}

/// The text with a value for each `$name`.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
        out.push_str(&value(&part[..end]));
        out.push_str(&part[end..]);
    }
    out
}
