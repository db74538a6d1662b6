//! Live pages: joining them, sending messages, receiving what the server sends.

use serde_json::json;

use super::{Abort, User, browser::ServerMessage, checks::check_outcome, events::FilledMessage};
use crate::{
    connection::{LiveConnection, Page},
    html,
    pattern::Pattern,
    splice,
    step::{Message, Outcome},
};

/// A page that is joined, and what both sides know of it already.
struct JoinedPage {
    page: Page,
    /// The fingerprint of its HTML; empty if the server has to send it.
    hash: String,
    /// The fingerprint of its streams' items.
    items: String,
}

impl User {
    pub(super) async fn join(
        &mut self,
        number: u64,
        url: &Pattern,
        reconnect: bool,
        time_zone: Option<&str>,
        expect: Outcome,
    ) -> Result<(), Abort> {
        let url = self
            .variables
            .text(url, &self.browser.pages())
            .map_err(|what| format!("expected {what}, found none"))?;
        let before = if reconnect {
            self.disconnect_page(&url).await
        } else {
            None
        };
        let joined = match &before {
            Some(before) => rejoined(before),
            None => self.joined_page(&url)?,
        };
        if let Some(zone) = time_zone {
            self.browser.cookies.set("tz", zone);
        }
        let scenario = &self.scenario;
        let mut connection = LiveConnection::open(
            &scenario.target,
            scenario.timeout,
            self.browser.cookies.header("/live"),
            joined.page,
        )
        .await?;
        if let Some(before) = &before {
            connection.resume(before);
        }
        let message = json!(["join", {
            "url": url, "hash": joined.hash, "items": joined.items, "state": connection.page.state,
            "mac": connection.page.mac, "tz": time_zone, "again": reconnect, "page": connection.page.name,
            "seen": connection.acknowledged, "going": false,
        }]);
        connection.send(&message).await?;
        // It is kept for the next connection, if the script has one.
        if !self.script.needs_html {
            connection.page.state = String::new();
        }
        self.browser.connected(number, connection);
        self.receive_until(number, |live| live.joined || live.outcome.ends_page())
            .await?;
        // Whether joining brings HTML depends on what both sides know, not on the script.
        let outcome = self.outcome(number);
        let outcome = if outcome.ends_page() {
            outcome
        } else {
            Outcome::Acknowledged
        };
        check_outcome(expect, outcome)
    }

    /// Closes the last connection of the page at this address, or the last one of all.
    async fn disconnect_page(&mut self, url: &str) -> Option<LiveConnection> {
        let live = self.browser.live.iter();
        let at_url = live.filter(|(_, connection)| connection.page.url == url);
        let last = at_url.map(|(number, _)| *number).max();
        let last = last.or_else(|| self.browser.live.keys().max().copied())?;
        self.browser.disconnect(last).await
    }

    /// The page in the document at this address.
    fn joined_page(&mut self, url: &str) -> Result<JoinedPage, Abort> {
        let Some(root) = html::live_root(self.browser.document_at(url)) else {
            let path = Pattern::of(url).path_name();
            return Err(format!("expected a live page at {path}, found none").into());
        };
        let name = format!("{:032x}", self.rng.u128(..));
        let mut joined = JoinedPage {
            page: Page::new(url, &root, name),
            hash: root.hash,
            items: root.items,
        };
        if self.script.needs_html {
            if splice::hash(&root.html) == joined.hash {
                joined.page.html = Some(root.html);
            } else {
                // With items of streams in it, it is not the text that patches are for.
                joined.page.html = Some(String::new());
                joined.hash.clear();
            }
        }
        Ok(joined)
    }

    pub(super) async fn message(&mut self, message: &Message) -> Result<(), Abort> {
        let number = message.connection;
        let filled = self.fill_in_message(message)?;
        let connection = self.live(number)?;
        let seq = connection.next_seq();
        let version = connection.page.version;
        match filled {
            FilledMessage::Event {
                handler,
                event,
                payload,
            } => {
                let message = json!(["ev", seq, version, handler, event, payload]);
                connection.send(&message).await?;
            }
            FilledMessage::Navigate { url, mode } => {
                url.clone_into(&mut connection.page.url);
                connection.send(&json!(["nav", seq, url, mode])).await?;
            }
            FilledMessage::Upload { handler, files } => {
                // The browser numbers its uploads.
                let upload = u32::try_from(seq).unwrap_or(u32::MAX);
                connection.begin_upload(upload);
                let message = json!(["up", seq, handler, version, upload, files]);
                connection.send(&message).await?;
                self.upload(number, upload, &files).await?;
            }
        }
        self.receive_until(number, |live| live.is_answered(seq))
            .await?;
        let outcome = self.outcome(number);
        self.browser.front = Some(number);
        if outcome == Outcome::Redirect {
            self.browser.disconnect(number).await;
        }
        check_outcome(message.expect, outcome)
    }

    pub(super) fn live(&mut self, number: u64) -> Result<&mut LiveConnection, Abort> {
        let live = self.browser.live.get_mut(&number);
        live.ok_or_else(|| "a live page that is not connected".into())
    }

    fn outcome(&self, number: u64) -> Outcome {
        let live = self.browser.live.get(&number);
        live.map(|live| live.outcome).unwrap_or_default()
    }

    /// Receives messages until `enough` is true of this connection, or it is closed.
    pub(super) async fn receive_until(
        &mut self,
        number: u64,
        enough: impl Fn(&LiveConnection) -> bool,
    ) -> Result<(), Abort> {
        while !self.browser.live.get(&number).is_none_or(&enough) {
            let message = self.browser.next_message().await;
            self.receive(message).await?;
        }
        Ok(())
    }

    /// Applies a message of the server, and answers the calls in it as the recorded browser did.
    pub(super) async fn receive(&mut self, (number, message): ServerMessage) -> Result<(), Abort> {
        let Some(connection) = self.browser.live.get_mut(&number) else {
            return Ok(());
        };
        let calls = match message.and_then(|message| connection.receive(&message)) {
            Ok(calls) => calls,
            Err(failure) => {
                self.browser.disconnect(number).await;
                return Err(failure.into());
            }
        };
        let results = &self.script.call_results;
        for (id, path) in calls {
            let message = match results.iter().find(|result| result.path == path) {
                Some(result) => json!(["ret", id, result.ok, result.value]),
                None => json!(["ret", id, false, "there is no browser in a load test"]),
            };
            connection.send(&message).await?;
        }
        Ok(())
    }
}

/// The page of a connection that was lost.
fn rejoined(before: &LiveConnection) -> JoinedPage {
    let html = before.page.html.as_deref();
    JoinedPage {
        page: before.page.clone(),
        hash: html.map(splice::hash).unwrap_or_default(),
        items: String::new(),
    }
}
