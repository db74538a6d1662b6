//! Sets in Rust, as rustfmt indents it.

use std::sync::LazyLock;

use regex::Regex;

use super::imports;
use super::place::Place;
use super::units::{Item, Line, Unit};

/// An item's kind and what follows it.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"^(?:pub(?:\([^)]*\))?\s+)?(?:default\s+)?(?:(?:const|async|unsafe|safe|extern(?:\s+"[^"]*")?)\s+)*"#,
        r"(fn|struct|enum|union|trait|mod|type|const|static|use|impl|macro_rules!)\b\s*(.*)"
    ))
    .expect("a pattern")
});

/// A macro that stands where an item does.
static MACRO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[\w:]+!\s*[({\[]").expect("a pattern"));

/// A link in a chain of calls that adds to a router.
static ROUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\.(?:route|route_service|page|nest|nest_service|merge)\(").expect("a pattern"));

/// A text in quotes, without escapes.
static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""([^"\\]*)""#).expect("a pattern"));

/// A field, a variant, or a value for a field.
static FIELD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:pub(?:\([^)]*\))?\s+)?((?:r#)?\w+)\s*[:,({=]").expect("a pattern"));

/// The beginning of a value with named fields.
static LITERAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[\s(=&])(?:\w+::)*[A-Z]\w*(?:::<.*>)? \{$").expect("a pattern"));

/// A link in markup.
static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"^a[.#\w-]* href="([^"]+)""#).expect("a pattern"));

/// A list of links in markup.
static NAVIGATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^nav\b.*\{$").expect("a pattern"));

/// Says of each unit what it is.
pub(super) fn items(place: &Place, units: &mut [Unit]) {
    for unit in units {
        unit.item = item(place, unit.body().trim());
    }
}

fn item(place: &Place, body: &str) -> Option<Item> {
    let of = |rank, key: String| Some(Item { key, rank });
    let head = body.lines().next()?;
    match place {
        Place::Fields => {
            let field = FIELD.captures(head).filter(|_| without_comment(body).ends_with(','))?;
            return of(0, format!("field {}", &field[1]));
        }
        Place::Elements => {
            let element = without_comment(body).strip_suffix(',')?;
            let named = element.strip_prefix('(').unwrap_or(element);
            let name = TEXT.captures(named).filter(|text| named.starts_with(&text[0]));
            return of(0, format!("element {}", name.as_ref().map_or(element, |name| &name[0])));
        }
        Place::Links => return LINK.captures(head).and_then(|link| of(0, format!("link {}", &link[1]))),
        _ => {}
    }
    if let Some(call) = ROUTE.find(head) {
        let path = TEXT.captures(body).filter(|_| !call.as_str().starts_with(".merge"));
        // A chain that ends here is no link of it.
        let key = path.as_ref().map_or(body, |path| &path[1]);
        return (!body.ends_with(';')).then(|| of(0, format!("route {key}")))?;
    }
    if *place == Place::Items && MACRO.is_match(head) && !head.starts_with("macro_rules!") {
        return of(3, body.to_owned());
    }
    let found = ITEM.captures(head)?;
    let (kind, rest) = (&found[1], &found[2]);
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || "_#".contains(*c)).collect();
    match kind {
        "mod" if body.ends_with(';') => of(0, format!("type {name}")),
        "use" => of(1, imports::key(body)),
        "impl" => of(3, head.to_owned()),
        "mod" | "struct" | "enum" | "union" | "trait" | "type" => of(3, format!("type {name}")),
        "const" if name == "_" => of(2, body.to_owned()),
        "const" | "static" => of(2, format!("value {name}")),
        "fn" => of(3, format!("value {name}")),
        _ => None,
    }
}

/// A unit of code without the comment at the end of its last line, which may be there on one side only.
fn without_comment(body: &str) -> &str {
    let last = body.rfind('\n').map_or(0, |end| end + 1);
    let mut lexer = Lexer::default();
    lexer.read(&body[..last]);
    lexer.read(&body[last..]);
    let end = lexer.comment.map_or(body.len(), |at| last + at);
    body[..end].trim_end()
}

/// The place of what is indented below a line, in a unit that begins with `head`.
pub(super) fn inside(place: &Place, head: &str, above: &str) -> Place {
    let (head, above) = (head.trim(), above.trim());
    if above.ends_with('[') && !above.starts_with('#') {
        return Place::Elements;
    }
    if !above.ends_with('{') {
        return Place::Code;
    }
    if *place == Place::Links || NAVIGATION.is_match(above) {
        return Place::Links;
    }
    match ITEM.captures(head).as_ref().map(|found| found.get(1).map_or("", |kind| kind.as_str())) {
        Some("mod" | "impl" | "trait") => Place::Items,
        Some("struct" | "enum" | "union") => Place::Fields,
        Some("use") => Place::Whole,
        _ if LITERAL.is_match(above) => Place::Fields,
        _ => Place::Code,
    }
}

/// What each line is.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lexer = Lexer::default();
    let mut lines = Vec::new();
    // How many brackets of an attribute are open.
    let mut attribute = 0_i32;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let before = lexer.state;
        let starts_attribute = before == State::Code && (code.starts_with("#[") || code.starts_with("#!["));
        let kind = match before {
            State::Comment(_) => Line::Above,
            State::Text | State::Raw(_) => Line::Text,
            // What is about the file or module around them goes with no item.
            State::Code if code.starts_with("//!") || code.starts_with("#![") => Line::Head,
            State::Code if attribute > 0 || starts_attribute => Line::Above,
            State::Code if code.starts_with("//") || code.starts_with("/*") => Line::Above,
            State::Code if code.starts_with([')', ']', '}', '{']) || code.trim_end() == "where" => Line::Closing,
            State::Code => Line::Head,
        };
        let depth = lexer.read(line);
        if attribute > 0 || starts_attribute {
            attribute += depth;
        }
        // An attribute with the item on the same line.
        lines.push(if starts_attribute && attribute == 0 && !code.trim_end().ends_with(']') {
            Line::Head
        } else {
            kind
        });
    }
    lines
}

/// Where a line begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    Text,
    /// In a raw text that is closed with so many `#`.
    Raw(usize),
    /// In so many comments.
    Comment(usize),
}

/// Reads as much of Rust as it takes to know where texts and comments are.
#[derive(Default)]
struct Lexer {
    state: State,
    /// Where the comment begins that ends the line that was read last.
    comment: Option<usize>,
}

impl Lexer {
    /// Reads a line, and returns how many more square brackets it opens than it closes.
    fn read(&mut self, line: &str) -> i32 {
        self.comment = None;
        let (mut depth, mut at) = (0, 0);
        while at < line.len() {
            let rest = &line.as_bytes()[at..];
            at += match self.state {
                State::Code => {
                    depth += i32::from(rest[0] == b'[') - i32::from(rest[0] == b']');
                    self.code(line, at)
                }
                State::Text if rest[0] == b'\\' => 2,
                State::Text => self.close(rest[0] == b'"', 1),
                State::Raw(hashes) => {
                    let closes =
                        rest[0] == b'"' && rest[1..].iter().take_while(|byte| **byte == b'#').count() >= hashes;
                    self.close(closes, if closes { hashes + 1 } else { 1 })
                }
                State::Comment(open) if rest.starts_with(b"/*") => {
                    self.state = State::Comment(open + 1);
                    2
                }
                State::Comment(open) if rest.starts_with(b"*/") => {
                    self.state = if open > 1 { State::Comment(open - 1) } else { State::Code };
                    2
                }
                State::Comment(_) => 1,
            };
        }
        depth
    }

    fn close(&mut self, closes: bool, length: usize) -> usize {
        if closes {
            self.state = State::Code;
        }
        length
    }

    /// Reads on in code, and returns how many bytes.
    fn code(&mut self, line: &str, at: usize) -> usize {
        let bytes = line.as_bytes();
        let rest = &bytes[at..];
        let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        match rest[0] {
            b'/' if rest.starts_with(b"//") => {
                self.comment = Some(at);
                line[at..].find('\n').unwrap_or(rest.len())
            }
            b'/' if rest.starts_with(b"/*") => {
                self.state = State::Comment(1);
                2
            }
            b'"' => {
                self.state = State::Text;
                1
            }
            b'r' => {
                let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
                let before = at.checked_sub(1).map(|index| bytes[index]);
                let prefixed = matches!(before, Some(b'b' | b'c')) && (at < 2 || !is_word(bytes.get(at - 2)));
                if rest.get(hashes + 1) == Some(&b'"') && (prefixed || !is_word(before.as_ref())) {
                    self.state = State::Raw(hashes);
                    hashes + 2
                } else {
                    1
                }
            }
            // A character, or a lifetime.
            b'\'' if rest.get(1) == Some(&b'\\') => {
                let end = rest.iter().skip(3).position(|byte| *byte == b'\'');
                end.map_or(rest.len(), |end| end + 4)
            }
            b'\'' => {
                let mut next = line.get(at + 1..).unwrap_or_default().chars();
                match (next.next(), next.next()) {
                    (Some(character), Some('\'')) => character.len_utf8() + 2,
                    _ => 1,
                }
            }
            _ => 1,
        }
    }
}
