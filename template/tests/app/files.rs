//! Files of users: uploads, who may see them, and what becomes of their bytes.

mod avatars;
mod pictures;

use std::{fs, path::PathBuf, time::Duration};

use app::{
    config::Config,
{%- if teams %}
    models::{
        ClientInfo, FileId, FileName, NewFile, Note, NoteId, ObjectId, Role, StoredFile, TeamId,
        User,
    },
{%- else %}
    models::{FileId, FileName, NewFile, Note, NoteId, ObjectId, StoredFile, User},
{%- endif %}
    repositories::files,
    services::files::Files,
};
use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::Row;
use uuid::Uuid;
{%- if teams %}

use crate::{
    common::{Answer, Client, LivePage, TestApp},
    teams::switch,
};
{%- else %}

use crate::common::{Answer, Client, LivePage, TestApp};
{%- endif %}

/// The first bytes of a PNG, of which nothing more is looked at.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";

/// A note of Ada, with this file.
struct Attached {
    app: TestApp,
    ada: User,
    client: Client,
    note: Note,
    file: StoredFile,
}

impl Attached {
    async fn new(name: &str, content: &[u8]) -> Self {
        Self::with(&[], name, content).await
    }

    async fn with(vars: &[(&str, &str)], name: &str, content: &[u8]) -> Self {
        let app = TestApp::with(vars).await;
        let (ada, mut client) = app.logged_in("ada").await;
        let note = app.note(&ada, "Holiday", "").await;
        upload(&app, &mut client, note.id, name, content)
            .await
            .expect_text(name)
            .await;
        let file = of_note(&app, &ada, &note).await.remove(0);
        Self {
            app,
            ada,
            client,
            note,
            file,
        }
    }

    /// Asks for the file with this header.
    async fn get(&mut self, name: header::HeaderName, value: &str) -> Answer {
        let request = Request::get(Files::address(&self.file)).header(name, value);
        self.client.send(request.body(Body::empty()).unwrap()).await
    }

    /// Whether the store has the bytes of the file.
    async fn is_stored(&self) -> bool {
        let store = self.app.state.files.store();
        store
            .read(&self.file.object.to_string(), 0..1)
            .await
            .is_ok()
    }
}

async fn upload(
    app: &TestApp,
    client: &mut Client,
    note: NoteId,
    name: &str,
    content: &[u8],
) -> LivePage {
    let mut page = LivePage::open(app, client, &format!("/notes/{note}")).await;
    page.upload("#files", name, "image/png", content).await;
    page
}

async fn of_note(app: &TestApp, user: &User, note: &Note) -> Vec<StoredFile> {
    let found = files::of_note(app.database.pool(), user.owner(), note.id).await;
    found.unwrap()
}

/// A file that is not attached to anything yet.
fn new_file() -> NewFile {
    NewFile {
        object: ObjectId::generate(),
        name: FileName::of("a"),
        content_type: "image/png",
        size: 1,
        sha256: [0; 32],
    }
}

