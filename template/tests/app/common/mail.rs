//! The mails that an application has written.

use stack_mail::Mail;

use super::TestApp;

impl TestApp {
    /// The mails of the outbox, oldest first. No worker sends them: the router is called in memory.
    pub async fn mails(&self) -> Vec<Mail> {
        let (links, db) = (&self.state.links, &self.state.db);
        let carried_out = links.outbox.carry_out_requests(db, links).await;
        carried_out.expect("requests that can be carried out");
        let mut mails = links.outbox.newest(db.pool(), 1000).await.expect("mails");
        mails.reverse();
        mails.into_iter().map(|stored| stored.mail).collect()
    }
{%- if oidc or passkeys or totp %}

    /// The titles of the mails to `address`, oldest first.
    pub async fn titles_to(&self, address: &str) -> Vec<String> {
        let mails = self.mails().await.into_iter();
        let mails = mails.filter(|mail| mail.to == address);
        mails.map(|mail| mail.subject).collect()
    }
{%- endif %}

    /// The last mail, which is to `address`.
    pub async fn mail_to(&self, address: &str) -> Mail {
        let mail = self.mails().await.pop().expect("a mail");
        assert_eq!(mail.to, address);
        mail
    }
}

/// The path of the first link in a mail.
pub fn link(mail: &Mail) -> &str {
    let line = mail.text.lines().find(|line| line.starts_with("http"));
    let url = line.expect("a link");
    url.strip_prefix("http://localhost:3000")
        .expect("a link to this site")
}
