//! A merge of sets is the merge of the sets, whatever language they are written in and wherever their items stand.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{keeps, merged};
use crate::merge::Merged;
use crate::tree::{File, Tree, TreePath};

/// A list that two sides change.
#[derive(Clone, Debug)]
struct Language {
    name: &'static str,
    before: &'static str,
    after: &'static str,
    /// What an item is written as, given its number and a value.
    item: fn(u8, u8) -> String,
}

const LANGUAGES: [Language; 8] = [
    Language {
        name: "mods.rs",
        before: "//! About.\n\n",
        after: "\nfn main() {}\n",
        item: |n, _| format!("mod m{n};\n"),
    },
    Language {
        name: "items.rs",
        before: "//! About.\n\nuse a::A;\n\n",
        after: "fn main() {}\n",
        item: |n, value| format!("/// What {n} does.\npub fn f{n}() -> u8 {{\n    {value}\n}}\n\n"),
    },
    Language {
        name: "routes.rs",
        before: "fn routes() -> Router {\n    Router::new()\n",
        after: "        .with_state(state)\n}\n",
        item: |n, value| format!("        .route(\n            \"/p{n}\",\n            get(h{value}),\n        )\n"),
    },
    Language {
        name: "array.rs",
        before: "const A: &[(&str, u8)] = &[\n",
        after: "];\n",
        item: |n, value| format!("    (\"k{n}\", {value}),\n"),
    },
    Language {
        name: "compose.yaml",
        before: "services:\n",
        after: "\nvolumes:\n  data:\n",
        item: |n, value| format!("  s{n}:\n    image: i{value}\n    ports:\n      - \"{n}:{n}\"\n"),
    },
    Language {
        name: ".env.example",
        before: "# About.\n\n",
        after: "\nLAST=1\n",
        item: |n, value| format!("V{n}={value}\n"),
    },
    Language { name: ".dockerignore", before: "", after: "", item: |n, _| format!("/i{n}\n") },
    Language {
        name: "table.md",
        before: "# T\n\n| a | b |\n|---|---|\n",
        after: "\nText.\n",
        item: |n, value| format!("| r{n} | v{value} |\n"),
    },
];

#[derive(Clone, Debug)]
enum Edit {
    Add(usize, u8, u8),
    Remove(usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        4 => (0..8_usize, 0..14_u8, 0..3_u8).prop_map(|(at, item, value)| Edit::Add(at, item, value % 2)),
        1 => (0..8_usize).prop_map(Edit::Remove),
    ];
    vec(edit, 0..4)
}

/// Items by number, each once, in an order.
type List = Vec<(u8, u8)>;

fn edited(base: &List, edits: &[Edit]) -> List {
    let mut list = base.clone();
    for edit in edits {
        match *edit {
            Edit::Add(at, item, value) if list.iter().all(|(other, _)| *other != item) => {
                list.insert(at.min(list.len()), (item, value));
            }
            Edit::Remove(at) if at < list.len() => drop(list.remove(at)),
            _ => {}
        }
    }
    list
}

fn three() -> impl Strategy<Value = (List, List, List)> {
    (0..7_u8, edits(), edits()).prop_map(|(length, mine, new)| {
        let base: List = (0..length).map(|item| (item * 2, 0)).collect();
        // To take an item out and to add it again is to move it: order means something to whoever does that.
        let new_items = |edits: Vec<Edit>| {
            let known =
                |edit: &Edit| matches!(edit, Edit::Add(_, item, _) if base.iter().any(|(other, _)| other == item));
            edits.into_iter().filter(|edit| !known(edit)).collect::<Vec<_>>()
        };
        let (mine, new) = (edited(&base, &new_items(mine)), edited(&base, &new_items(new)));
        (base, mine, new)
    })
}

fn written(language: &Language, list: &List) -> Tree {
    let items: String = list.iter().map(|(item, value)| (language.item)(*item, *value)).collect();
    let path = TreePath::parse(language.name).expect("a good path");
    Tree::from([(path, File::new(format!("{}{items}{}", language.before, language.after)))])
}

fn text(merged: &Merged) -> String {
    merged.tree.values().map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_merge_of_lists_is_the_merge_of_the_sets((base, ours, theirs) in three(), language in select(&LANGUAGES[..])) {
        // Where an item has no value, all are one.
        let valued = (language.item)(0, 0) != (language.item)(0, 1);
        let told = |list: &List| list.iter().map(|(item, value)| (*item, if valued { *value } else { 0 })).collect::<List>();
        let [base, ours, theirs] = [&base, &ours, &theirs].map(told);
        let [b, o, t] = [&base, &ours, &theirs].map(|list| written(&language, list));
        let merge = merged(&b, &o, &t);
        let text = text(&merge);
        for side in [&o, &t] {
            keeps(&b, side, &super::count(merge.tree.values()))?;
        }
        let sides = |list: &List| list.iter().copied().collect::<BTreeSet<_>>();
        let [base, ours, theirs] = [&base, &ours, &theirs].map(sides);
        let all: BTreeSet<(u8, u8)> = ours.union(&theirs).copied()
            .filter(|entry| !base.contains(entry) || (ours.contains(entry) && theirs.contains(entry))).collect();
        let disputed = (0..14).filter(|item| all.iter().filter(|(other, _)| other == item).count() > 1).count();
        if merge.conflicts.is_empty() {
            let item = |(item, value): &(u8, u8)| (language.item)(*item, *value);
            let full = |text: &str| text.lines().filter(|line| !line.is_empty()).count();
            let written: usize = all.iter().map(|entry| full(&item(entry))).sum();
            prop_assert_eq!(full(&text), full(language.before) + written + full(language.after), "{}", text);
            for entry in &all {
                prop_assert!(text.contains(&item(entry)), "{text}");
            }
            prop_assert_eq!(disputed, 0, "one key with two values is a question: {}", text);
            // Once more changes nothing but blank lines.
            let again = merged(&b, &merge.tree, &t);
            let lines = |tree: &Tree| super::count(tree.values());
            prop_assert_eq!(lines(&again.tree), lines(&merge.tree));
            // The other way round it says the same, whatever its order.
            let back = merged(&b, &t, &o);
            prop_assert!(back.conflicts.is_empty());
            prop_assert_eq!(lines(&back.tree), lines(&merge.tree));
        } else {
            prop_assert!(disputed > 0, "{text}");
        }
    }

    #[test]
    fn what_only_adds_items_of_one_value_has_no_conflict(
        (base, ours, theirs) in three(),
        language in select(&LANGUAGES[..]),
    ) {
        let plain = |list: &List| list.iter().map(|(item, _)| (*item, 0)).collect::<List>();
        let with_base = |list: &List| {
            let added = plain(list).into_iter().filter(|entry| !base.contains(entry)).collect::<List>();
            [base.clone(), added].concat()
        };
        let [b, o, t] = [&base, &with_base(&ours), &with_base(&theirs)].map(|list| written(&language, list));
        let merge = merged(&b, &o, &t);
        prop_assert!(merge.conflicts.is_empty(), "{}", text(&merge));
    }
}