#[tokio::test]
async fn a_file_that_is_uploaded_is_served_to_its_owner_and_to_nobody_else() {
    let mut ada = Attached::new("holiday.png", PNG).await;
    let address = Files::address(&ada.file);
    assert!(address.ends_with("/holiday.png"));
    let answer = ada.client.get(&address).await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, PNG));
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), PNG.len().to_string());
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("content-disposition"),
        "inline; filename*=UTF-8''holiday.png"
    );
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("sandbox") && !policy.contains("script-src"),
        "{policy}"
    );

    let (_, mut eve) = ada.app.logged_in("eve").await;
    eve.get(&address).await.problem(404, "not_found");
    let mut nobody = ada.app.client();
    nobody.get(&address).await.problem(401, "unauthenticated");
    let nothing = format!("/files/{}/a.png", FileId::generate());
    ada.client.get(&nothing).await.problem(404, "not_found");
    ada.client
        .get("/files/1/a.png")
        .await
        .problem(404, "not_found");
    // A page has the policy of pages.
    let page = ada.client.open("/notes").await;
    assert!(!page.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn a_browser_that_has_the_file_is_told_so_and_gets_the_parts_that_it_asks_for() {
    let mut ada = Attached::new("letters.txt", b"abcdefghij").await;
    let whole = ada.get(header::RANGE, "pages=1-2").await;
    let etag = whole.header("etag").to_owned();
    assert_eq!((whole.status.as_u16(), whole.text()), (200, "abcdefghij"));
    assert_eq!(whole.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(whole.header("accept-ranges"), "bytes");

    for known in [&*etag, "*", &format!("\"other\", W/{etag}")] {
        let same = ada.get(header::IF_NONE_MATCH, known).await;
        assert_eq!((same.status.as_u16(), same.text()), (304, ""));
        assert_eq!(same.header("etag"), etag);
    }
    let other = ada.get(header::IF_NONE_MATCH, "\"other\"").await;
    assert_eq!(other.status.as_u16(), 200);

    for (range, part, place) in [
        ("bytes=0-2", "abc", "bytes 0-2/10"),
        ("bytes=7-", "hij", "bytes 7-9/10"),
        ("bytes=-2", "ij", "bytes 8-9/10"),
        ("bytes=8-99", "ij", "bytes 8-9/10"),
    ] {
        let answer = ada.get(header::RANGE, range).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (206, part),
            "{range}"
        );
        assert_eq!(answer.header("content-range"), place);
        assert_eq!(answer.header("content-length"), part.len().to_string());
    }
    let beyond = ada.get(header::RANGE, "bytes=10-").await;
    assert_eq!(beyond.status.as_u16(), 416);
    assert_eq!(beyond.header("content-range"), "bytes */10");
    // Several parts, or one of what it was before: the whole file.
    assert_eq!(
        ada.get(header::RANGE, "bytes=0-1,4-5").await.text(),
        "abcdefghij"
    );
    let request = Request::get(Files::address(&ada.file))
        .header(header::RANGE, "bytes=0-2")
        .header(header::IF_RANGE, "\"other\"");
    let changed = ada.client.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (changed.status.as_u16(), changed.text()),
        (200, "abcdefghij")
    );
}

#[tokio::test]
async fn a_file_is_sent_as_it_is_stored_and_not_compressed() {
    let text = "long ".repeat(10_000);
    let mut ada = Attached::new("long.txt", text.as_bytes()).await;
    let answer = ada.get(header::ACCEPT_ENCODING, "gzip").await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.text(), text);
}

