//! A user: plays the script again and again, as a browser would.
//!
//! The next step begins when the answer to the one before is there and the time to think is over: a closed loop. An
//! answer of another kind than the recorded one ends the round; the user begins anew, as a new visitor and after a while.

mod answer;
mod live;
mod request;

use std::{
    collections::HashMap, future::poll_fn, net::SocketAddr, sync::Arc, task::Poll, time::Duration,
};

use serde_json::Value;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    cookies::Jar,
    http::Connection,
    metrics::Share,
    random::Random,
    script::Script,
    step::{Action, Step},
    tab::{self, Tab},
    values::Values,
};

/// What all users have in common.
#[derive(Debug)]
pub(crate) struct Scene {
    pub script: Script,
    /// Where to connect.
    pub address: SocketAddr,
    /// How the server is called.
    pub authority: String,
    /// Unlike that of any other run.
    pub run: String,
    pub think: Option<(Duration, Duration)>,
    pub timeout: Duration,
    pub set: Vec<(String, String)>,
    /// Every round is that of a new visitor.
    pub fresh: bool,
    /// Users with this number and above go home.
    pub wanted: watch::Receiver<usize>,
    /// So many rounds, if there is an end to them.
    pub rounds: Option<u64>,
}

/// Silence after which a browser asks whether anybody is there.
const SILENCE: Duration = Duration::from_secs(25);
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

pub(crate) struct User {
    scene: Arc<Scene>,
    share: Arc<Share>,
    number: usize,
    wanted: watch::Receiver<usize>,
    random: Random,
    visits: usize,
    values: Values,
    jar: Jar,
    http: Option<Connection>,
    tabs: HashMap<u64, Tab>,
    /// The last tab that said something, if that was after the last document.
    front: Option<u64>,
    /// The last document, and where its redirect led.
    document: String,
    documents: HashMap<String, Arc<str>>,
    location: Option<String>,
    /// A request, while it is written.
    buffer: Vec<u8>,
}

/// Why a round was not played to the end.
pub(crate) enum Break {
    /// Expected one thing and got another; a kind for the report.
    Error(String),
    /// The user is not wanted any more.
    Home,
}

impl From<String> for Break {
    fn from(kind: String) -> Self {
        Self::Error(kind)
    }
}

impl From<&str> for Break {
    fn from(kind: &str) -> Self {
        Self::Error(kind.to_owned())
    }
}

impl User {
    pub(crate) fn new(scene: Arc<Scene>, share: Arc<Share>, number: usize) -> Self {
        let values = Values::new(&scene.run, number + 1, 0, &scene.set);
        Self {
            wanted: scene.wanted.clone(),
            scene,
            share,
            number,
            random: Random::new(number as u64),
            visits: 0,
            values,
            jar: Jar::default(),
            http: None,
            tabs: HashMap::new(),
            front: None,
            document: String::new(),
            documents: HashMap::new(),
            location: None,
            buffer: Vec::new(),
        }
    }

    /// Plays until the user is not wanted any more.
    pub(crate) async fn play(mut self) {
        let mut backoff = FIRST_BACKOFF;
        let mut rounds = 0;
        let mut from = 0;
        while self.is_wanted() && self.scene.rounds.is_none_or(|most| rounds < most) {
            if from == 0 {
                self.new_visitor();
            } else {
                self.values.again();
                self.documents.clear();
            }
            let outcome = self.round(from).await;
            self.leave_all().await;
            match outcome {
                Ok(()) => {
                    self.share.round();
                    backoff = FIRST_BACKOFF;
                    from = if self.scene.fresh {
                        0
                    } else {
                        self.scene.script.again_from
                    };
                }
                Err(Break::Home) => return,
                Err(Break::Error(_)) => {
                    self.http = None;
                    from = 0;
                    // Half of it by chance, so that not everybody comes back at once.
                    let wait = backoff.mul_f64(0.5 + self.random.share() / 2.0);
                    backoff = (backoff * 2).min(LONGEST_BACKOFF);
                    if self.pause(wait).await.is_err() {
                        return;
                    }
                }
            }
            rounds += 1;
        }
    }

    fn new_visitor(&mut self) {
        self.visits += 1;
        self.values = Values::new(
            &self.scene.run,
            self.number + 1,
            self.visits,
            &self.scene.set,
        );
        self.jar = Jar::default();
        self.document.clear();
        self.documents.clear();
        self.location = None;
    }

