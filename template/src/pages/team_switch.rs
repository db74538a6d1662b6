//! The team in which the user works: its place in the head of the pages, and links that carry it.

use std::sync::Arc;

use axum::{extract::Request, http::Method};
use maud::{Markup, html};

use crate::models::{Team, TeamId};

/// The teams of a user.
#[derive(Clone, Default)]
pub struct Teams {
    /// Those that they belong to.
    pub all: Arc<[Team]>,
    /// The one that they have chosen. They need not belong to it any more.
    pub current: Option<TeamId>,
}

/// What the user calls a team.
pub fn title(team: &Team) -> &str {
    match team.is_personal {
        true => "Just me",
        false => team.name.as_str(),
    }
}

/// The switch in the head of every page.
pub fn switch(teams: &Teams) -> Markup {
    html! {
        a href="/teams" data-link { "Teams" }
        @if teams.all.len() > 1 {
            form method="post" action="/teams/switch" {
                label.visually-hidden for="team-switch" { "Team" }
                select #team-switch name="team" autocomplete="off" {
                    @for team in teams.all.iter() {
                        option value=(team.id) selected[teams.current == Some(team.id)] { (title(team)) }
                    }
                }
                button.quiet type="submit" { "Switch" }
            }
        }
    }
}

/// The team of a link such as `/notes/ID?team=ID`, and the page that it leads to.
pub fn of_link(request: &Request) -> Option<(TeamId, String)> {
    let query = request.uri().query()?;
    if request.method() != Method::GET || !query.contains("team=") {
        return None;
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    let (team, rest): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "team");
    let (_, team) = team.first()?;
    let path = request.uri().path();
    let page = match rest.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", serde_urlencoded::to_string(rest).ok()?),
    };
    Some((team.parse().ok()?, page))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_link_carries_its_team() {
        let team = TeamId::generate();
        let link =
            |uri: String| of_link(&Request::get(uri).body(Body::empty()).expect("a request"));
        let found = link(format!("/notes?q=a%26b&team={team}"));
        assert_eq!(found, Some((team, "/notes?q=a%26b".to_owned())));
        assert_eq!(link("/notes?team=x".to_owned()), None);
        assert_eq!(link("/notes?q=team%3D".to_owned()), None);
    }
}
