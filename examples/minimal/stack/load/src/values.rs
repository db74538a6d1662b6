//! What is another one for each user: names, passwords, identifiers, tokens.
//!
//! What a recording left out, and what has to be unique, is made up; identifiers and tokens are found in the pages that
//! this user was given.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{
    form, html,
    shape::{self, Class, Piece, REDACTED, Shape},
};

/// What a user's pages say, the most recent one first.
pub(crate) type Sources<'a> = [&'a str];

/// The values of one user.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// Unlike that of every other user and run.
    who: String,
    user: usize,
    round: usize,
    set: Vec<(String, String)>,
    /// Recorded identifier → this user's.
    own: HashMap<String, String>,
    /// Recorded address → which one of this user's.
    addresses: HashMap<String, usize>,
}

impl Values {
    /// A new visitor: the `user`th, who begins for the `round`th time, in a run with this name.
    pub(crate) fn new(run: &str, user: usize, round: usize, set: &[(String, String)]) -> Self {
        let who = format!("{run}-{user}-{round}");
        Self {
            who,
            user,
            round,
            set: set.to_vec(),
            ..Self::default()
        }
    }

    /// Another round of the same visitor, with other pages.
    pub(crate) fn again(&mut self) {
        self.own.clear();
    }

    /// The text with this user's identifiers in it.
    ///
    /// # Errors
    /// What was looked for and not found.
    pub(crate) fn text(&mut self, shape: &Shape, sources: &Sources<'_>) -> Result<String, String> {
        if let [Piece::Fixed(text)] = shape.0.as_slice() {
            return Ok(text.clone());
        }
        self.find(shape, sources)?;
        let own = |(at, piece): (usize, &Piece)| match piece {
            Piece::Fixed(text) => text.clone(),
            Piece::Own(recorded, _) => self.own.get(&key(shape, at)).unwrap_or(recorded).clone(),
        };
        Ok(shape.0.iter().enumerate().map(own).collect())
    }

    /// The name of a handler with this user's identifiers in it.
    ///
    /// # Errors
    /// What was looked for and not found.
    pub(crate) fn handler(
        &mut self,
        shape: &Shape,
        kind: &str,
        sources: &Sources<'_>,
    ) -> Result<String, String> {
        let attribute = format!("on:{kind}=\"");
        let mut pieces = vec![Piece::Fixed(attribute.clone())];
        for piece in &shape.0 {
            match (piece, pieces.last_mut()) {
                // Numbers are places on the page.
                (
                    Piece::Fixed(text) | Piece::Own(text, Class::Number),
                    Some(Piece::Fixed(before)),
                ) => before.push_str(text),
                (Piece::Fixed(text) | Piece::Own(text, Class::Number), _) => {
                    pieces.push(Piece::Fixed(text.clone()));
                }
                (own, _) => pieces.push(own.clone()),
            }
        }
        let text = self
            .text(&Shape(pieces), sources)
            .map_err(|_| format!("a handler such as `{}`", shape.name()))?;
        Ok(text[attribute.len()..].to_owned())
    }

    /// Learns the identifiers of a text, such as of where a redirect leads.
    pub(crate) fn learn(&mut self, shape: &Shape, text: &str) {
        if let Some((tokens, _)) = shape.capture(text) {
            let tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
            self.bind(shape, &tokens);
        }
    }

    fn bind(&mut self, shape: &Shape, tokens: &[String]) {
        let own = shape
            .0
            .iter()
            .enumerate()
            .filter(|(_, piece)| matches!(piece, Piece::Own(..)));
        for ((at, piece), token) in own.zip(tokens) {
            if !matches!(piece, Piece::Own(_, Class::Redacted)) {
                self.own
                    .entry(key(shape, at))
                    .or_insert_with(|| token.clone());
            }
        }
    }

    fn find(&mut self, shape: &Shape, sources: &Sources<'_>) -> Result<(), String> {
        let known = self.known(shape);
        if known.is_fixed() {
            return Ok(());
        }
        // The same for everybody: it is there as it was recorded.
        let literal = shape
            .0
            .iter()
            .all(|piece| !matches!(piece, Piece::Own(_, Class::Redacted)));
        let recorded = Shape(vec![Piece::Fixed(known.recorded())]);
        if literal
            && sources
                .iter()
                .any(|source| occurrences(&recorded, source).next().is_some())
        {
            return Ok(());
        }
        for source in sources {
            for tokens in occurrences(&known, source) {
                let taken = tokens
                    .iter()
                    .any(|token| self.own.values().any(|own| own == token));
                if !taken {
                    let tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
                    self.bind(&known, &tokens);
                    return Ok(());
                }
            }
        }
        // A program is told identifiers by themselves.
        let unknown = known.0.iter().find_map(|piece| match piece {
            Piece::Own(recorded, Class::Token) => Some(recorded.clone()),
            _ => None,
        });
        let Some(recorded) = unknown else {
            // Numbers that are nowhere are the same for everybody.
            return if literal {
                Ok(())
            } else {
                Err(format!("a link such as `{}`", shape.name()))
            };
        };
        let json = sources
            .iter()
            .find(|source| source.trim_start().starts_with(['{', '[']));
        let found = json
            .and_then(|json| serde_json::from_str::<Value>(json).ok())
            .and_then(|json| token_in(&json, &self.own));
        match found {
            Some(token) => {
                self.own.insert(recorded, token);
                Ok(())
            }
            None => Err(format!("a link such as `{}`", shape.name())),
        }
    }

