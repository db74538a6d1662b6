use crate::workbench::Project;

const HEADER: &str = "{\"recording\":1,\"started\":\"2026-01-31T12:00:00Z\"}\n";

#[test]
fn a_recording_that_cannot_be_played_is_an_error_before_anything_is_built() {
    let project = Project::new();
    let done = project.dev(&["load", "none.jsonl"]);
    done.says(1, "error: cannot read `none.jsonl`");
    done.says(1, "\nhint: `cargo dev record`");
    project.write(
        "cut.jsonl",
        &format!("{HEADER}nonsense\n{HEADER}nonsense\n{HEADER}"),
    );
    project
        .dev(&["load", "cut.jsonl"])
        .says(1, "no request and no message");
    project.write("wrong.jsonl", &format!("{HEADER}nonsense\n[]\n"));
    project
        .dev(&["load", "wrong.jsonl"])
        .says(1, "error: `wrong.jsonl`: line 2 of the recording");
}

#[test]
fn what_is_said_wrongly_is_an_error_that_says_how() {
    let project = Project::new();
    let wrong: [(&[&str], &str); 4] = [
        (&["--duration", "soon"], "`300ms`"),
        (&["--max-errors", "few"], "`1%`"),
        (&["--think", "5s..1s"], "more than"),
        (&["--ramp", "0"], "such as `5/s`"),
    ];
    for (arguments, why) in wrong {
        let arguments = [&["load", "a.jsonl"], arguments].concat();
        project.dev(&arguments).says(2, why);
    }
}

#[test]
fn a_place_that_cannot_be_loaded_is_an_error_before_anything_is_built() {
    let project = Project::new();
    let request =
        "{\"at\":1,\"kind\":\"http\",\"method\":\"GET\",\"target\":\"/\",\"status\":200}\n";
    project.write("a.jsonl", &format!("{HEADER}{request}"));
    project
        .dev(&["load", "a.jsonl", "--url", "ftp://shop.example"])
        .says(1, "it does not begin with `http://` or `https://`");
}
