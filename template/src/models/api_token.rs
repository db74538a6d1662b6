//! Tokens by which programs use the API for a user.

use time::OffsetDateTime;

use super::{
    ApiTokenId, FieldErrors, Invalid, text,
    token::{Token, TokenKind},
};

/// A token of a user, without its secret.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// The token's id. Nobody can use the API with it.
    pub id: ApiTokenId,
    /// What the user calls it.
    pub name: ApiTokenName,
    /// What it may do.
    pub scopes: TokenScopes,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// From when on it is not valid.
    pub expires_at: OffsetDateTime,
    /// When it was last used; up to a minute late.
    pub last_used_at: Option<OffsetDateTime>,
}

/// The secret of a token. Whoever has it may do what the token may, so it is shown once, and stored as its digest.
pub type ApiSecret = Token<OfApi>;

/// The kind of an [`ApiSecret`].
#[derive(Clone, PartialEq, Eq)]
pub enum OfApi {}

impl TokenKind for OfApi {
    const NAME: &'static str = "ApiSecret";
}

/// How the text of a secret begins, by which scanners for secrets that were published find it.
const PREFIX: &str = "api_";

impl ApiSecret {
    /// The text that programs send.
    pub fn to_bearer(&self) -> String {
        format!("{PREFIX}{}", self.to_text())
    }

    /// Parses the text of [`to_bearer`](Self::to_bearer).
    pub fn parse_bearer(text: &str) -> Option<Self> {
        text.strip_prefix(PREFIX).and_then(Self::parse)
    }
}

/// The name of a token: one line of 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenName(String);

impl ApiTokenName {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=60).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenScope {
    /// Reads the account's name and address.
    AccountRead,
    /// Reads notes.
    NotesRead,
    /// Creates, changes and deletes notes.
    NotesWrite,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::AccountRead, Self::NotesRead, Self::NotesWrite];

    /// The name, in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountRead => "account:read",
            Self::NotesRead => "notes:read",
            Self::NotesWrite => "notes:write",
        }
    }

    /// What it allows, for the user.
    pub fn title(self) -> &'static str {
        match self {
            Self::AccountRead => "Read your name and your address",
            Self::NotesRead => "Read your notes",
            Self::NotesWrite => "Create, change and delete your notes",
        }
    }
}

/// The scopes of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenScopes(Vec<TokenScope>);

impl TokenScopes {
    /// The scopes for which `is_chosen`; at least one.
    pub fn chosen(is_chosen: impl Fn(TokenScope) -> bool) -> Result<Self, Invalid> {
        let chosen = TokenScope::ALL
            .into_iter()
            .filter(|scope| is_chosen(*scope));
        let chosen: Vec<_> = chosen.collect();
        match chosen.is_empty() {
            true => Err(Invalid::new("choose at least one")),
            false => Ok(Self(chosen)),
        }
    }

    /// Parses the text of [`to_text`](Self::to_text). Names of scopes that are not there any more allow nothing.
    pub fn stored(text: &str) -> Self {
        let names: Vec<_> = text.split(' ').collect();
        let known = TokenScope::ALL.into_iter();
        Self(
            known
                .filter(|scope| names.contains(&scope.name()))
                .collect(),
        )
    }

    /// The names, separated by spaces.
    pub fn to_text(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|scope| scope.name()).collect();
        names.join(" ")
    }

    /// Whether `scope` is one of them.
    pub fn contains(&self, scope: TokenScope) -> bool {
        self.0.contains(&scope)
    }
}

/// For how many days a token may be valid.
pub const LIFETIMES: [i32; 4] = [7, 30, 90, 365];

/// The validated input for a token.
#[derive(Clone, Debug)]
pub struct ApiTokenDraft {
    /// What the user calls it.
    pub name: ApiTokenName,
    /// What it may do.
    pub scopes: TokenScopes,
    /// For how many days it is valid.
    pub days: i32,
}

impl ApiTokenDraft {
    /// Validates all fields, and reports every invalid one.
    pub fn parse(
        name: &str,
        days: &str,
        is_chosen: impl Fn(TokenScope) -> bool,
    ) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", ApiTokenName::parse(name));
        let offered = days.parse().ok().filter(|days| LIFETIMES.contains(days));
        let offered = offered.ok_or(Invalid::new("choose one of these"));
        let days = errors.check("days", offered);
        let scopes = errors.check(TokenScope::ALL[0].name(), TokenScopes::chosen(is_chosen));
        match (name, scopes, days) {
            (Some(name), Some(scopes), Some(days)) => Ok(Self { name, scopes, days }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_can_be_parsed_from_its_text_only() {
        let secret = ApiSecret::generate();
        let text = secret.to_bearer();
        assert_eq!(ApiSecret::parse_bearer(&text), Some(secret.clone()));
        assert_eq!(ApiSecret::parse_bearer(&secret.to_text()), None);
        assert_eq!(ApiSecret::parse_bearer("api_"), None);
    }

    #[test]
    fn scopes_come_back_from_the_database_without_those_that_are_unknown() {
        let scopes = TokenScopes::chosen(|scope| scope != TokenScope::AccountRead).unwrap();
        assert_eq!(scopes.to_text(), "notes:read notes:write");
        assert_eq!(
            TokenScopes::stored("notes:write notes:read everything"),
            scopes
        );
        assert!(!TokenScopes::stored("").contains(TokenScope::NotesRead));
    }

    #[test]
    fn every_invalid_field_is_reported_at_once() {
        let errors = ApiTokenDraft::parse(" ", "8", |_| false).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| &*error.field).collect();
        assert_eq!(fields, ["name", "days", "account:read"]);
    }
}
