use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::splice::splices;

/// What is named, as it is written in both texts, and the ways there.
fn named(old: &str, new: &str) -> Vec<(String, Vec<usize>)> {
    let change = splices(old, new);
    let found = find(old, new, &edits(old, &change)).unwrap_or_default();
    let units: Vec<u16> = old.encode_utf16().collect();
    let written = |target: Target| {
        let units = &units[target.start..target.start + target.length];
        (String::from_utf16(units).unwrap(), target.path)
    };
    found.into_iter().map(written).collect()
}

fn one(old: &str, new: &str) -> (String, Vec<usize>) {
    let mut found = named(old, new);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_digit_is_in_its_cell_however_many_rows_there_are() {
    let page = |digit: &str| {
        let rows = |count| "<tr><td>ä</td><td>0</td></tr>".repeat(count);
        format!(
            "<header></header><table><tbody>{}<tr><td>🙂</td><td>{digit}</td></tr>{}</tbody></table>",
            rows(700),
            rows(300)
        )
    };
    let found = one(&page("5"), &page("6"));
    assert_eq!(found, ("<td>5</td>".into(), vec![1, 0, 700, 1]));
}

#[test]
fn two_changes_are_in_two_elements() {
    let page = |count: i32| {
        let same = "<p>same</p>".repeat(50);
        format!("<p><b>{count}</b></p><main>{same}<i class=\"n{count}\">x</i></main>")
    };
    let found = named(&page(1), &page(2));
    let expected = [
        ("<b>1</b>".to_owned(), vec![0, 0]),
        ("<i class=\"n1\">x</i>".to_owned(), vec![1, 50]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_attribute_is_of_its_element_with_content_and_without() {
    let found = one("<p><input value=\"a>\"></p>", "<p><input value=\"b>\"></p>");
    assert_eq!(found, ("<input value=\"a>\">".into(), vec![0, 0]));
    let found = one(
        "<p><br><a href=\"x\">y</a></p>",
        "<p><br><a href=\"z\">y</a></p>",
    );
    assert_eq!(found, ("<a href=\"x\">y</a>".into(), vec![0, 1]));
}

#[test]
fn what_becomes_more_or_another_element_is_in_its_parent() {
    let (found, _) = one("<ul><li>a</li></ul>", "<ul><li>a</li><li>a</li></ul>");
    assert_eq!(found, "<ul><li>a</li></ul>");
    let (found, _) = one("<p><b>a</b></p>", "<p><i>a</i></p>");
    assert_eq!(found, "<p><b>a</b></p>");
    let (found, _) = one("<p><b>a</b></p>", "<p><br>a</p>");
    assert_eq!(found, "<p><b>a</b></p>");
    assert_eq!(named("<b>a</b>", "<i>a</i>"), []);
}

#[test]
fn what_is_around_elements_that_were_named_before_is_named_in_their_place() {
    let same = "<li>same</li>".repeat(50);
    let old = format!("<i>x</i><ul>{same}<li>much longer</li>{same}<li>a</li></ul>");
    let new = format!("<i>y</i><ul>{same}<li></li>{same}<li>a</li><li>b</li></ul>");
    let list = old["<i>x</i>".len()..].to_owned();
    let expected = [("<i>x</i>".to_owned(), vec![0]), (list, vec![1])];
    assert_eq!(named(&old, &new), expected);
}

#[test]
fn what_a_parser_or_somebody_else_needs_whole_is_whole() {
    for page in [
        "<svg><circle r=\"N\"></circle></svg>",
        "<select><option>N</option></select>",
        "<my-chart><b>N</b></my-chart>",
        "<div contenteditable=\"\"><b>N</b></div>",
        "<div data-ignore=\"\"><p><b>N</b></p></div>",
        "<textarea>\nN</textarea>",
        "<style>b>i{order:N}</style>",
    ] {
        let page = format!("<p><!-- <b> --></p>{page}");
        let (found, path) = one(&page.replace('N', "1"), &page.replace('N', "2"));
        assert_eq!(found, page["<p><!-- <b> --></p>".len()..].replace('N', "1"));
        assert_eq!(path, [1]);
    }
}

/// A tree of elements, written as a browser writes it.
#[derive(Clone, Debug)]
enum Node {
    Text(String),
    Element(&'static str, String, Vec<Node>),
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let leaf = "[ab🙂]{1,3}".prop_map(Node::Text);
    let node = leaf.prop_recursive(4, 40, 5, |inner| {
        let name = prop::sample::select(vec!["b", "p", "br", "svg", "ul"]);
        (name, "[xy>]{0,2}", prop::collection::vec(inner, 0..5))
            .prop_map(|(name, class, inner)| Node::Element(name, class, inner))
    });
    prop::collection::vec(node, 0..6)
}

fn write(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(name, class, inner) => {
                write!(out, "<{name} class=\"{class}\">").unwrap();
                if *name != "br" {
                    write(inner, out);
                    write!(out, "</{name}>").unwrap();
                }
            }
        }
    }
}

fn html(nodes: &[Node]) -> String {
    let mut out = String::new();
    write(nodes, &mut out);
    out
}

/// The element at the end of a way, as it is written.
fn at(nodes: &[Node], path: &[usize]) -> String {
    let mut elements = nodes
        .iter()
        .filter(|node| matches!(node, Node::Element(..)));
    match (elements.nth(path[0]), &path[1..]) {
        (Some(node), []) => html(std::slice::from_ref(node)),
        (Some(Node::Element(_, _, inner)), rest) => at(inner, rest),
        _ => panic!("nothing is there"),
    }
}

proptest! {
    #[test]
    fn whatever_two_pages_are_the_ways_lead_to_all_that_differs(old in nodes(), new in nodes()) {
        let (before, after) = (html(&old), html(&new));
        let found = named(&before, &after);
        for (written, path) in &found {
            prop_assert_eq!(&at(&old, path), written);
        }
        // With what stands at the same places of the new page the old page is the new page.
        if !found.is_empty() {
            let mut built = before.clone();
            for (written, path) in found.iter().rev() {
                let place = built.rfind(written).unwrap();
                built.replace_range(place..place + written.len(), &at(&new, path));
            }
            prop_assert_eq!(built.len(), after.len());
        }
    }
}
