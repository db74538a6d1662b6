//! What an iteration is: where connections are closed, and where the next iteration begins.

use std::{collections::HashMap, time::Duration};

use crate::{
    form,
    pattern::REDACTED,
    step::{Action, Body, Message, Request, Step},
};

/// With connections closed where the visitor left their page: before the next live page is joined, if nothing follows on them.
pub(super) fn with_disconnects(steps: Vec<Step>) -> Vec<Step> {
    let last_use = last_uses(&steps);
    let mut open: Vec<u64> = Vec::new();
    let mut all = Vec::with_capacity(steps.len());
    for (index, step) in steps.into_iter().enumerate() {
        if let Action::Connect { connection, .. } = &step.action {
            let is_over = |it: &u64| last_use.get(it).is_none_or(|last| *last < index);
            let over: Vec<u64> = open.extract_if(.., |it| is_over(it)).collect();
            open.push(*connection);
            if !over.is_empty() {
                all.push(Step {
                    think: Duration::ZERO,
                    is_automatic: true,
                    action: Action::Disconnect(over),
                    ..step.clone()
                });
            }
        }
        all.push(step);
    }
    all
}

/// Without messages of pages that the visitor had left when they came. A browser sends a form and, over another connection,
/// the last message of its page, and either may be first.
pub(super) fn without_left_pages(steps: Vec<Step>) -> Vec<Step> {
    let last_use = last_uses(&steps);
    let mut is_late = vec![false; steps.len()];
    for (index, step) in steps.iter().enumerate() {
        let Some(end) = next_page(&steps, index, step) else {
            continue;
        };
        for late in index + 1..end {
            if let Action::Message(message) = &steps[late].action {
                let last = last_use.get(&message.connection);
                is_late[late] |= last.is_some_and(|last| *last < end);
            }
        }
    }
    let steps = steps.into_iter().zip(is_late);
    steps
        .filter_map(|(step, is_late)| (!is_late).then_some(step))
        .collect()
}

/// Where the next page begins, if this step leaves the one before: where it is joined, or at least loaded.
fn next_page(steps: &[Step], index: usize, step: &Step) -> Option<usize> {
    let request = |step: &Step| match &step.action {
        Action::Request(request) => Some(request.target.path_name()),
        _ => None,
    };
    let (loaded, path) = match &step.action {
        Action::Request(leaving) if leaving.redirect.is_some() => {
            let rest = steps.iter().enumerate().skip(index + 1);
            let mut requests = rest.filter_map(|(at, step)| Some((at, request(step)?)));
            requests.next()?
        }
        Action::Request(document) if !document.target.is_asset() => {
            (index, document.target.path_name())
        }
        _ => return None,
    };
    let rest = steps.iter().enumerate().skip(loaded);
    let mut joins = rest.filter_map(|(at, step)| match &step.action {
        Action::Connect { url, .. } => Some((at, url.path_name())),
        _ => None,
    });
    match joins.next() {
        Some((joined, joined_path)) if joined_path == path => Some(joined),
        _ => Some(loaded),
    }
}

/// Live connection → the last step on it.
fn last_uses(steps: &[Step]) -> HashMap<u64, usize> {
    let mut last_use = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        if let Action::Connect { connection, .. } | Action::Message(Message { connection, .. }) =
            &step.action
        {
            last_use.insert(*connection, index);
        }
    }
    last_use
}

/// The step after the last one that sent a password, if the visitor stayed logged in.
pub(super) fn loop_start(steps: &[Step]) -> usize {
    let login = steps.iter().rposition(|step| match &step.action {
        Action::Request(request) => {
            request.method != "GET" && request.status < 400 && has_password(&request.body)
        }
        _ => false,
    });
    let Some(login) = login else { return 0 };
    let rest = &steps[login + 1..];
    let logs_out = rest.iter().any(|step| match &step.action {
        Action::Request(request) => is_logout(request),
        _ => false,
    });
    // An iteration has to begin with something that can be done at any time.
    let begins_with_get = match rest.first().map(|step| &step.action) {
        Some(Action::Request(request)) => request.method == "GET",
        _ => false,
    };
    if logs_out || !begins_with_get {
        0
    } else {
        login + 1
    }
}

fn is_logout(request: &Request) -> bool {
    let path = request.target.name().to_lowercase().replace(['-', '_'], "");
    match request.method.as_str() {
        "DELETE" => path.contains("session"),
        "POST" => path.contains("logout") || path.contains("signout"),
        _ => false,
    }
}

pub(super) fn has_password(body: &Body) -> bool {
    let is_password = |name: &str, value: &str| value == REDACTED && form::is_password(name);
    match body {
        Body::None => false,
        Body::Form(fields) => fields.iter().any(|(name, value)| is_password(name, value)),
        Body::Json(json) => json.as_object().is_some_and(|object| {
            object
                .iter()
                .any(|(name, value)| is_password(name, value.as_str().unwrap_or_default()))
        }),
    }
}
