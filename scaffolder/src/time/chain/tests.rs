//! Files are made here, changed in one place, and the place must be named.

use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_795_780_800;

fn key(number: u8) -> Key {
    Key::of(&[number; 32]).expect("32 bytes")
}

/// A chain of that many hours, each with half an hour of work.
fn chain(entries: i64) -> Chain {
    let mut chain = Chain::begin("Ada <ada@example.org>", "9f31c2d4", NOW, &key(7));
    for entry in 0..entries {
        let from = NOW - 86_400 + entry * 3600;
        chain.append(Span::new(from, from + 1800).expect("a span"), &key(7));
    }
    chain
}

fn findings(text: &str) -> Vec<String> {
    check(text.as_bytes(), NOW).findings.iter().map(ToString::to_string).collect()
}

fn lines(chain: &Chain) -> Vec<String> {
    chain.text().lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_chain_as_it_was_written_is_in_order() {
    let chain = chain(5);
    let checked = check(chain.text().as_bytes(), NOW);
    assert_eq!((checked.findings, checked.spans.as_slice()), (vec![], chain.spans()));
    assert_eq!(checked.header.as_ref(), Some(chain.header()));
    assert_eq!(Chain::read(chain.text().as_bytes(), NOW), Ok(chain));
}

#[test]
fn the_first_line_says_whose_it_is_and_each_other_one_a_span() {
    let text = chain(1).text().to_owned();
    let digits = regex::Regex::new(r#""[0-9a-f]{64,}""#).expect("a pattern");
    insta::assert_snapshot!(digits.replace_all(&text, "\"…\""), @r#"
    {"heavy-time":1,"author":"Ada <ada@example.org>","chain":"9f31c2d4","begun":"2026-11-27T12:00:00Z","key":"…","sig":"…"}
    {"n":1,"from":"2026-11-26T12:00:00Z","to":"2026-11-26T12:30:00Z","prev":"…","sig":"…"}
    "#);
}

#[test]
fn an_edited_entry_is_named_and_the_others_are_not() {
    let text = chain(5).text().replace("2026-11-26T14:30", "2026-11-26T14:59");
    assert_eq!(
        findings(&text),
        ["line 4 (entry 3, 2026-11-26T14:00:00Z): it was edited, or is of another file: the signature does not fit"]
    );
    assert_eq!(check(text.as_bytes(), NOW).spans.len(), 4);
}

#[test]
fn a_removed_entry_is_named() {
    let mut all = lines(&chain(5));
    all.remove(2);
    assert_eq!(findings(&joined(&all)), ["line 3 (entry 3, 2026-11-26T14:00:00Z): entry 2 is missing before it"]);
    all.remove(2);
    assert_eq!(
        findings(&joined(&all)),
        ["line 3 (entry 4, 2026-11-26T15:00:00Z): entries 2 to 3 are missing before it"]
    );
}

#[test]
fn entries_that_changed_places_are_named() {
    let mut all = lines(&chain(5));
    all.swap(2, 3);
    let found = findings(&joined(&all));
    assert!(
        found[0].starts_with("line 3 (entry 3,") && found[0].ends_with("it stands out of place, or twice"),
        "{found:?}"
    );
}

#[test]
fn an_entry_of_another_chain_or_another_key_is_named() {
    let mut other = Chain::begin("Ada <ada@example.org>", "another1", NOW, &key(7));
    let mut foreign = Chain::begin("Ada <ada@example.org>", "9f31c2d4", NOW, &key(8));
    for chain in [&mut other, &mut foreign] {
        chain.append(Span::new(NOW - 86_400, NOW - 80_000).expect("a span"), &key(8));
        let text = format!("{}{}\n", self::chain(0).text(), lines(chain)[1]);
        assert!(findings(&text)[0].contains("the signature does not fit"));
    }
}

#[test]
fn the_future_and_an_overlap_are_named_though_they_are_signed() {
    let mut chain = chain(1);
    chain.append(Span::new(NOW - 86_400, NOW - 86_000).expect("a span"), &key(7));
    chain.append(Span::new(NOW - 60, NOW + 60).expect("a span"), &key(7));
    assert_eq!(
        findings(chain.text()),
        [
            "line 3 (entry 2, 2026-11-26T12:00:00Z): it overlaps the entry that begins at 2026-11-26T12:00:00Z",
            "line 4 (entry 3, 2026-11-27T11:59:00Z): it lies in the future: it ends at 2026-11-27T12:01:00Z",
        ]
    );
}

#[test]
fn a_first_line_that_would_steer_a_terminal_is_refused_and_shown_as_text() {
    for author in ["Ada\u{1b}[2J <ada@example.org>", "Ada\u{202e} <ada@example.org>", "Ada\n <ada@example.org>"] {
        let chain = Chain::begin(author, "9f31c2d4", NOW, &key(7));
        let found = findings(chain.text());
        assert!(found[0].starts_with("line 1: its author has characters that cannot be seen: Ada\\u{"), "{found:?}");
        assert!(!found[0].contains(crate::hidden::is_hidden), "{found:?}");
        assert_eq!(check(chain.text().as_bytes(), NOW).header, None);
    }
    let chain = Chain::begin("Ada <ada@example.org>", "9f\u{7}", NOW, &key(7));
    assert!(findings(chain.text())[0].starts_with("line 1: its chain has "));
}

#[test]
fn a_file_is_called_after_its_chain() {
    let called = |name: &str| {
        let mut checked = check(chain(1).text().as_bytes(), NOW);
        checked.is_called(name);
        checked.findings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(called("ada-9f31c2d4.jsonl").is_empty());
    for name in ["ada-9f31c2d5.jsonl", "9f31c2d4.jsonl", "ada-9f31c2d4.jsonl.old", "bob.jsonl"] {
        let what = "line 1: its name does not end in `-9f31c2d4.jsonl`: it is a copy, or was renamed";
        assert_eq!(called(name), [what], "{name}");
    }
}

#[test]
fn what_git_or_an_editor_leaves_is_called_by_its_name() {
    let mut all = lines(&chain(2));
    all.insert(2, "<<<<<<< HEAD".to_owned());
    assert_eq!(findings(&joined(&all)), ["line 3: a merge left its conflict marker"]);
    assert!(findings(&chain(2).text().replace('\n', "\r\n"))[0].contains("line ending"));
    assert_eq!(findings(""), ["line 1: the file is empty"]);
    assert_eq!(findings("hello\n"), ["line 1: it is not the first line of a file of time"]);
    let cut = chain(2).text().trim_end().to_owned();
    assert_eq!(findings(&cut), ["line 3: the line is cut off"]);
}

#[test]
fn what_was_committed_knows_of_lines_that_were_cut_off_or_signed_again() {
    let (long, short) = (chain(5), chain(3));
    let found =
        |here: &str, there: &str| since_committed(here.as_bytes(), there.as_bytes()).map(|found| found.to_string());
    assert_eq!(found(long.text(), short.text()), None);
    assert_eq!(
        found(short.text(), long.text()).as_deref(),
        Some("line 5: 2 entries are missing here, which the last commit has")
    );
    let mut anew = chain(1);
    anew.append(Span::new(NOW - 50_000, NOW - 1000).expect("a span"), &key(7));
    assert!(findings(anew.text()).is_empty());
    let what = "line 3: it is signed, but it is not the line that was committed";
    assert_eq!(found(anew.text(), long.text()).as_deref(), Some(what));
}

/// One change of a file.
#[derive(Clone, Debug)]
enum Edit {
    Byte(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Delete(prop::sample::Index),
    Remove(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Twice(prop::sample::Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    use prop::sample::Index;
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, by)| Edit::Byte(at, by)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, by)| Edit::Insert(at, by)),
        any::<Index>().prop_map(Edit::Delete),
        any::<Index>().prop_map(Edit::Remove),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Edit::Swap(a, b)),
        any::<Index>().prop_map(Edit::Twice),
    ]
}

/// The file after an edit, and the line that the edit is in.
fn edited(chain: &Chain, edit: &Edit) -> (Vec<u8>, usize) {
    let mut bytes = chain.text().as_bytes().to_vec();
    let mut all = lines(chain);
    let line_of = |at: usize| chain.text().as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    match edit {
        Edit::Byte(at, by) => {
            let at = at.index(bytes.len());
            bytes[at] = *by;
            (bytes, line_of(at))
        }
        Edit::Insert(at, by) => {
            let at = at.index(bytes.len() + 1);
            bytes.insert(at, *by);
            (bytes, line_of(at))
        }
        Edit::Delete(at) => {
            let at = at.index(bytes.len());
            bytes.remove(at);
            (bytes, line_of(at))
        }
        // The last entry can be cut off, of which only the file's history knows.
        Edit::Remove(at) => {
            let at = at.index(all.len() - 1);
            all.remove(at);
            (joined(&all).into_bytes(), at + 1)
        }
        Edit::Swap(a, b) => {
            let (a, b) = (a.index(all.len()), b.index(all.len()));
            all.swap(a, b);
            (joined(&all).into_bytes(), a.min(b) + 1)
        }
        Edit::Twice(at) => {
            let at = at.index(all.len());
            all.insert(at, all[at].clone());
            (joined(&all).into_bytes(), at + 2)
        }
    }
}

proptest! {
    #[test]
    fn any_one_edit_is_found_at_its_place_and_no_second_is_counted_that_was_not_signed(
        entries in 1_i64..8,
        edit in edit(),
    ) {
        let chain = chain(entries);
        let (bytes, line) = edited(&chain, &edit);
        let checked = check(&bytes, NOW);
        if bytes == chain.text().as_bytes() {
            prop_assert!(checked.findings.is_empty());
        } else {
            prop_assert!(!checked.findings.is_empty(), "{:?}", edit);
            prop_assert!(checked.findings.iter().any(|found| found.line.abs_diff(line) <= 1), "{:?} in line {}: {:?}", edit, line, checked.findings);
        }
        prop_assert!(checked.spans.iter().all(|span| chain.spans().contains(span)));
    }

    #[test]
    fn rubbish_is_no_chain_and_breaks_nothing(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!check(&bytes, NOW).findings.is_empty());
    }
}
