//! `html!` of development builds: that of maud, with every text looked up where it is shown.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

/// Markup. [The book of maud](https://maud.lambda.xyz/) describes it.
#[proc_macro]
pub fn html(body: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let body = TokenStream::from(body);
    let looked_up = stack_html_literals::replace(body.clone(), text).unwrap_or(body);
    quote!(::maud::maud_html! { #looked_up }).into()
}

/// The lookup of a text, as a splice. Messages of the compiler point to the literal.
fn text(literal: Literal) -> TokenStream {
    let at = literal.span();
    let file = at.file().replace('\\', "/");
    let start = at.start();
    let (line, column) = (
        Literal::usize_unsuffixed(start.line),
        Literal::usize_unsuffixed(start.column),
    );
    let own = Span::mixed_site().located_at(at);
    quote_spanned! {own=> (::maud::texts::Text { file: #file, line: #line, column: #column, text: #literal }) }
}
