//! The score of the pages by the rules of Mozilla's HTTP Observatory.
//!
//! The rules are those of `src/analyzer/tests/` and the points those of `src/grader/charts.js` in
//! <https://github.com/mdn/mdn-http-observatory>, as of 2025. What redirects to TLS is the reverse proxy, and whether a host is
//! on the preload list is its owner's to decide: neither gives or takes points here.

use std::collections::BTreeMap;

use crate::common::{Answer, TestApp};

/// Without it, there are no points above 100.
const ENOUGH_FOR_BONUS: i32 = 90;

#[tokio::test]
async fn the_pages_of_a_visitor_score_at_least_140_at_the_http_observatory() {
    let app = TestApp::with(&[("APP_ENV", "production")]).await;
    for path in ["/", "/login", "/register"] {
        let answer = app.client().open(path).await;
        answer.page(200);
        let points = points(&answer);
        let penalties: i32 = points.values().filter(|points| **points < 0).sum();
        let bonus: i32 = points.values().filter(|points| **points > 0).sum();
        let mut score = 100 + penalties;
        if score >= ENOUGH_FOR_BONUS {
            score += bonus;
        }
        assert!(score >= 140, "{path}: {score} of {points:?}");
    }
}

fn points(answer: &Answer) -> BTreeMap<&'static str, i32> {
    let policy = answer.header("content-security-policy");
    let policy: BTreeMap<&str, Vec<&str>> = policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    BTreeMap::from([
        ("content-security-policy", content_security(&policy)),
        ("cookies", cookies(answer)),
        ("cross-origin-resource-policy", resource_policy(answer)),
        ("cross-origin-resource-sharing", resource_sharing(answer)),
        ("referrer-policy", referrer(answer)),
        ("strict-transport-security", transport_security(answer)),
        ("subresource-integrity", integrity(answer.text())),
        ("x-content-type-options", content_type_options(answer)),
        ("x-frame-options", frames(answer, &policy)),
    ])
}

type Policy<'a> = BTreeMap<&'a str, Vec<&'a str>>;

fn content_security(policy: &Policy<'_>) -> i32 {
    const BROAD: [&str; 5] = ["*", "http:", "https:", "ftp:", "https://*"];
    const INLINE: [&str; 2] = ["'unsafe-inline'", "data:"];
    let default = policy.get("default-src");
    let sources = |name| policy.get(name).or(default).cloned().unwrap_or(vec!["*"]);
    let has = |name, words: &[&str]| sources(name).iter().any(|source| words.contains(source));
    let insecure = |sources: &[&str]| sources.iter().any(|source| source.starts_with("http:"));
    let unsafe_scripts = has("script-src", &BROAD) || has("script-src", &INLINE);
    let insecure_source = policy.values().any(|sources| insecure(sources));
    if policy.is_empty() {
        -25
    } else if unsafe_scripts || has("object-src", &BROAD) || insecure_source {
        -20
    } else if has("script-src", &["'unsafe-eval'"]) || has("style-src", &["'unsafe-eval'"]) {
        -10
    } else if has("style-src", &BROAD) || has("style-src", &INLINE) {
        0
    } else if default.is_some_and(|sources| sources == &["'none'"]) {
        10
    } else {
        5
    }
}

fn cookies(answer: &Answer) -> i32 {
    let cookies = answer.headers.get_all("set-cookie").iter();
    let cookies: Vec<&str> = cookies.map(|cookie| cookie.to_str().unwrap()).collect();
    let all = |attribute| cookies.iter().all(|cookie| cookie.contains(attribute));
    if cookies.is_empty() {
        0
    } else if !all("; Secure") {
        -40
    } else if !all("; HttpOnly") {
        -30
    } else if all("; SameSite=Lax") || all("; SameSite=Strict") {
        5
    } else {
        0
    }
}

fn resource_policy(answer: &Answer) -> i32 {
    match answer.header("cross-origin-resource-policy") {
        "same-origin" | "same-site" => 10,
        "cross-origin" | "" => 0,
        _ => -5,
    }
}

fn resource_sharing(answer: &Answer) -> i32 {
    match answer.header("access-control-allow-origin") {
        "" => 0,
        _ => -50,
    }
}

fn referrer(answer: &Answer) -> i32 {
    match answer.header("referrer-policy") {
        "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" => 5,
        "" => 0,
        _ => -5,
    }
}

fn transport_security(answer: &Answer) -> i32 {
    const SIX_MONTHS: u64 = 15_768_000;
    let value = answer.header("strict-transport-security");
    let age = value
        .split(';')
        .find_map(|part| part.trim().strip_prefix("max-age="));
    match age.and_then(|age| age.parse::<u64>().ok()) {
        Some(age) if age >= SIX_MONTHS => 0,
        Some(_) => -10,
        None => -20,
    }
}

fn integrity(html: &str) -> i32 {
    let scripts = html.split("<script").skip(1);
    let scripts: Vec<&str> = scripts
        .filter_map(|rest| Some(rest.split_once('>')?.0))
        .collect();
    let is_own = |script: &str| script.contains(" src=\"/") && !script.contains(" src=\"//");
    let is_hashed = |script: &str| script.contains(" integrity=\"sha");
    if !scripts.iter().all(|script| is_own(script)) {
        -50
    } else if !scripts.is_empty() && scripts.iter().all(|script| is_hashed(script)) {
        5
    } else {
        0
    }
}

fn content_type_options(answer: &Answer) -> i32 {
    match answer.header("x-content-type-options") {
        "nosniff" => 0,
        _ => -5,
    }
}

fn frames(answer: &Answer, policy: &Policy<'_>) -> i32 {
    let ancestors = policy.get("frame-ancestors").map(Vec::as_slice);
    match (ancestors, answer.header("x-frame-options")) {
        (Some(["'none'" | "'self'"]), _) => 5,
        (_, "DENY" | "SAMEORIGIN") => 0,
        _ => -20,
    }
}
