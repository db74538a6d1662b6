//! Time in signed files: cemented, verified, reported, and tampered with.

use std::fs;

use super::{WATCHED, World};

#[test]
fn finished_time_is_cemented_verified_and_reported() {
    let world = World::new();
    world.worked();
    insta::assert_snapshot!(world.shown(&["cement"]), @r#"
    exit 0
    --- err
        Cemented 2 spans, 3:00, of Ada Lovelace <ada@example.org>
                 time/.gitattributes
                 time/ada-lovelace-CHAIN.jsonl

    Next: `git add time && git commit -m "Time" time`
    "#);
    insta::assert_snapshot!(world.shown(&["cement"]), @"
    exit 0
    --- err
        Cemented nothing: all finished time is in its file
    ");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 0
    --- out
    time/ada-lovelace-CHAIN.jsonl: in order: 2 entries of Ada Lovelace <ada@example.org>, 3:00
    ");
    let march = ["report", "--since", "2026-03-01", "--until", "2026-03-31"];
    insta::assert_snapshot!(world.shown(&march), @"
    exit 0
    --- out
    Mon 2026-03-02  2:00  ████████████████████████
    Tue 2026-03-03  1:00  ████████████
    total           3:00
    ");
    insta::assert_snapshot!(world.shown(&[&march[..], &["--by", "author"]].concat()), @"
    exit 0
    --- out
    Ada Lovelace <ada@example.org>  3:00  ████████████████████████
    total                           3:00
    ");
    insta::assert_snapshot!(world.shown(&[&march[..], &["--json"]].concat()), @r#"
    exit 0
    --- out
    {
      "authors": [
        {
          "author": "Ada Lovelace <ada@example.org>",
          "cemented": 10800,
          "days": [
            {
              "day": "2026-03-02",
              "seconds": 7200
            },
            {
              "day": "2026-03-03",
              "seconds": 3600
            }
          ],
          "seconds": 10800
        }
      ],
      "days": [
        {
          "day": "2026-03-02",
          "seconds": 7200
        },
        {
          "day": "2026-03-03",
          "seconds": 3600
        }
      ],
      "seconds": 10800,
      "since": "2026-03-01",
      "until": "2026-03-31",
      "zone": "UTC"
    }
    "#);
    insta::assert_snapshot!(world.shown(&["report", "--svg", "time.svg", "--until", "2026-03-31"]), @"
    exit 0
    --- err
           Drawn time.svg, 3:00 hours
    ");
    assert!(world.0.read("shop/time.svg").contains("<title>Mon 2 Mar 2026: 2:00</title>"));
    insta::assert_snapshot!(world.shown(&["report", "--since", "2026-03-04", "--until", "2026-03-31"]), @"
    exit 0
    --- out
    no time from 2026-03-04 to 2026-03-31
    --- err
    note: `heavy time start` begins to track it; `--since` shows earlier days
    ");
}

#[test]
fn an_edited_entry_is_named_and_no_longer_counted() {
    let world = World::new();
    world.worked();
    world.shown(&["cement"]);
    let file = world.cemented();
    let edited = fs::read_to_string(&file).expect("a file").replace("T09:00:00Z", "T06:00:00Z");
    fs::write(&file, &edited).expect("a file");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: NOT as written: 1 entry of Ada Lovelace <ada@example.org>, 2:00
        line 2 (entry 1, 2026-03-02T06:00:00Z): it was edited, or is of another file: the signature does not fit
    ");
    insta::assert_snapshot!(world.shown(&["cement"]), @"
    exit 2
    --- err
    error: `$WORK/shop/time/ada-lovelace-CHAIN.jsonl` is not as it was written; nothing was changed
    caused by: line 2 (entry 1, 2026-03-02T06:00:00Z): it was edited, or is of another file: the signature does not fit
    hint: `git checkout HEAD -- time/ada-lovelace-CHAIN.jsonl` brings back what was committed
    hint: `heavy time verify` shows all that was changed
    ");
    assert_eq!(fs::read_to_string(&file).expect("a file"), edited);
    // What the log still has for the person does not need the file.
    let report = world.shown(&["report", "--since", "2026-03-01", "--until", "2026-03-31"]);
    assert!(report.contains("is not as it was written; what is not proven is left out"), "{report}");
    assert!(report.contains("total           3:00"), "{report}");
}

#[test]
fn a_file_under_a_second_name_is_a_finding_and_a_second_key_a_note() {
    let world = World::new();
    world.worked();
    world.shown(&["cement"]);
    let file = world.cemented();
    let second = file.with_file_name(format!("b-{}", file.file_name().expect("a name").to_string_lossy()));
    fs::copy(&file, file.with_file_name("copy.jsonl")).expect("a copy");
    fs::rename(&file, &second).expect("a file");
    fs::copy(&second, &file).expect("a copy");
    let shown = world.shown(&["verify"]);
    let shown = regex::Regex::new("-[0-9a-f]{8}").expect("a pattern").replace_all(&shown, "-CHAIN");
    insta::assert_snapshot!(shown, @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: in order: 2 entries of Ada Lovelace <ada@example.org>, 3:00
    time/b-ada-lovelace-CHAIN.jsonl: NOT as written: 2 entries of Ada Lovelace <ada@example.org>, 3:00
        line 1: it is the same chain as `time/ada-lovelace-CHAIN.jsonl`: one of them is a copy
    time/copy.jsonl: NOT as written: 2 entries of Ada Lovelace <ada@example.org>, 3:00
        line 1: it is the same chain as `time/ada-lovelace-CHAIN.jsonl`: one of them is a copy
        line 1: its name does not end in `-CHAIN.jsonl`: it is a copy, or was renamed
    ");
    let march = ["report", "--since", "2026-03-01", "--until", "2026-03-31"];
    assert!(world.shown(&march).contains("total           3:00"), "no second counts twice");
    fs::remove_file(&second).expect("our own file");
    fs::remove_file(file.with_file_name("copy.jsonl")).expect("our own file");
    assert!(world.shown(&["verify"]).starts_with("exit 0"));

    // Another machine's key, or somebody's who only says that they are Ada.
    fs::remove_dir_all(world.0.home().join("settings")).expect("our own folder");
    let log = fs::read_to_string(world.0.path(WATCHED).join("main.jsonl")).expect("a log");
    let later = log.lines().next().expect("a line").replace("a-1", "a-3").replace("03-02T", "03-05T");
    fs::write(world.0.path(WATCHED).join("main.jsonl"), log + &later + "\n").expect("a log");
    world.shown(&["cement"]);
    let shown = world.shown(&["verify"]);
    assert!(shown.starts_with("exit 0\n") && shown.matches(": in order: ").count() == 2, "{shown}");
    let note = "note: 2 keys sign as Ada Lovelace <ada@example.org>; `heavy time verify --json` shows them";
    assert!(shown.contains(note), "{shown}");
    assert!(world.shown(&march).contains(note));
}

#[test]
fn lines_that_were_cut_off_and_files_that_are_gone_are_known_from_the_last_commit() {
    let world = World::new();
    world.worked();
    world.shown(&["cement"]);
    world.0.git("shop", &["add", "--all"]);
    world.0.git("shop", &["commit", "--quiet", "--message=time"]);
    assert!(world.shown(&["verify"]).starts_with("exit 0"));
    let file = world.cemented();
    let text = fs::read_to_string(&file).expect("a file");
    let shorter: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
    fs::write(&file, shorter).expect("a file");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: NOT as written: 1 entry of Ada Lovelace <ada@example.org>, 1:00
        line 3: 1 entry is missing here, which the last commit has
    ");
    fs::remove_file(&file).expect("our own file");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: NOT as written: 0 entries, 0:00
        line 1: the file is gone, which the last commit has
    ");
    insta::assert_snapshot!(world.shown(&["cement"]), @"
    exit 0
    --- err
        Cemented nothing new; what was cemented before is in the work tree again
                 time/ada-lovelace-CHAIN.jsonl

    Next: `git add time && git commit -m \"Time\" time`
    ");
    assert_eq!(fs::read_to_string(&file).expect("a file"), text);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let world = World::new();
    world.0.write("shop/.git/heavy", "a file where a folder should be");
    insta::assert_snapshot!(world.shown(&["start"]), @"
    exit 4
    --- err
    error: cannot create the folder `$WORK/shop/.git/heavy/time`
    caused by: Not a directory (os error 20)
    hint: a part of this path is a file; choose another folder
    ");
}
