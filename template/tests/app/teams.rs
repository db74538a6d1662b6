//! Teams: whose notes a user sees, and who says so.

mod invitations;
mod migration;
{%- if cockroach == false %}
mod row_security;
{%- endif %}

use app::{
    error::Error,
    models::{ClientInfo, NoteDraft, NoteId, Role, Scope, TeamId, TeamName, User},
    repositories::notes,
};
use stack_live::CloseReason;

use crate::common::{Client, LivePage, TestApp};

impl TestApp {
    /// A team of `owner`.
    pub async fn team(&self, owner: &User, name: &str) -> TeamId {
        let name = TeamName::parse(name).unwrap();
        let (accounts, client) = (&self.state.accounts, ClientInfo::default());
        let team = accounts.create_team(owner.id, &name, &client).await;
        team.unwrap()
    }

    /// Makes `user` a member of a team.
    pub async fn join(&self, team: TeamId, user: &User, role: Role) -> Scope {
        let pool = self.database.pool();
        let joined = app::repositories::memberships::insert(pool, team, user.id, role).await;
        assert!(joined.unwrap());
        self.scope(team, user).await
    }

    /// A member of a team in it.
    pub async fn scope(&self, team: TeamId, user: &User) -> Scope {
        self.state.accounts.scope(user.id, team).await.unwrap()
    }

    /// A note of the team of `scope`.
    pub async fn team_note(&self, scope: Scope, title: &str) -> NoteId {
        let draft = NoteDraft::parse(title, "").unwrap();
        let (pool, id) = (self.database.pool(), NoteId::generate());
        let note = notes::insert(pool, id, scope.owner(), &draft).await;
        note.unwrap().id
    }
}

/// Has the client work in a team from now on.
pub async fn switch(client: &mut Client, team: TeamId) {
    let fields = [("team", &*team.to_string())];
    let answer = client.post_form("/teams/switch", &fields).await;
    answer.leads_to("/notes");
}

#[tokio::test]
async fn members_of_a_team_see_its_notes_and_nobody_else_does() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (grace, mut other) = app.logged_in("grace").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let team = app.team(&ada, "Engine").await;
    app.join(team, &grace, Role::Member).await;
    app.note(&ada, "Diary", "").await;

    switch(&mut client, team).await;
    let draft = [("title", "Plan"), ("body", "")];
    let answer = client.submit("/notes/new", "/notes", &draft).await;
    answer.leads_to("/notes");
    client.open("/notes").await.lacks("Diary");
    switch(&mut other, team).await;
    let list = other.open("/notes").await;
    list.shows("Plan");
    list.lacks("Diary");
    let scope = app.scope(team, &grace).await;
    let found = notes::list(app.database.pool(), scope.owner(), None, 2).await;
    let [note] = &found.unwrap()[..] else {
        panic!("one note")
    };
    let (page, api) = (
        format!("/notes/{}", note.id),
        format!("/api/notes/{}", note.id),
    );
    assert_eq!(other.get(&api).await.status.as_u16(), 200);

    // A stranger finds nothing, and cannot choose the team.
    eve.open(&page).await.page(404);
    eve.get(&api).await.problem(404, "not_found");
    let fields = [("team", &*team.to_string())];
    eve.post_form("/teams/switch", &fields).await.page(404);
    eve.open(&format!("/teams/{team}")).await.page(404);
    eve.open("/notes").await.lacks("Plan");
    let edit = [("title", "x"), ("body", ""), ("version", "1")];
    eve.post_form(&page, &edit).await.page(404);
    // Nor does a member while they work in another team.
    switch(&mut client, TeamId::personal(ada.id)).await;
    client.open(&page).await.page(404);
    client.open("/notes").await.shows("Diary");
}

