use super::*;

/// Number and name, and the side that it is on.
fn names(files: &[(&str, u8)]) -> Result<Vec<String>> {
    let file = |(name, side): &(&str, u8)| {
        let (number, rest) = name.split_once('_').unwrap();
        File {
            number: number.parse().unwrap(),
            rest: rest.to_owned(),
            path: PathBuf::from(name),
            age: Age {
                side: *side,
                since: 0,
            },
        }
    };
    let all = renumbered(files.iter().map(file).collect())?;
    Ok(all
        .into_iter()
        .map(|(from, to)| format!("{} {}", from.display(), to.display()))
        .collect())
}

#[test]
fn what_others_do_not_have_gives_way() {
    let files = [
        ("0001_a.sql", 0),
        ("0002_b.sql", 0),
        ("0002_mine.sql", 2),
        ("0003_c.sql", 0),
    ];
    assert_eq!(names(&files).unwrap(), ["0002_mine.sql 0004_mine.sql"]);
}

#[test]
fn what_was_written_after_it_on_its_side_follows_in_its_order() {
    let files = [
        ("0002_b.sql", 0),
        ("0002_mine.sql", 2),
        ("0003_more.sql", 2),
        ("0004_new.sql", 3),
    ];
    let moved = [
        "0004_new.sql 0005_new.sql",
        "0003_more.sql 0004_more.sql",
        "0002_mine.sql 0003_mine.sql",
    ];
    assert_eq!(names(&files).unwrap(), moved);
}

#[test]
fn nothing_is_done_where_there_is_nothing_to_do_or_nobody_knows_what() {
    assert!(
        names(&[("0001_a.sql", 0), ("0002_b.sql", 2)])
            .unwrap()
            .is_empty()
    );
    let undecided = names(&[("0001_a.sql", 0), ("0001_b.sql", 0)])
        .unwrap_err()
        .to_string();
    assert!(
        undecided.contains("hint: ") && undecided.contains("renumber --file 0001_b.sql`"),
        "{undecided}"
    );
}
