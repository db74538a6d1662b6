//! The grammar of `html!`, as far as it takes to tell texts from names and from Rust code.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

/// What is done with the parts of markup.
pub(crate) trait Visitor {
    /// A text, and what stands in its place.
    fn text(&mut self, text: Literal) -> TokenStream;
    /// Rust code in parentheses, brackets or braces.
    fn rust(&mut self, group: Group) -> Group;
}

/// The markup with its texts and its Rust code exchanged. `None` if the two cannot be told apart.
pub(crate) fn walk(markup: TokenStream, visitor: &mut dyn Visitor) -> Option<TokenStream> {
    Walker::new(markup, visitor).markups()
}

struct Walker<'v> {
    tokens: Vec<TokenTree>,
    /// The next of them.
    at: usize,
    done: TokenStream,
    visitor: &'v mut dyn Visitor,
}

impl<'v> Walker<'v> {
    fn new(markup: TokenStream, visitor: &'v mut dyn Visitor) -> Self {
        Self {
            tokens: markup.into_iter().collect(),
            at: 0,
            done: TokenStream::new(),
            visitor,
        }
    }

    fn markups(mut self) -> Option<TokenStream> {
        while self.peek(0).is_some() {
            self.markup()?;
        }
        Some(self.done)
    }

    /// One text, splice, block, element or control structure.
    fn markup(&mut self) -> Option<()> {
        match self.peek(0) {
            Some(TokenTree::Group(_)) => self.group()?,
            Some(TokenTree::Literal(text)) if is_string(text) => {
                let text = text.clone();
                self.at += 1;
                let text = self.visitor.text(text);
                self.done.extend(text);
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == '@' => self.control()?,
            Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => self.keep(),
            Some(_) => self.element()?,
            None => {}
        }
        Some(())
    }

    /// Braces have markup in them, everything else Rust code.
    fn group(&mut self) -> Option<()> {
        if let Some(TokenTree::Group(group)) = self.peek(0)
            && group.delimiter() == Delimiter::Brace
        {
            let group = group.clone();
            self.at += 1;
            let inside = walk(group.stream(), self.visitor)?;
            self.push(&group, inside);
        } else {
            self.keep();
        }
        Some(())
    }

    /// A name, attributes, and a body or a semicolon.
    fn element(&mut self) -> Option<()> {
        loop {
            match self.peek(0) {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    return self.group();
                }
                Some(TokenTree::Punct(punct)) => match punct.as_char() {
                    ';' => {
                        self.keep();
                        return Some(());
                    }
                    '=' => {
                        self.keep();
                        self.markup()?;
                    }
                    // Of a class or an id that is computed, or else a name.
                    '.' | '#' => {
                        self.keep();
                        if self.is_brace(0) {
                            self.group()?;
                        }
                    }
                    '@' => return None,
                    _ => self.keep(),
                },
                Some(_) => self.keep(),
                None => return Some(()),
            }
        }
    }

    /// What begins with `@`.
    fn control(&mut self) -> Option<()> {
        self.keep();
        let name = self.peek(0)?.to_string();
        self.keep();
        match name.as_str() {
            "let" => {
                while !self.is_punct(0, ';') {
                    self.peek(0)?;
                    self.keep();
                }
            }
            "while" | "for" => {
                self.head()?;
                self.group()?;
            }
            "if" => {
                self.head()?;
                self.group()?;
                let is_else = |token: &TokenTree| token.to_string() == "else";
                while self.is_punct(0, '@') && self.peek(1).is_some_and(is_else) {
                    self.keep();
                    self.keep();
                    if !self.is_brace(0) {
                        self.keep();
                        self.head()?;
                    }
                    self.group()?;
                }
            }
            "match" => {
                self.head()?;
                let Some(TokenTree::Group(group)) = self.peek(0).cloned() else {
                    return None;
                };
                self.at += 1;
                let arms = Walker::new(group.stream(), self.visitor).arms()?;
                self.push(&group, arms);
            }
            _ => return None,
        }
        Some(())
    }

    /// Rust code up to the body. Braces in it belong to a pattern, or to an expression that a compiler has to read.
    fn head(&mut self) -> Option<()> {
        loop {
            match self.peek(0)? {
                TokenTree::Group(_) if self.is_brace(0) => {
                    let is_pattern = ['=', '|'].iter().any(|&next| self.is_punct(1, next))
                        || self.peek(1).is_some_and(|next| next.to_string() == "in");
                    if !is_pattern {
                        return Some(());
                    }
                }
                TokenTree::Ident(word) => {
                    let has_braces = [
                        "if", "match", "unsafe", "async", "loop", "const", "while", "for",
                    ];
                    if has_braces.iter().any(|known| word == known) {
                        return None;
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == '|' && self.is_brace(1) => {
                    return None;
                }
                _ => {}
            }
            self.keep();
        }
    }

    /// The arms of a `@match`.
    fn arms(mut self) -> Option<TokenStream> {
        while self.peek(0).is_some() {
            while !(self.is_punct(0, '=') && self.is_punct(1, '>')) {
                self.peek(0)?;
                self.keep();
            }
            self.keep();
            self.keep();
            self.markup()?;
            if self.is_punct(0, ',') {
                self.keep();
            }
        }
        Some(self.done)
    }

    /// The next token as it is, but for code in it.
    fn keep(&mut self) {
        let token = match self.tokens.get(self.at).cloned() {
            Some(TokenTree::Group(group)) => Some(self.visitor.rust(group).into()),
            other => other,
        };
        self.at += 1;
        self.done.extend(token);
    }

    /// A group with something else in it.
    fn push(&mut self, like: &Group, inside: TokenStream) {
        let mut group = Group::new(like.delimiter(), inside);
        group.set_span(like.span());
        self.done.extend([TokenTree::Group(group)]);
    }

    fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + ahead)
    }

    fn is_punct(&self, ahead: usize, wanted: char) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    }

    fn is_brace(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
    }
}

fn is_string(literal: &Literal) -> bool {
    let text = literal.to_string();
    text.starts_with(['"', 'r']) && text.ends_with(['"', '#'])
}