    /// With the identifiers that are known already.
    fn known(&self, shape: &Shape) -> Shape {
        let mut pieces: Vec<Piece> = Vec::new();
        for (at, piece) in shape.0.iter().enumerate() {
            let text = match (piece, self.own.get(&key(shape, at))) {
                (Piece::Fixed(text), _) | (Piece::Own(..), Some(text)) => text,
                (own, None) => {
                    pieces.push(own.clone());
                    continue;
                }
            };
            match pieces.last_mut() {
                Some(Piece::Fixed(before)) => before.push_str(text),
                _ => pieces.push(Piece::Fixed(text.clone())),
            }
        }
        Shape(pieces)
    }

    /// What goes into a field of a form that is sent to `action`.
    ///
    /// # Errors
    /// What was looked for and not found.
    pub(crate) fn field(
        &mut self,
        name: &str,
        recorded: &str,
        action: &str,
        sources: &Sources<'_>,
    ) -> Result<String, String> {
        if let Some(set) = self.set(name) {
            return Ok(set);
        }
        let page = sources
            .iter()
            .find_map(|source| html::hidden(source, name, action));
        if let Some(value) = page {
            return Ok(value);
        }
        if recorded == REDACTED {
            return self
                .made_up(name)
                .ok_or_else(|| format!("a field `{name}` on the page"));
        }
        Ok(self.value(recorded))
    }

    /// JSON that a program sends, with this user's values in it.
    pub(crate) fn json(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.value(text)),
            Value::Array(all) => all.iter().map(|one| self.json(one)).collect(),
            Value::Object(object) => {
                let filled = object.iter().map(|(name, value)| {
                    let text = value.as_str();
                    let own = self.set(name).or_else(|| {
                        text.filter(|text| *text == REDACTED)
                            .and_then(|_| self.made_up(name))
                    });
                    (
                        name.clone(),
                        own.map_or_else(|| self.json(value), Value::from),
                    )
                });
                Value::Object(filled.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    /// A value that people typed: an address of e-mail becomes this user's own.
    pub(crate) fn value(&mut self, recorded: &str) -> String {
        if is_address(recorded) {
            let next = self.addresses.len();
            return match *self
                .addresses
                .entry(recorded.to_lowercase())
                .or_insert(next)
            {
                0 => format!("load-{}@example.com", self.who),
                number => format!("load-{}-{number}@example.com", self.who),
            };
        }
        self.own
            .get(recorded)
            .cloned()
            .unwrap_or_else(|| recorded.to_owned())
    }

    /// `--set NAME=VALUE`.
    pub(crate) fn set(&self, name: &str) -> Option<String> {
        let (_, value) = self.set.iter().find(|(known, _)| known == name)?;
        Some(
            value
                .replace("{user}", &self.user.to_string())
                .replace("{round}", &self.round.to_string()),
        )
    }

    /// In the place of a secret that was left out. A token cannot be made up.
    fn made_up(&self, name: &str) -> Option<String> {
        let name = name.to_lowercase();
        if form::is_password(&name) || name.contains("secret") {
            // Long, with every kind of character that somebody may ask for.
            Some(format!("Load-{}-Aa1!", self.who))
        } else if name.contains("card") {
            Some("4242424242424242".to_owned())
        } else if name.contains("cvc") {
            Some("123".to_owned())
        } else {
            None
        }
    }
}

/// Under what the token at this place is known: itself, and a number with what is before it.
fn key(shape: &Shape, at: usize) -> String {
    let before = at.checked_sub(1).and_then(|at| shape.0.get(at));
    match (&shape.0[at], before) {
        (Piece::Own(recorded, Class::Number), Some(Piece::Fixed(before))) => {
            format!("{before}{recorded}")
        }
        (Piece::Own(recorded, _) | Piece::Fixed(recorded), _) => recorded.clone(),
    }
}

fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let fine = |c: char| c.is_alphanumeric() || ".-_+".contains(c);
    !name.is_empty() && host.contains('.') && name.chars().all(fine) && host.chars().all(fine)
}

impl Shape {
    /// As it was recorded.
    fn recorded(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Fixed(text) | Piece::Own(text, _) => text.clone(),
        };
        self.0.iter().map(piece).collect()
    }
}

/// The tokens of each place in `source` that has this shape.
fn occurrences<'a>(shape: &Shape, source: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
    let start = match shape.0.first() {
        Some(Piece::Fixed(text)) => text.replace('&', "&amp;"),
        _ => String::new(),
    };
    let shape = shape.clone();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            // Nothing to look for would be found everywhere.
            if start.is_empty() {
                return None;
            }
            let found = at + source.get(at..)?.find(&start)?;
            at = found + start.len();
            if let Some((tokens, _)) = shape.capture(&source[found..]) {
                return Some(tokens);
            }
        }
    })
}

