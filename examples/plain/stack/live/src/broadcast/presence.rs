//! Who is where, in every process.
//!
//! Each process says what changes at its own pages, in one message: who has come to a topic and who has left it. It keeps
//! what the others have said, so a page that asks asks nobody. What was missed is asked for, and answered by each process
//! for its own people. No person has a heartbeat: those that processes send to each other anyway tell which of them are
//! there, and with a process that is gone go its people.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::{Hub, MESSAGE_BYTES, PublishError, TOPIC_BYTES};

/// The topic of these messages. No page can publish to it, since it has a control character.
pub(super) const TOPIC: &str = "\u{1}presence";
/// Bytes of topic, key and data of one person, as JSON.
const PERSON_BYTES: usize = 2_000;
/// After so long without a message or a heartbeat a process is gone. Four heartbeats.
const LEASE: Duration = Duration::from_secs(12);

/// The people of one process: topic → key → person.
type People = HashMap<Box<str>, BTreeMap<Box<str>, Person>>;

#[derive(Clone, Debug)]
struct Person {
    /// How many pages of this process they have; of another process it is told only that there are some.
    pages: usize,
    /// As JSON.
    data: Box<str>,
}

#[derive(Default)]
pub(super) struct Presence {
    own: People,
    others: HashMap<String, Process>,
}

/// Another process.
struct Process {
    heard: Instant,
    people: People,
    /// What has come of its answer so far.
    answer: People,
}

/// What processes say to each other.
#[derive(Deserialize, Serialize)]
enum News {
    Came(Box<str>, Box<str>, Box<str>),
    Left(Box<str>, Box<str>),
    /// Who is where?
    Ask,
    /// Some of those who are there, and whether these are the last of them.
    Answer(Vec<(Box<str>, Box<str>, Box<str>)>, bool),
}

/// Somebody is on a topic as long as this lives.
#[must_use]
pub struct Present {
    hub: Hub,
    topic: Box<str>,
    key: Box<str>,
}

/// What pages subscribe to that show who is on `topic`.
pub(crate) fn changes(topic: &str) -> String {
    format!("{TOPIC} {topic}")
}

impl Hub {
    /// Somebody comes to `topic`: `key` says who it is, however many pages they have, and `data` what others see of them.
    ///
    /// # Errors
    /// If they are too long, or the data cannot be JSON.
    pub fn enter(
        &self,
        topic: &str,
        key: &str,
        data: &impl Serialize,
    ) -> Result<Present, PublishError> {
        if topic.len() > TOPIC_BYTES || topic.contains(char::is_control) {
            return Err(PublishError::Topic(
                topic.chars().take(TOPIC_BYTES).collect(),
            ));
        }
        let data: Box<str> = serde_json::to_string(data)?.into();
        let news = News::Came(topic.into(), key.into(), data.clone());
        let bytes = serde_json::to_string(&news)?.len();
        if bytes > PERSON_BYTES {
            return Err(PublishError::TooLong(bytes));
        }
        {
            let mut presence = self.0.presence.lock();
            let people = presence.own.entry(topic.into()).or_default();
            let new = Person {
                pages: 0,
                data: data.clone(),
            };
            let person = people.entry(key.into()).or_insert(new);
            person.pages += 1;
            if person.pages == 1 || person.data != data {
                person.data = data;
                self.tell(&news);
            }
        }
        self.changed([topic]);
        Ok(Present {
            hub: self.clone(),
            topic: topic.into(),
            key: key.into(),
        })
    }

    /// Who is on `topic`, in all processes, by key. Data that cannot be read as `T` is left out.
    pub fn present<T: DeserializeOwned>(&self, topic: &str) -> BTreeMap<String, T> {
        let presence = self.0.presence.lock();
        let others = presence.others.values().map(|process| &process.people);
        let people = others
            .chain([&presence.own])
            .filter_map(|people| people.get(topic));
        people
            .flatten()
            .filter_map(|(key, person)| {
                Some((key.to_string(), serde_json::from_str(&person.data).ok()?))
            })
            .collect()
    }

