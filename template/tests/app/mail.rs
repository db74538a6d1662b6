//! The outbox and its worker, with SMTP servers that fail in every way.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use app::{config::Config, state::AppState};
use stack_db::{Db, testing::TestDatabase};
use stack_mail::{Mail, Transport};
use tokio::task::JoinHandle;

use crate::common::{
    config, database, log,
    smtp::{Behaviour, SmtpServer},
};

const SENDER: &str = "Shop <shop@example.com>";

/// An application whose mails go to `server`.
struct MailApp {
    state: AppState,
    database: TestDatabase,
}

impl MailApp {
    async fn new(server: &SmtpServer) -> Self {
        Self::on(database().await, server)
    }

    fn on(database: TestDatabase, server: &SmtpServer) -> Self {
        let vars = [("MAIL_URL", &*server.url()), ("MAIL_FROM", SENDER)];
        let Config { mail, .. } = config(database.url(), &vars);
        let Transport::Server { server, .. } = mail else {
            panic!("{mail:?}")
        };
        let mail = Transport::Server {
            server: server.with_timeout(Duration::from_secs(2)),
            keep: false,
        };
        let config = Config {
            mail,
            ..config(database.url(), &[])
        };
        let db = Db::from_pool(database.pool().clone());
        let state = app::app::state(config, db).unwrap();
        Self { state, database }
    }

    async fn add(&self, mail: Mail) {
        let mut connection = self.database.pool().acquire().await.unwrap();
        let outbox = &self.state.links.outbox;
        let hour = Duration::from_secs(3600);
        outbox.add(&mut connection, mail, hour).await.unwrap();
        outbox.wake();
    }

    fn work(&self) -> JoinHandle<()> {
        let (links, db) = (self.state.links.clone(), self.state.db.clone());
        tokio::spawn(links.outbox.clone().run(db, links, || ()))
    }

    /// Waits until the outbox has `count` rows, all of which have failed.
    async fn rows(&self, count: i64) {
        wait(async || {
            let sql = "SELECT count(*), count(last_error) FROM outbox";
            let query = sqlx::query_as::<_, (i64, i64)>(sql);
            query.fetch_one(self.database.pool()).await.unwrap() == (count, count)
        })
        .await;
    }

    /// Lets the pause before the next attempt pass.
    async fn pass_time(&self) {
        let sql = "UPDATE outbox SET next_attempt_at = now() WHERE sent_at IS NULL";
        let pool = self.database.pool();
        sqlx::query(sql).execute(pool).await.unwrap();
    }
}

/// Waits for a condition.
async fn wait(mut condition: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !condition().await {
        assert!(begin.elapsed() < Duration::from_secs(120), "it never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn mail(subject: &str) -> Mail {
    Mail::builder(subject)
        .paragraph("A <text> with ümlauts.")
        .link("Here", "http://localhost/link?token=1&b=2")
        .to("ada@example.com")
}

#[tokio::test]
async fn a_mail_is_sent_as_text_and_html_and_then_deleted() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Grüße")).await;
    app.work();
    wait(async || server.count() == 1).await;
    app.rows(0).await;
    let received = &server.received()[0];
    for part in [
        "From: Shop <shop@example.com>\r\n",
        "To: ada@example.com\r\n",
        "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
        "@example.com>\r\n",
        "Date: ",
    ] {
        assert!(received.contains(part), "{part} is not in\n{received}");
    }
    assert!(
        received.contains("&lt;text&gt;") && received.contains("A <text>"),
        "{received}"
    );
}

#[tokio::test]
async fn a_subject_cannot_add_headers() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::new(&server).await;
    let subject = "Hello\r\nBcc: eve@example.com\r\n\r\nBuy!".to_owned();
    app.add(Mail {
        subject,
        ..mail("Hello")
    })
    .await;
    app.work();
    wait(async || server.count() == 1).await;
    let received = &server.received()[0];
    assert!(
        !received.contains("\nBcc:") && !received.contains("\nBuy!"),
        "{received}"
    );
}

#[tokio::test]
async fn a_line_with_a_dot_is_not_the_end_of_a_mail() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::new(&server).await;
    let text = "Look:\n.\n.hidden\n";
    let mut dots = mail("Dots");
    dots.text = text.to_owned();
    app.add(dots).await;
    app.work();
    wait(async || server.count() == 1).await;
    let received = &server.received()[0];
    // The server takes the first dot of a line away.
    assert!(
        received.contains("Look:\r\n..\r\n..hidden\r\n"),
        "{received}"
    );
}

