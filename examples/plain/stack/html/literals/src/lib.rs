//! The texts in the markup of `html!`: string literals that are an element's text or an attribute's value.
//!
//! In a development build `html!` looks each of them up by its place in the source ([`replace`]); `cargo dev` says what
//! stands there now ([`changes`]). Both walk through [`markup`], so that they mean the same literals.

mod markup;
mod string;

use proc_macro2::{Group, Literal, TokenStream, TokenTree, extra};

use markup::Visitor;

/// A text that now reads otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its line in the old source, from 1.
    pub line: usize,
    /// Its column there, in characters from 0.
    pub column: usize,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Puts `with(text)` in the place of every text in the body of an `html!`. `None` if it has Rust code that cannot be told
/// from markup without a compiler.
pub fn replace(body: TokenStream, with: impl FnMut(Literal) -> TokenStream) -> Option<TokenStream> {
    struct Replace<F>(F);
    impl<F: FnMut(Literal) -> TokenStream> Visitor for Replace<F> {
        fn text(&mut self, text: Literal) -> TokenStream {
            self.0(text)
        }

        fn rust(&mut self, group: Group) -> Group {
            group
        }
    }
    markup::walk(body, &mut Replace(with))
}

/// The texts that differ between two versions of a source file. `None` if anything else does, but for comments and white
/// space: then only a compiler knows what that means.
pub fn changes(before: &str, now: &str) -> Option<Vec<Change>> {
    let found = compare(before, now);
    // What was parsed is kept for the sake of its positions, which are known by now.
    extra::invalidate_current_thread_spans();
    found
}

fn compare(before: &str, now: &str) -> Option<Vec<Change>> {
    let (before, now) = (Source::parse(before)?, Source::parse(now)?);
    if before.rest != now.rest {
        return None;
    }
    let pairs = before.texts.iter().zip(&now.texts);
    let differ = pairs.filter(|(old, new)| old.to_string() != new.to_string());
    differ
        .map(|(old, new)| {
            let start = old.span().start();
            Some(Change {
                line: start.line,
                column: start.column,
                old: string::value(&old.to_string())?,
                new: string::value(&new.to_string())?,
            })
        })
        .collect()
}

/// A source file: its texts, and what is left without them.
#[derive(Default)]
struct Source {
    texts: Vec<Literal>,
    rest: String,
}

impl Source {
    fn parse(source: &str) -> Option<Self> {
        let mut this = Self::default();
        this.rest = this.scan(source.parse().ok()?).to_string();
        Some(this)
    }

    /// Rust code, with the texts of its `html!` taken out.
    fn scan(&mut self, code: TokenStream) -> TokenStream {
        let mut before = [const { None }; 2];
        let mut rest = TokenStream::new();
        for token in code {
            let token = match token {
                TokenTree::Group(group) => {
                    let is_markup = matches!(
                        &before,
                        [Some(TokenTree::Ident(name)), Some(TokenTree::Punct(bang))]
                            if name == "html" && bang.as_char() == '!'
                    );
                    self.group(&group, is_markup).into()
                }
                other => other,
            };
            before = [before[1].take(), Some(token.clone())];
            rest.extend([token]);
        }
        rest
    }

    fn group(&mut self, group: &Group, is_markup: bool) -> Group {
        let texts = self.texts.len();
        let walked = is_markup
            .then(|| markup::walk(group.stream(), self))
            .flatten();
        let inside = walked.unwrap_or_else(|| {
            self.texts.truncate(texts);
            self.scan(group.stream())
        });
        Group::new(group.delimiter(), inside)
    }
}

impl Visitor for Source {
    fn text(&mut self, text: Literal) -> TokenStream {
        self.texts.push(text);
        // Any literal: where texts are does not depend on what they say, so equal rests have them at the same places.
        TokenTree::Literal(Literal::string("")).into()
    }

    fn rust(&mut self, group: Group) -> Group {
        self.group(&group, false)
    }
}