#[tokio::test]
async fn the_team_of_another_account_in_the_cookie_is_not_taken() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let team = app.team(&ada, "Engine").await;
    switch(&mut client, team).await;
    let (eve, mut other) = app.logged_in("eve").await;
    let cookie = client.cookie("team").unwrap().to_owned();
    switch(&mut other, TeamId::personal(eve.id)).await;
    other.set_cookie("team", &cookie);
    other.open("/notes").await.page(200);
    // Nor is a forged one.
    other.set_cookie("team", &format!("{}_{team}", eve.id));
    other.open("/notes").await.leads_to("/teams");
    other.get("/api/notes").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_link_carries_its_team() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let team = app.team(&ada, "Engine").await;
    let scope = app.scope(team, &ada).await;
    let note = app.team_note(scope, "Plan").await;
    let page = format!("/notes/{note}");
    client.open(&page).await.page(404);
    let answer = client.open(&format!("{page}?team={team}")).await;
    answer.leads_to(&page);
    client.open(&page).await.shows("Plan");
    client.open("/notes").await.shows("<option value=");
}

#[tokio::test]
async fn a_member_who_is_removed_sees_nothing_more_on_open_pages_too() {
    let app = TestApp::new().await;
    let (ada, _) = app.logged_in("ada").await;
    let (grace, mut client) = app.logged_in("grace").await;
    let team = app.team(&ada, "Engine").await;
    app.join(team, &grace, Role::Admin).await;
    let scope = app.scope(team, &ada).await;
    switch(&mut client, team).await;
    let mut page = LivePage::open(&app, &mut client, "/notes").await;
    let (accounts, from) = (&app.state.accounts, ClientInfo::default());
    let removed = accounts.remove_member(scope, grace.id, &from).await;
    removed.unwrap();
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
    app.team_note(scope, "Secret").await;
    client.open("/notes").await.leads_to("/teams");
    client.get("/api/notes").await.problem(403, "forbidden");
    let draft = [("title", "x"), ("body", "")];
    client.post_form("/notes", &draft).await.leads_to("/teams");
    client.open("/teams").await.lacks("Engine");
}

