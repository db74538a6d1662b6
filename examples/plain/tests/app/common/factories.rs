//! Factories of users and notes.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
};

use app::{
    models::{ClientInfo, Note, NoteDraft, NoteId, Registration, User},
    repositories::{notes, users::addresses},
};
use serde_json::json;

use super::{Client, TestApp};

/// The password of every user of a test.
pub const PASSWORD: &str = "correct horse battery";

/// The form in which Ada registers.
pub const ADA: [(&str, &str); 3] = [
    ("display_name", "Ada"),
    ("email", "ada@example.com"),
    ("password", PASSWORD),
];

/// A network address that nobody else has: the limits of addresses are not for those who prepare a test.
fn somewhere() -> ClientInfo {
    static LAST: AtomicU32 = AtomicU32::new(0x0a00_0000);
    ClientInfo {
        address: Ipv4Addr::from_bits(LAST.fetch_add(1, Ordering::Relaxed)).into(),
        ..ClientInfo::default()
    }
}

impl TestApp {
    /// A user with the address `name@example.com`.
    pub async fn user(&self, name: &str) -> User {
        self.user_called(name, name).await
    }

    async fn user_called(&self, name: &str, display_name: &str) -> User {
        let email = format!("{name}@example.com");
        let registration = Registration::parse(&email, display_name, PASSWORD).expect("valid");
        let client = somewhere();
        let user = self.state.accounts.register(registration, &client).await;
        let user = user.expect("a new user");
        let confirmed = addresses::confirm_email(self.database.pool(), user.id).await;
        confirmed.expect("a confirmed address");
        user
    }

    /// A user, and a client that is logged in as this user.
    pub async fn logged_in(&self, name: &str) -> (User, Client) {
        self.logged_in_as(name, name).await
    }

    /// The same, with a display name.
    pub async fn logged_in_as(&self, name: &str, display_name: &str) -> (User, Client) {
        let user = self.user_called(name, display_name).await;
        let mut client = self.client();
        let credentials = json!({ "email": user.email, "password": PASSWORD });
        let answer = client.json("POST", "/api/session", credentials).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
        (user, client)
    }

    /// The newest note of `owner`.
    pub async fn newest_note(&self, owner: &User) -> Note {
        let notes = notes::list(self.database.pool(), owner.owner(), None, 1).await;
        notes.expect("a list").pop().expect("a note")
    }

    /// A note of `owner`.
    pub async fn note(&self, owner: &User, title: &str, body: &str) -> Note {
        let draft = NoteDraft::parse(title, body).expect("valid");
        let note = notes::insert(
            self.database.pool(),
            NoteId::generate(),
            owner.owner(),
            &draft,
        )
        .await;
        note.expect("a new note")
    }
}