#[tokio::test]
async fn a_greylisted_mail_is_sent_by_a_later_attempt() {
    let server = SmtpServer::start(Behaviour::Greylist).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Hello")).await;
    app.work();
    app.rows(1).await;
    assert!(server.received().is_empty());
    app.pass_time().await;
    wait(async || server.count() == 1).await;
    app.rows(0).await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_given_up_and_logged_without_its_address() {
    let server = SmtpServer::start(Behaviour::Refuse).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Hello")).await;
    app.work();
    wait(async || server.conversations() == 1).await;
    app.rows(0).await;
    wait(async || log::text().contains("a mail was given up")).await;
    let log = log::text();
    let line = log
        .lines()
        .find(|line| line.contains("given up") && line.contains("550"));
    assert!(!line.unwrap().contains("ada@example.com"), "{line:?}");
}

#[tokio::test]
async fn a_server_that_wants_a_password_loses_no_mail() {
    let server = SmtpServer::start(Behaviour::WantPassword).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Hello")).await;
    app.work();
    app.rows(1).await;
    server.behave(Behaviour::Accept);
    app.pass_time().await;
    wait(async || server.count() == 1).await;
}

#[tokio::test]
async fn after_a_server_has_hung_or_died_in_a_mail_the_mail_is_sent_again() {
    for behaviour in [Behaviour::Hang, Behaviour::DieInData] {
        let server = SmtpServer::start(behaviour).await;
        let app = MailApp::new(&server).await;
        app.add(mail("Hello")).await;
        app.work();
        app.rows(1).await;
        assert!(server.received().is_empty());
        server.behave(Behaviour::Accept);
        app.pass_time().await;
        wait(async || server.count() == 1).await;
        app.rows(0).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_after_it_has_accepted_a_mail_does_not_get_it_twice() {
    let server = SmtpServer::start(Behaviour::HangOnQuit).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Hello")).await;
    let worker = app.work();
    wait(async || server.count() == 1).await;
    app.rows(0).await;
    app.state.links.outbox.stop();
    worker.await.unwrap();
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn of_several_workers_one_sends_a_mail() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let one = MailApp::new(&server).await;
    for n in 0..60 {
        one.add(mail(&format!("Number {n}."))).await;
    }
    let db = one.database.pool().clone();
    let others: Vec<_> = (0..3)
        .map(|_| {
            let state = app::app::state(one.state.config.clone(), Db::from_pool(db.clone()));
            let links = state.unwrap().links.clone();
            tokio::spawn(links.outbox.clone().run(links.db.clone(), links, || ()))
        })
        .collect();
    one.rows(0).await;
    assert_eq!(server.count(), 60);
    assert_eq!(others.len(), 3);
}

#[tokio::test]
async fn a_mail_of_a_transaction_that_is_rolled_back_does_not_exist() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::new(&server).await;
    let mut tx = app.database.pool().begin().await.unwrap();
    let outbox = &app.state.links.outbox;
    let hour = Duration::from_secs(3600);
    outbox.add(&mut tx, mail("Never"), hour).await.unwrap();
    tx.rollback().await.unwrap();
    app.add(mail("Always")).await;
    app.work();
    app.rows(0).await;
    let received = server.received();
    assert!(received.len() == 1 && received[0].contains("Subject: Always"));
}

#[tokio::test]
async fn a_mail_that_is_too_late_is_not_sent() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Late")).await;
    let sql = "UPDATE outbox SET expires_at = now()";
    sqlx::query(sql).execute(app.database.pool()).await.unwrap();
    app.work();
    app.rows(0).await;
    assert_eq!(server.conversations(), 0);
}

#[tokio::test]
async fn the_database_cannot_read_mails() {
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::new(&server).await;
    app.add(mail("Hello")).await;
    let row: String = sqlx::query_scalar("SELECT outbox::text FROM outbox")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    for secret in ["ada@example.com", "token"] {
        assert!(
            !row.contains(&hex::encode(secret)) && !row.contains(secret),
            "{row}"
        );
    }
}

/// A number that the environment can make larger for a long run, such as
/// `MAIL_KILLS=10 MAIL_COUNT=10000 cargo test --test app programs_that_are_killed`.
#[cfg(unix)]
fn number(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn programs_that_are_killed_lose_no_mail_and_send_at_most_one_twice_each() {
    use crate::{
        common::migrated_database,
        process::{program, serving},
    };

    // How often a program is killed, and how many mails there are.
    let (kills, mails) = (number("MAIL_KILLS", 5), number("MAIL_COUNT", 200));
    let server = SmtpServer::start(Behaviour::Accept).await;
    let app = MailApp::on(migrated_database().await, &server);
    for n in 0..mails {
        app.add(mail(&format!("Number {n}."))).await;
    }
    for kill in 1..=kills {
        let mut program = program();
        program
            .env("MAIL_URL", server.url())
            .env("MAIL_FROM", SENDER)
            .env("APP_URL", "https://shop.example.com");
        let (mut child, _log, _) = serving(&mut program, app.database.url());
        let enough = mails * kill / (kills + 1);
        wait(async || server.count() >= enough).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // The mail that it held is due again after its lease.
        app.pass_time().await;
    }
    app.work();
    app.rows(0).await;
    let mut copies: HashMap<String, usize> = HashMap::new();
    for mail in server.received() {
        let subject = mail.lines().find(|line| line.starts_with("Subject: "));
        *copies.entry(subject.unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(copies.len(), mails);
    let twice: usize = copies.values().map(|count| count - 1).sum();
    assert!(twice <= kills, "{twice} mails were sent twice");
}