#[tokio::test]
async fn roles_say_who_changes_a_team() {
    let app = TestApp::new().await;
    let (ada, grace, eve) = (
        app.user("ada").await,
        app.user("grace").await,
        app.user("eve").await,
    );
    let team = app.team(&ada, "Engine").await;
    let owner = app.scope(team, &ada).await;
    let admin = app.join(team, &grace, Role::Admin).await;
    let member = app.join(team, &eve, Role::Member).await;
    let (accounts, client) = (&app.state.accounts, ClientInfo::default());
    let name = TeamName::parse("Loom").unwrap();
    let forbidden = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
    };

    forbidden(accounts.rename_team(member, &name).await);
    forbidden(accounts.remove_member(member, grace.id, &client).await);
    forbidden(
        accounts
            .set_role(member, eve.id, Role::Admin, &client)
            .await,
    );
    forbidden(accounts.set_role(admin, eve.id, Role::Owner, &client).await);
    forbidden(
        accounts
            .set_role(admin, ada.id, Role::Member, &client)
            .await,
    );
    forbidden(accounts.remove_member(admin, ada.id, &client).await);
    forbidden(accounts.delete_team(admin, &client).await);

    accounts.rename_team(admin, &name).await.unwrap();
    let change = accounts.set_role(admin, eve.id, Role::Admin, &client);
    change.await.unwrap();
    let change = accounts.set_role(owner, grace.id, Role::Member, &client);
    change.await.unwrap();
    // What Grace's page still says about her role does not count.
    forbidden(accounts.rename_team(admin, &name).await);
    let leave = accounts.remove_member(member, eve.id, &client);
    leave.await.unwrap();
    accounts.delete_team(owner, &client).await.unwrap();
    assert_eq!(accounts.teams(ada.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_team_keeps_an_owner_also_when_two_leave_at_once() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.user("ada").await, app.user("grace").await);
    let team = app.team(&ada, "Engine").await;
    let (accounts, client) = (&app.state.accounts, ClientInfo::default());
    let first = app.scope(team, &ada).await;
    let alone = accounts.remove_member(first, ada.id, &client).await;
    assert!(matches!(alone, Err(Error::Forbidden(_))), "{alone:?}");
    let lower = accounts.set_role(first, ada.id, Role::Member, &client);
    assert!(matches!(lower.await, Err(Error::Forbidden(_))));

    let second = app.join(team, &grace, Role::Owner).await;
    let (one, two) = tokio::join!(
        accounts.remove_member(first, ada.id, &client),
        accounts.remove_member(second, grace.id, &client),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let owners: i64 = app
        .value("SELECT count(*) FROM memberships WHERE role = 'owner' AND team_id <> user_id")
        .await;
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn nobody_joins_or_leaves_the_team_that_a_user_has_to_themselves() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let own = TeamId::personal(ada.id);
    let path = format!("/teams/{own}");
    client.open(&path).await.page(404);
    for form in ["leave", "invitations", "delete"] {
        let fields = [
            ("email", "eve@example.com"),
            ("role", "member"),
            ("confirm", "ada"),
        ];
        let answer = client.post_form(&format!("{path}/{form}"), &fields).await;
        assert!(answer.status.is_client_error(), "{form}: {}", answer.status);
    }
    assert!(app.scope(own, &ada).await.is_personal());
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_team_is_renamed_and_deleted_on_its_page() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let new = [("name", " ")];
    let answer = client.submit("/teams", "/teams", &new).await;
    assert!(answer.page(422).contains("This must not be empty."));
    let answer = client
        .submit("/teams", "/teams", &[("name", "Engine")])
        .await;
    let page = answer.header("location").to_owned();
    let team: TeamId = page.strip_prefix("/teams/").unwrap().parse().unwrap();
    let scope = app.scope(team, &ada).await;
    app.team_note(scope, "Plan").await;
    client.open("/notes").await.shows("Plan");

    let rename = format!("{page}/rename");
    let answer = client.submit(&page, &rename, &[("name", "Loom")]).await;
    answer.leads_to(&page);
    client.open(&page).await.shows("<h1>Loom</h1>");
    let delete = format!("{page}/delete");
    let wrong = client
        .submit(&page, &delete, &[("confirm", "Engine")])
        .await;
    assert!(wrong.page(422).contains("is not the name of the team"));
    let answer = client.submit(&page, &delete, &[("confirm", "Loom")]).await;
    answer.leads_to("/teams");
    let notes: i64 = app.value("SELECT count(*) FROM notes").await;
    assert_eq!(notes, 0);
    client.open("/notes").await.page(200);
}

#[tokio::test]
async fn an_account_is_deleted_with_its_teams_unless_others_would_be_without_an_owner() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.user("ada").await, app.user("grace").await);
    let (alone, shared) = (
        app.team(&ada, "Alone").await,
        app.team(&ada, "Shared").await,
    );
    app.team_note(app.scope(alone, &ada).await, "Lost").await;
    app.team_note(app.scope(shared, &ada).await, "Kept").await;
    app.join(shared, &grace, Role::Member).await;
    let (accounts, client) = (&app.state.accounts, ClientInfo::default());
    let refused = accounts.delete(ada.id, &client).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let scope = app.scope(shared, &ada).await;
    let change = accounts.set_role(scope, grace.id, Role::Owner, &client);
    change.await.unwrap();
    accounts.delete(ada.id, &client).await.unwrap();
    let kept: String = app.value("SELECT string_agg(title, ',') FROM notes").await;
    assert_eq!(kept, "Kept");
    let teams: i64 = app.value("SELECT count(*) FROM teams").await;
    assert_eq!(teams, 2, "Grace's own one, and the shared one");
}

#[tokio::test]
async fn a_user_whom_a_release_without_teams_has_registered_gets_one() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    app.execute("DELETE FROM teams").await;
    client.open("/notes").await.page(200);
    app.note(&ada, "Plan", "").await;
    client.open("/notes").await.shows("Plan");
}
