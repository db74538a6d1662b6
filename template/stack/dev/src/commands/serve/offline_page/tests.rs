use super::*;
use crate::commands::serve::overlay::Problem;

#[test]
fn what_a_compiler_says_is_no_markup_and_has_no_colours_without_the_script() {
    let problem = Problem {
        title: "no".to_owned(),
        texts: vec!["\u{1b}[1mexpected `Vec<script>`\u{1b}[0m".to_owned()],
    };
    let overlay = Overlay {
        problem: Some(problem),
        ..Overlay::default()
    };
    let shown = "<noscript><h1>no</h1><pre>expected `Vec&lt;script&gt;`</pre></noscript>";
    assert!(page(&overlay, true).ends_with(shown));
    assert!(!page(&overlay, true).contains("data-back"));
    assert!(page(&overlay, false).contains("data-back"));
}