#[tokio::test]
async fn what_a_file_is_says_its_content_and_what_could_run_is_only_downloaded() {
    for (content, content_type) in [
        (&b"<html><script>alert(1)</script>"[..], "text/html"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "text/xml"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x1f\x8b\x08\0", "application/gzip"),
        (b"\0\x01\x02", "application/octet-stream"),
    ] {
        let mut ada = Attached::new("picture.png", content).await;
        let answer = ada.get(header::ACCEPT, "*/*").await;
        let disposition = answer.header("content-disposition");
        assert!(disposition.starts_with("attachment;"), "{content_type}");
        assert_eq!(answer.header("content-type"), content_type);
    }
}

#[tokio::test]
async fn a_file_or_all_files_that_are_too_large_are_refused_and_nothing_is_attached() {
    let vars = [
        ("FILES_MAX_BYTES", "1000"),
        ("FILES_BYTES_PER_OWNER", "1500"),
    ];
    let ada = Attached::with(&vars, "small.txt", &[b'a'; 1000]).await;
    let Attached {
        app,
        mut client,
        note,
        ..
    } = ada;
    let mut page = upload(&app, &mut client, note.id, "large.txt", &[b'a'; 1001]).await;
    page.expect_text("“large.txt” is larger than 1 kB.").await;
    let mut page = upload(&app, &mut client, note.id, "more.txt", &[b'a'; 501]).await;
    page.expect_text("There is room for 0 MB more.").await;
    assert_eq!(of_note(&app, &ada.ada, &note).await.len(), 1);
    upload(&app, &mut client, note.id, "fits.txt", &[b'a'; 500])
        .await
        .expect_text("fits.txt")
        .await;
}

#[tokio::test]
async fn a_shared_address_is_for_everybody_until_its_time_is_over() {
    let ada = Attached::new("holiday.png", PNG).await;
    let (app, file) = (&ada.app, &ada.file);
    let address = app
        .state
        .files
        .shared_address(file, Duration::from_secs(3600));
    let mut nobody = app.client();
    assert_eq!(nobody.get(&address).await.body, PNG);

    let expired = app.state.files.shared_address(file, Duration::ZERO);
    nobody.get(&expired).await.problem(410, "link_expired");
    // Another time, another file, another signature.
    let (until, signature) = expired
        .split_once("until=")
        .unwrap()
        .1
        .split_once('&')
        .unwrap();
    let later = expired.replace(until, "4000000000");
    nobody.get(&later).await.problem(401, "unauthenticated");
    let other = address.replace(&file.id.to_string(), &FileId::generate().to_string());
    nobody.get(&other).await.problem(401, "unauthenticated");
    let forged = address.replace(&address[address.len() - 4..], "zzzz");
    nobody.get(&forged).await.problem(401, "unauthenticated");
    assert!(signature.starts_with("signature="));
    // A file that was deleted is not there for them either.
    app.state
        .files
        .delete(ada.ada.owner(), file.id)
        .await
        .unwrap();
    nobody.get(&address).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_file_can_be_shared_and_removed_on_the_page_of_its_note() {
    let mut ada = Attached::new("holiday.png", PNG).await;
    let path = format!("/notes/{}", ada.note.id);
    let mut page = LivePage::open(&ada.app, &mut ada.client, &path).await;
    page.click("#attachments li button:first-of-type").await;
    page.expect_text("signature=").await;
    page.click("#attachments li button:last-of-type").await;
    page.expect_text("There is none.").await;
    assert!(of_note(&ada.app, &ada.ada, &ada.note).await.is_empty());
}

#[tokio::test]
async fn nobody_attaches_or_deletes_a_file_of_another_user() {
    let ada = Attached::new("holiday.png", PNG).await;
    let (eve, _) = ada.app.logged_in("eve").await;
    let pool = ada.app.database.pool();
    let deleted = files::delete(pool, eve.owner(), ada.file.id).await.unwrap();
    let found = files::of_note(pool, eve.owner(), ada.note.id)
        .await
        .unwrap();
    assert!(!deleted && found.is_empty());
    let id = FileId::generate();
    let added = files::insert(pool, id, eve.owner(), ada.note.id, &new_file()).await;
    assert!(!added.unwrap());
}
{%- if teams %}

/// A team of Ada and Grace with a note, which Ada has attached a file to.
struct TeamFile {
    app: TestApp,
    ada: User,
    grace: User,
    /// Ada's, who works in the team.
    client: Client,
    /// Grace's, who works in the team that she has to herself.
    other: Client,
    team: TeamId,
    note: NoteId,
    file: StoredFile,
}

impl TeamFile {
    async fn with(vars: &[(&str, &str)], content: &[u8]) -> Self {
        let app = TestApp::with(vars).await;
        let (ada, mut client) = app.logged_in("ada").await;
        let (grace, other) = app.logged_in("grace").await;
        let team = app.team(&ada, "Engine").await;
        let scope = app.join(team, &grace, Role::Member).await;
        let note = app.team_note(scope, "Plan").await;
        switch(&mut client, team).await;
        upload(&app, &mut client, note, "plan.txt", content)
            .await
            .expect_text("plan.txt")
            .await;
        let found = files::of_note(app.database.pool(), scope.owner(), note).await;
        let file = found.unwrap().remove(0);
        Self {
            app,
            ada,
            grace,
            client,
            other,
            team,
            note,
            file,
        }
    }
}

#[tokio::test]
async fn a_file_of_a_team_is_for_its_members_whatever_team_they_work_in_and_for_nobody_else() {
    let mut file = TeamFile::with(&[], b"plan").await;
    let (app, address) = (&file.app, Files::address(&file.file));
    assert_eq!(file.client.get(&address).await.text(), "plan");
    // A page of the team may still be open.
    assert_eq!(file.other.get(&address).await.text(), "plan");

    let (eve, mut stranger) = app.logged_in("eve").await;
    stranger.get(&address).await.problem(404, "not_found");
    switch(&mut stranger, TeamId::personal(eve.id)).await;
    stranger.set_cookie("team", &format!("{}_{}", eve.id, file.team));
    stranger.get(&address).await.problem(404, "not_found");
    let mut nobody = app.client();
    nobody.get(&address).await.problem(401, "unauthenticated");
    // Neither a stranger nor a member in another team changes anything.
    let pool = app.database.pool();
    for owner in [eve.owner(), file.ada.owner(), file.grace.owner()] {
        let found = files::of_note(pool, owner, file.note).await;
        assert!(found.unwrap().is_empty());
        assert!(!files::delete(pool, owner, file.file.id).await.unwrap());
        let id = FileId::generate();
        let added = files::insert(pool, id, owner, file.note, &new_file()).await;
        assert!(!added.unwrap());
        assert_eq!(files::bytes(pool, owner).await.unwrap(), 0);
    }

    // Who does not belong to the team any more is a stranger.
    let owner = app.scope(file.team, &file.ada).await;
    let (accounts, from) = (&app.state.accounts, ClientInfo::default());
    let removed = accounts.remove_member(owner, file.grace.id, &from).await;
    removed.unwrap();
    file.other.get(&address).await.problem(404, "not_found");
    assert_eq!(file.client.get(&address).await.text(), "plan");
}

#[tokio::test]
async fn a_member_removes_and_shares_what_another_one_has_attached() {
    let mut file = TeamFile::with(&[], b"plan").await;
    switch(&mut file.other, file.team).await;
    let path = format!("/notes/{}", file.note);
    let mut page = LivePage::open(&file.app, &mut file.other, &path).await;
    page.click("#attachments li button:first-of-type").await;
    page.expect_text("signature=").await;
    page.click("#attachments li button:last-of-type").await;
    page.expect_text("There is none.").await;
}

#[tokio::test]
async fn the_bytes_of_a_team_are_limited_and_not_those_of_each_member() {
    let vars = [("FILES_BYTES_PER_OWNER", "1500")];
    let mut file = TeamFile::with(&vars, &[b'a'; 1000]).await;
    let app = &file.app;
    let own = app.note(&file.grace, "Diary", "").await;
    let mut page = upload(app, &mut file.other, own.id, "own.txt", &[b'a'; 1001]).await;
    page.expect_text("own.txt").await;
    switch(&mut file.other, file.team).await;
    let mut page = upload(app, &mut file.other, file.note, "more.txt", &[b'a'; 501]).await;
    page.expect_text("There is room for 0 MB more.").await;
    let mut page = upload(app, &mut file.other, file.note, "fits.txt", &[b'a'; 500]).await;
    page.expect_text("fits.txt").await;
}

#[tokio::test]
async fn the_bytes_of_a_team_stay_when_a_member_goes_and_go_with_the_team() {
    let file = TeamFile::with(&[], b"plan").await;
    let (app, client) = (&file.app, ClientInfo::default());
    let (accounts, files) = (&app.state.accounts, &app.state.files);
    accounts.delete(file.grace.id, &client).await.unwrap();
    assert_eq!(files.delete_due().await.unwrap(), 0);
    let owner = app.scope(file.team, &file.ada).await;
    accounts.delete_team(owner, &client).await.unwrap();
    assert_eq!(files.delete_due().await.unwrap(), 1);
    let key = file.file.object.to_string();
    assert!(files.store().read(&key, 0..1).await.is_err());
}
{%- endif %}

#[tokio::test]
async fn the_bytes_go_with_the_file_its_note_and_its_user() {
    let deletions = [
        "DELETE FROM files",
        "DELETE FROM notes",
{%- if teams %}
        "DELETE FROM teams",
{%- endif %}
        "DELETE FROM users WHERE email = 'ada@example.com'",
    ];
    for deletion in deletions {
        let ada = Attached::new("holiday.png", PNG).await;
        assert_eq!(ada.app.state.files.delete_due().await.unwrap(), 0);
        assert!(ada.is_stored().await);
        ada.app.execute(deletion).await;
        assert_eq!(
            ada.app.state.files.delete_due().await.unwrap(),
            1,
            "{deletion}"
        );
        assert!(!ada.is_stored().await);
        let left: i64 = ada.app.value("SELECT count(*) FROM file_objects").await;
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn bytes_of_an_upload_whose_process_died_before_the_row_are_removed_after_a_day() {
    let app = TestApp::new().await;
    let (pool, object) = (app.database.pool(), ObjectId::generate());
    files::expect_object(pool, object, Duration::from_secs(3600))
        .await
        .unwrap();
    let mut writer = app.state.files.store().writer(&object.to_string());
    writer.write(b"never attached").await.unwrap();
    writer.finish().await.unwrap();
    // It may still be on its way.
    assert_eq!(app.state.files.delete_due().await.unwrap(), 0);
    app.execute("UPDATE file_objects SET delete_at = now() - interval '1 second'")
        .await;
    // Too late for the upload, whoever is first.
    let file = FileId::generate();
    assert!(!files::keep_object(pool, object, file).await.unwrap());
    assert_eq!(app.state.files.delete_due().await.unwrap(), 1);
    let store = app.state.files.store();
    assert!(store.read(&object.to_string(), 0..1).await.is_err());
}

/// A folder that is removed with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("files-{}", Uuid::now_v7())))
    }

    fn url(&self) -> String {
        format!("file:{}", self.0.display())
    }

    /// All files in it.
    fn files(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(&self.0).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().path()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[tokio::test]
async fn a_large_file_is_stored_in_a_folder_in_parts_and_is_whole() {
    let folder = Folder::new();
    let content: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
    let vars = [("FILES_URL", &*folder.url())];
    let mut ada = Attached::with(&vars, "large.bin", &content).await;
    assert_eq!(folder.files().len(), 1);
    let answer = ada.get(header::ACCEPT, "*/*").await;
    assert!(answer.body == content);
    let part = ada.get(header::RANGE, "bytes=10000000-10000009").await;
    assert_eq!(&part.body[..], &content[10_000_000..10_000_010]);
    ada.app.execute("DELETE FROM notes").await;
    ada.app.state.files.delete_due().await.unwrap();
    assert_eq!(folder.files(), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn what_a_killed_process_has_left_in_the_folder_is_removed() {
    let folder = Folder::new();
    let app = TestApp::with(&[("FILES_URL", &*folder.url())]).await;
    let object = ObjectId::generate();
    files::expect_object(app.database.pool(), object, Duration::ZERO)
        .await
        .unwrap();
    let mut writer = app.state.files.store().writer(&object.to_string());
    writer.write(&vec![1; 6_000_000]).await.unwrap();
    writer.write(&vec![1; 6_000_000]).await.unwrap();
    // As if the process had been killed: nobody tidies up.
    std::mem::forget(writer);
    assert_eq!(folder.files().len(), 1);
    assert_eq!(app.state.files.delete_due().await.unwrap(), 1);
    assert_eq!(folder.files(), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn the_digest_of_a_file_is_stored() {
    let ada = Attached::new("letters.txt", b"abc").await;
    let row = sqlx::query("SELECT encode(sha256, 'hex') AS hex, size FROM files");
    let row = row.fetch_one(ada.app.database.pool()).await.unwrap();
    // From FIPS 180.
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(row.get::<String, _>("hex"), digest);
    assert_eq!(row.get::<i64, _>("size"), 3);
}

#[test]
fn in_production_files_need_a_place() {
    let read = |url: &str| {
        let url = url.to_owned();
        let error = Config::from_vars(|name| match name {
            "APP_ENV" => Some("production".to_owned()),
            "FILES_URL" => Some(url.clone()),
            _ => None,
        });
        error.unwrap_err().to_string()
    };
    assert!(read("").contains("`FILES_URL` is missing"));
    for wrong in [
        "/srv/files",
        "file:",
        "s3://",
        "s3://No_Bucket",
        "https://s3.example.com",
    ] {
        assert!(read(wrong).contains("`FILES_URL` must be"), "{wrong}");
    }
    for right in [
        "file:/srv/files",
        "file:///srv/files",
        "s3://bucket",
        "s3://bucket/a/b",
    ] {
        assert!(!read(right).contains("FILES_URL"), "{right}");
    }
}
