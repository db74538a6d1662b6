//! Repositories take any executor: here a transaction that is rolled back at the end of the test, which is the fastest
//! way to test a few statements.

use app::{
    models::{DisplayName, Email, NoteDraft, NoteId, Owner, PasswordHash, UserId},
    repositories::{notes, users},
};
use sqlx::PgConnection;
use stack_db::{Schema, testing::TestTransaction};

async fn begin() -> TestTransaction {
    crate::common::log::start();
    let schema = Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema"));
    TestTransaction::begin(&schema.unwrap()).await
}

async fn user(db: &mut PgConnection) -> Owner {
    let (id, hash) = (UserId::generate(), PasswordHash("none".to_owned()));
    let email = Email::parse("ada@example.com").unwrap();
    let name = DisplayName::parse("Ada").unwrap();
    users::insert(db, id, &email, &name, &hash)
        .await
        .unwrap()
        .owner()
}

#[tokio::test]
async fn a_page_of_notes_begins_after_the_last_note_of_the_previous_page() {
    let mut db = begin().await;
    let owner = user(&mut db).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let draft = NoteDraft::parse(&format!("Note {number}"), "").unwrap();
        let note = notes::insert(&mut *db, NoteId::generate(), owner, &draft).await;
        ids.insert(0, note.unwrap().id);
    }
    let first = notes::list(&mut *db, owner, None, 2).await.unwrap();
    let rest = notes::list(&mut *db, owner, Some(first[1].id), 10)
        .await
        .unwrap();
    let seen: Vec<NoteId> = first.iter().chain(&rest).map(|note| note.id).collect();
    assert_eq!(seen, ids);
    let after = Some(first[1].id);
    let rest = notes::summaries(&mut *db, owner, "note", after, 10).await;
    let seen: Vec<NoteId> = rest.unwrap().iter().map(|note| note.id).collect();
    assert_eq!(seen, ids[2..]);
}

#[tokio::test]
async fn a_list_of_notes_holds_only_the_beginning_of_long_texts() {
    let mut db = begin().await;
    let owner = user(&mut db).await;
    let draft = NoteDraft::parse("Plan", &"long words ".repeat(1_800)).unwrap();
    notes::insert(&mut *db, NoteId::generate(), owner, &draft)
        .await
        .unwrap();
    for text in ["", "WORDS"] {
        let found = notes::summaries(&mut *db, owner, text, None, 10).await;
        let [note] = &found.unwrap()[..] else {
            panic!("one note")
        };
        assert!(note.excerpt.ends_with("words …") && note.excerpt.len() < 210);
    }
}

#[tokio::test]
async fn an_update_of_an_old_version_changes_nothing() {
    let mut db = begin().await;
    let owner = user(&mut db).await;
    let draft = NoteDraft::parse("Plan", "first").unwrap();
    let note = notes::insert(&mut *db, NoteId::generate(), owner, &draft)
        .await
        .unwrap();
    let next = notes::update(&mut *db, owner, note.id, note.version, &draft).await;
    assert!(next.unwrap().is_some());
    let late = notes::update(&mut *db, owner, note.id, note.version, &draft).await;
    assert!(late.unwrap().is_none());
}
