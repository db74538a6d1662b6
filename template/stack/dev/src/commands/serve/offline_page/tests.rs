use super::*;
use crate::commands::serve::overlay::Problem;

#[test]
fn what_a_compiler_says_is_no_markup() {
    let problem = Problem {
        title: "no".to_owned(),
        texts: vec!["expected `Vec<script>`".to_owned()],
    };
    let overlay = Overlay {
        problem: Some(problem),
        ..Overlay::default()
    };
    assert!(page(&overlay).ends_with("<h1>no</h1><pre>expected `Vec&lt;script&gt;`</pre>"));
}