    async fn round(&mut self, from: usize) -> Result<(), Break> {
        let scene = Arc::clone(&self.scene);
        for step in &scene.script.steps[from..] {
            self.think(step).await?;
            if let Action::Leave(tabs) = &step.action {
                for tab in tabs {
                    self.leave(*tab).await;
                }
                continue;
            }
            let began = Instant::now();
            let done = match timeout(scene.timeout, self.step(step)).await {
                Ok(done) => done,
                Err(_) => Err(format!("no answer within {:?}", scene.timeout).into()),
            };
            match done {
                Ok(()) => self.share.answered(step.name, began.elapsed()),
                Err(Break::Error(kind)) => {
                    self.share.failed(step.name, kind.clone());
                    return Err(Break::Error(kind));
                }
                Err(home) => return Err(home),
            }
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), Break> {
        match &step.action {
            Action::Request(request) => self.request(request).await,
            Action::Join {
                tab,
                url,
                again,
                zone,
                expect,
            } => self.join(*tab, url, *again, zone.as_deref(), *expect).await,
            Action::Message(message) => self.message(message).await,
            Action::Leave(_) => Ok(()),
        }
    }

    /// As long as the recorded visitor, or as long as the plan says.
    async fn think(&mut self, step: &Step) -> Result<(), Break> {
        let time = match self.scene.think {
            None => step.think,
            // What a browser does by itself took no thought.
            Some(_) if step.think < Duration::from_millis(50) => Duration::ZERO,
            Some((least, most)) => least + most.saturating_sub(least).mul_f64(self.random.share()),
        };
        if time.is_zero() {
            return if self.is_wanted() {
                Ok(())
            } else {
                Err(Break::Home)
            };
        }
        match self.pause(time).await {
            Err(Break::Error(kind)) => {
                self.share.failed(step.name, kind.clone());
                Err(Break::Error(kind))
            }
            other => other,
        }
    }

    /// Waits, while live pages go on.
    async fn pause(&mut self, time: Duration) -> Result<(), Break> {
        let until = Instant::now() + time;
        loop {
            let ping = self.tabs.values().map(|tab| tab.said + SILENCE).min();
            let next = ping.map_or(until, |ping| ping.min(until));
            let (number, wanted) = (self.number, &mut self.wanted);
            tokio::select! {
                () = sleep_until(next) => {
                    let now = Instant::now();
                    if now >= until {
                        return Ok(());
                    }
                    for tab in self.tabs.values_mut().filter(|tab| now >= tab.said + SILENCE) {
                        tab.say(&tab::ping()).await?;
                    }
                }
                () = gone(wanted, number) => return Err(Break::Home),
                heard = heard(&mut self.tabs) => self.take(heard).await?,
            }
        }
    }

    fn is_wanted(&self) -> bool {
        self.number < *self.wanted.borrow()
    }

    /// What the pages of this user say, the most recent one first.
    fn sources<'a>(
        tabs: &'a HashMap<u64, Tab>,
        front: Option<u64>,
        location: Option<&'a str>,
        document: &'a str,
    ) -> Vec<&'a str> {
        let live = |tab: u64| tabs.get(&tab).and_then(|tab| tab.page.html.as_deref());
        let mut all: Vec<&str> = Vec::new();
        all.extend(front.and_then(live));
        all.extend(location);
        all.push(document);
        all.extend(
            tabs.keys()
                .filter(|tab| Some(**tab) != front)
                .filter_map(|tab| live(*tab)),
        );
        all
    }
}

/// Ready when the user is not wanted any more.
async fn gone(wanted: &mut watch::Receiver<usize>, number: usize) {
    // Without a sender nobody is wanted.
    wanted.wait_for(|wanted| *wanted <= number).await.ok();
}

type Heard = (u64, Result<Value, tab::Failure>);

/// The next message on any tab.
async fn heard(tabs: &mut HashMap<u64, Tab>) -> Heard {
    poll_fn(|cx| {
        for (number, tab) in tabs.iter_mut() {
            if let Poll::Ready(message) = tab.poll(cx) {
                return Poll::Ready((*number, message));
            }
        }
        Poll::Pending
    })
    .await
}
