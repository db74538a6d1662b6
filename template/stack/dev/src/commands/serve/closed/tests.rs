use super::*;
use crate::commands::serve::show::Problem;

#[test]
fn what_a_compiler_says_is_no_markup() {
    let problem = Problem {
        title: "no".to_owned(),
        texts: vec!["expected `Vec<script>`".to_owned()],
    };
    let show = Show {
        problem: Some(problem),
        ..Show::default()
    };
    assert!(page(&show).ends_with("<h1>no</h1><pre>expected `Vec&lt;script&gt;`</pre>"));
}
