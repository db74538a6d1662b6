//! A Rust file with the places of its parts.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};

pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    /// Where in the text the tokens begin: after a byte order mark and a shebang.
    offset: usize,
    pub(super) tokens: TokenStream,
    pub(super) file: syn::File,
}

impl<'a> Source<'a> {
    /// Nothing if it is no Rust.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut offset = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let start = &text[offset..];
        // `#![…]` is an attribute.
        if start.starts_with("#!") && !start[2..].trim_start().starts_with('[') {
            offset += start.find('\n').unwrap_or(start.len());
        }
        let tokens: TokenStream = text[offset..].parse().ok()?;
        let file = syn::parse2(tokens.clone()).ok()?;
        Some(Self { text, offset, tokens, file })
    }

    /// The bytes that a span stands for.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let range = span.byte_range();
        range.start + self.offset..range.end + self.offset
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// The line ends of the file.
    pub(super) fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The white space that the line of a place begins with.
    pub(super) fn indentation(&self, at: usize) -> &'a str {
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &self.text[start..at];
        &line[..line.len() - line.trim_start().len()]
    }
}
