use super::*;
use crate::hazard::Name;

fn drops(object: &str) -> Hazard {
    Hazard::new(Name::DataLoss, object, "drops it")
}

#[test]
fn the_hint_is_a_command_that_a_shell_takes() {
    let text = not_allowed(&[drops("notes.title"), drops("\"Old notes\".it's")], &[]);
    let hint = text.lines().last().unwrap_or_default();
    assert_eq!(
        hint,
        "hint: if that is meant: `cargo dev migrate --allow 'data-loss:\"Old notes\".it'\\''s' --allow data-loss:notes.title`"
    );
}

#[test]
fn many_hazards_are_allowed_by_their_kinds() {
    let many: Vec<Hazard> = (0..9).map(|at| drops(&format!("t{at}"))).collect();
    let text = not_allowed(&many, &[]);
    assert!(
        text.ends_with("`cargo dev migrate --allow data-loss`"),
        "{text}"
    );
    assert_eq!(text.matches("drops it").count(), 9);
}