    /// Tells the other processes; called while the people are locked, so that they hear in the order in which it happened.
    fn tell(&self, news: &News) {
        let news = serde_json::to_string(news).expect("texts can be JSON");
        self.queue(TOPIC, news.into());
    }

    /// Has pages look again.
    fn changed<'a>(&self, topics: impl IntoIterator<Item = &'a str>) {
        let mut subscribers = self.topics();
        for topic in topics {
            self.deliver(&mut subscribers, &changes(topic), &"null".into());
        }
    }

    /// Messages may have been missed.
    pub(super) fn ask_who_is_present(&self) {
        self.tell(&News::Ask);
    }

    /// The process `from` is there. One that was not has people whom nobody knows.
    pub(super) fn heard_of(&self, from: &str) {
        let mut presence = self.0.presence.lock();
        if let Some(process) = presence.others.get_mut(from) {
            process.heard = Instant::now();
            return;
        }
        let process = Process {
            heard: Instant::now(),
            people: People::new(),
            answer: People::new(),
        };
        presence.others.insert(from.to_owned(), process);
        self.tell(&News::Ask);
    }

    /// Forgets processes that are gone, and their people.
    pub(super) fn forget_silent(&self) {
        let gone = |_: &String, process: &mut Process| process.heard.elapsed() > LEASE;
        let gone: Vec<_> = self.0.presence.lock().others.extract_if(gone).collect();
        self.changed(
            gone.iter()
                .flat_map(|(_, process)| process.people.keys())
                .map(|topic| &**topic),
        );
    }

    /// What `from` has said.
    pub(super) fn hear(&self, from: &str, news: &str) {
        let Ok(news) = serde_json::from_str(news) else {
            tracing::warn!("what another process says of its people cannot be read");
            return;
        };
        let mut presence = self.0.presence.lock();
        let Some(process) = presence.others.get_mut(from) else {
            return;
        };
        let person = |data| Person { pages: 1, data };
        let changed = match news {
            News::Came(topic, key, data) => {
                process
                    .people
                    .entry(topic.clone())
                    .or_default()
                    .insert(key, person(data));
                vec![topic]
            }
            News::Left(topic, key) => {
                remove(&mut process.people, &topic, &key);
                vec![topic]
            }
            News::Ask => {
                self.answer(&presence.own);
                Vec::new()
            }
            News::Answer(some, last) => {
                for (topic, key, data) in some {
                    process
                        .answer
                        .entry(topic)
                        .or_default()
                        .insert(key, person(data));
                }
                if !last {
                    return;
                }
                let before =
                    std::mem::replace(&mut process.people, std::mem::take(&mut process.answer));
                before
                    .into_keys()
                    .chain(process.people.keys().cloned())
                    .collect()
            }
        };
        drop(presence);
        self.changed(changed.iter().map(|topic| &**topic));
    }

    /// Says who is here, in messages that are not too long.
    fn answer(&self, own: &People) {
        let mut some = Vec::new();
        let mut bytes = 0;
        for (topic, people) in own {
            for (key, Person { data, .. }) in people {
                let person = (topic.clone(), key.clone(), data.clone());
                let size = serde_json::to_string(&person).map_or(0, |text| text.len());
                if bytes + size > MESSAGE_BYTES - PERSON_BYTES {
                    self.tell(&News::Answer(std::mem::take(&mut some), false));
                    bytes = 0;
                }
                bytes += size + 1;
                some.push(person);
            }
        }
        self.tell(&News::Answer(some, true));
    }
}

fn remove(people: &mut People, topic: &str, key: &str) {
    if let Some(there) = people.get_mut(topic) {
        there.remove(key);
        if there.is_empty() {
            people.remove(topic);
        }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        let Self { hub, topic, key } = self;
        let mut presence = hub.0.presence.lock();
        let Some(person) = presence
            .own
            .get_mut(topic)
            .and_then(|people| people.get_mut(key))
        else {
            return;
        };
        person.pages -= 1;
        if person.pages > 0 {
            return;
        }
        remove(&mut presence.own, topic, key);
        hub.tell(&News::Left(topic.clone(), key.clone()));
        drop(presence);
        hub.changed([&**topic]);
    }
}