/// An identifier in JSON that is not known yet.
fn token_in(json: &Value, known: &HashMap<String, String>) -> Option<String> {
    match json {
        Value::String(text) => {
            let fits =
                shape::class(text) == Some(Class::Token) && !known.values().any(|own| own == text);
            fits.then(|| text.clone())
        }
        Value::Array(all) => all.iter().find_map(|one| token_in(one, known)),
        Value::Object(object) => {
            let id = object.get("id").and_then(|id| token_in(id, known));
            id.or_else(|| object.values().find_map(|one| token_in(one, known)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RECORDED: &str = "0198c1c2-7b6e-7d52-a3f0-1c9f0d1a2b3c";
    const OTHER: &str = "0198c1c2-7b6e-7d52-a3f0-bbbbbbbbbbbb";
    const MINE: &str = "0198c1c2-7b6e-7d52-a3f0-aaaaaaaaaaaa";

    fn values() -> Values {
        Values::new(
            "r",
            7,
            2,
            &[("plan".to_owned(), "big-{user}-{round}".to_owned())],
        )
    }

    #[test]
    fn an_identifier_is_that_of_the_same_link_on_the_users_page() {
        let mut values = values();
        let page = format!(
            "<a href=\"/notes/new\"></a><a href=\"/notes/{MINE}\">A</a><a href=\"/notes/{OTHER}\">B</a>"
        );
        let link = Shape::of(&format!("/notes/{RECORDED}"));
        assert_eq!(
            values.text(&link, &[&page]).unwrap(),
            format!("/notes/{MINE}")
        );
        // From then on it is known, also where no page says it.
        let delete = Shape::of(&format!("/notes/{RECORDED}/delete"));
        assert_eq!(
            values.text(&delete, &[]).unwrap(),
            format!("/notes/{MINE}/delete")
        );
        let second = Shape::of("/notes/0198c1c2-7b6e-7d52-a3f0-cccccccccccc");
        assert_eq!(
            values.text(&second, &[&page]).unwrap(),
            format!("/notes/{OTHER}")
        );
        let third = Shape::of("/notes/0198c1c2-7b6e-7d52-a3f0-dddddddddddd");
        assert!(
            values
                .text(&third, &[&page])
                .unwrap_err()
                .contains("/notes/{id}")
        );
    }

    #[test]
    fn what_stands_on_the_page_as_it_was_recorded_is_taken_as_it_is() {
        let page = format!("<a href=\"/planets/{RECORDED}\"></a><a href=\"/planets/{MINE}\"></a>");
        let link = Shape::of(&format!("/planets/{RECORDED}"));
        assert_eq!(
            values().text(&link, &[&page]).unwrap(),
            format!("/planets/{RECORDED}")
        );
        assert_eq!(
            values().text(&Shape::of("/pages/3?q=4"), &[]).unwrap(),
            "/pages/3?q=4"
        );
    }

    #[test]
    fn a_program_finds_identifiers_in_what_it_was_answered() {
        let answer = json!({ "title": "a", "id": MINE }).to_string();
        let link = Shape::of(&format!("/api/notes/{RECORDED}"));
        assert_eq!(
            values().text(&link, &[&answer]).unwrap(),
            format!("/api/notes/{MINE}")
        );
    }

    #[test]
    fn fields_are_filled_with_what_this_user_has() {
        let mut values = values();
        let page = r#"<form action="/register"><input type="hidden" name="csrf_token" value="own"></form>"#;
        let mut field =
            |name: &str, recorded: &str| values.field(name, recorded, "/register", &[page]);
        assert_eq!(field("csrf_token", REDACTED).unwrap(), "own");
        assert_eq!(
            field("email", "Ada@example.com").unwrap(),
            "load-r-7-2@example.com"
        );
        assert_eq!(
            field("other", "bob@example.com").unwrap(),
            "load-r-7-2-1@example.com"
        );
        assert_eq!(
            field("email", "ada@example.com").unwrap(),
            "load-r-7-2@example.com"
        );
        let password = field("password", REDACTED).unwrap();
        assert_eq!(field("password_again", REDACTED).unwrap(), password);
        assert_eq!(field("plan", "small").unwrap(), "big-7-2");
        assert_eq!(field("name", "Ada").unwrap(), "Ada");
        assert!(
            field("other_token", REDACTED)
                .unwrap_err()
                .contains("`other_token`")
        );
    }

    #[test]
    fn json_is_filled_like_a_form() {
        let sent = values().json(&json!({ "email": "ada@example.com", "password": REDACTED, "tags": ["a", 1], "plan": 3 }));
        assert_eq!(
            sent,
            json!({ "email": "load-r-7-2@example.com", "password": "Load-r-7-2-Aa1!", "tags": ["a", 1], "plan": "big-7-2" })
        );
    }
}
