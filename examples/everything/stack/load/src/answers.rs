//! What came back to each message of a recording.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    recording::{Event, Visitor, What},
    step::Outcome,
};

/// The answer to a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub outcome: Outcome,
    /// When it was there.
    pub at: u64,
    /// An upload that somebody broke off.
    pub given_up: bool,
}

/// All answers, by the place of the message among the events.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    by_place: HashMap<usize, Answer>,
    /// Path of a call to a browser, whether it went well, what came back.
    pub calls: Vec<(Value, bool, Value)>,
}

/// A message that waits for its answer.
struct Waiting {
    place: usize,
    /// None for the first one of a connection.
    seq: Option<u64>,
    works: bool,
}

impl Answers {
    pub(crate) fn of(visitor: &Visitor) -> Self {
        let mut all = Self::default();
        let mut waiting: HashMap<u64, Vec<Waiting>> = HashMap::new();
        let mut calls: HashMap<(u64, u64), Value> = HashMap::new();
        let mut uploads: HashMap<(u64, u64), usize> = HashMap::new();
        for (place, event) in visitor.events.iter().enumerate() {
            match &event.what {
                What::In(tab, message) => {
                    let answer = Answer {
                        outcome: Outcome::Heard,
                        at: event.ended,
                        given_up: false,
                    };
                    all.by_place.insert(place, answer);
                    let seq = match message[0].as_str() {
                        Some("join") => None,
                        Some("ev" | "nav" | "up") => Some(message[1].as_u64().unwrap_or_default()),
                        Some("ret") => {
                            if let Some(path) =
                                calls.remove(&(*tab, message[1].as_u64().unwrap_or_default()))
                            {
                                all.calls.push((
                                    path,
                                    message[2].as_bool().unwrap_or_default(),
                                    message[3].clone(),
                                ));
                            }
                            continue;
                        }
                        Some("upx") => {
                            let place =
                                uploads.get(&(*tab, message[1].as_u64().unwrap_or_default()));
                            if let Some(answer) =
                                place.and_then(|place| all.by_place.get_mut(place))
                            {
                                answer.given_up = true;
                            }
                            continue;
                        }
                        _ => continue,
                    };
                    if message[0] == "up" {
                        uploads.insert((*tab, message[4].as_u64().unwrap_or_default()), place);
                    }
                    let mine = waiting.entry(*tab).or_default();
                    mine.push(Waiting {
                        place,
                        seq,
                        works: false,
                    });
                }
                What::Out(tab, message) => {
                    for call in message["c"].as_array().into_iter().flatten() {
                        calls.insert(
                            (*tab, call[0].as_u64().unwrap_or_default()),
                            call[1].clone(),
                        );
                    }
                    if let Some(mine) = waiting.get_mut(tab) {
                        all.take(mine, event, message);
                    }
                }
                What::Request { .. } | What::Chunk(_) => {}
            }
        }
        all
    }

    pub(crate) fn to(&self, place: usize) -> Answer {
        self.by_place.get(&place).copied().unwrap_or(Answer {
            outcome: Outcome::Heard,
            at: 0,
            given_up: false,
        })
    }

    fn take(&mut self, waiting: &mut Vec<Waiting>, event: &Event, message: &Value) {
        let outcome = Outcome::of(message);
        let acknowledged = message["a"].as_u64();
        let is_in = |list: &str, seq: u64| {
            message[list]
                .as_array()
                .is_some_and(|list| list.iter().any(|one| one.as_u64() == Some(seq)))
        };
        waiting.retain_mut(|one| {
            let mut answered = match one.seq {
                None => message.get("v").is_some(),
                Some(seq) if one.works => is_in("d", seq) || message.get("n").is_some(),
                Some(seq) => acknowledged.is_some_and(|upto| upto >= seq),
            };
            answered |= matches!(outcome, Outcome::Leave | Outcome::Stopped);
            if !answered {
                return true;
            }
            let answer = self.by_place.entry(one.place).or_insert(Answer {
                outcome,
                at: event.ended,
                given_up: false,
            });
            answer.at = event.ended;
            answer.outcome = if one.seq.is_none() && outcome < Outcome::Leave {
                Outcome::Heard
            } else {
                answer.outcome.max(outcome)
            };
            // Its handler goes on working, and what it brings is the answer.
            if one.seq.is_some_and(|seq| is_in("w", seq)) && outcome < Outcome::Navigation {
                one.works = true;
                return true;
            }
            false
        });
    }
}
