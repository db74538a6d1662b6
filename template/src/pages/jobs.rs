//! `/jobs`: what waits, runs and has failed, jobs and mails, for the people of `JOBS_OPERATORS`. It looks again every second.

use std::time::Duration;

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_jobs::operate::{self, Queue, State, StoredJob};
use stack_live::{Ctx, Cx, PageError};
use stack_mail::outbox;
use uuid::Uuid;

use super::{context::Context, layout};
use crate::{
    components::{
        button::Button,
        date::Zone,
        progress::progress,
        table::{Column, table},
    },
    error::Error,
    jobs::word_count::WordCount,
    models::User,
    repositories::users::addresses,
};

mod mails;

/// How many jobs are shown, and mails.
const SHOWN: i64 = 50;
/// How often the page looks again.
const INTERVAL: Duration = Duration::from_secs(1);

const STATES: [State; 5] = [
    State::Running,
    State::Waiting,
    State::Failed,
    State::Cancelled,
    State::Done,
];

/// The query of the page.
#[derive(Deserialize, Serialize)]
struct Query {
    state: Option<String>,
}

/// The queues, and the jobs in one state.
pub async fn page(cx: Cx) -> stack_live::Result {
    let Query { state: wanted } = cx.query()?;
    let is_wanted = |state: &&State| Some(state.name()) == wanted.as_deref();
    let state = STATES.iter().find(is_wanted).copied();
    let state = state.unwrap_or(State::Running);
    let load = cx.use_load(state.name(), move |ctx| async move {
        operator(&ctx).await?;
        let app = ctx.app();
        let queues = operate::queues(app.db.pool()).await?;
        let jobs = operate::list(app.db.pool(), state, SHOWN).await?;
        let mails = outbox::operate::failed(app.db.pool(), SHOWN).await?;
        Ok::<_, PageError>((queues, jobs, mails))
    });
    let loaded = load.await?;
    let reload = loaded.reloading();
    cx.use_effect((), move |ctx| async move {
        loop {
            tokio::time::sleep(INTERVAL).await;
            reload.reload(&ctx);
        }
    });
    let (queues, jobs, failed_mails) = &*loaded;
    let zone = Zone::of_visitor(&cx);
    let retry = cx.on_async(move |ctx, event| {
        let id = event.data("id").parse::<Uuid>();
        async move {
            operator(&ctx).await?;
            let id = id.map_err(|_| Error::NotFound)?;
            if !operate::retry(ctx.app().db.pool(), id).await? {
                ctx.flash_error("It runs or is done, or another one with its key waits.");
            }
            reload.reload(&ctx);
            Ok(())
        }
    });
    let retry_failed = cx.on_async(move |ctx, event| {
        let kind = event.data("id").to_owned();
        async move {
            operator(&ctx).await?;
            match operate::retry_failed(ctx.app().db.pool(), &kind).await? {
                0 => ctx.flash_error("None: others with their keys wait."),
                count => ctx.flash(format!("Wait again: {count}.")),
            }
            reload.reload(&ctx);
            Ok(())
        }
    });
    let retry_mails = cx.on_async(move |ctx, _| async move {
        operator(&ctx).await?;
        let app = ctx.app();
        app.links.outbox.retry_failed(app.db.pool()).await?;
        reload.reload(&ctx);
        Ok(())
    });
    let cancel = cx.on_async(move |ctx, event| {
        let id = event.data("id").parse::<Uuid>();
        async move {
            operator(&ctx).await?;
            let id = id.map_err(|_| Error::NotFound)?;
            if !operate::cancel(ctx.app().db.pool(), id).await? {
                ctx.flash_error("It has ended already.");
            }
            reload.reload(&ctx);
            Ok(())
        }
    });
    let example = cx.on_async(move |ctx, _| async move {
        let job = WordCount {
            user: operator(&ctx).await?.id,
        };
        let added = stack_jobs::enqueue(ctx.app().db.pool(), &job).await?;
        if added.is_none() {
            ctx.flash("One waits already.");
        }
        reload.reload(&ctx);
        Ok(())
    });
    let main = html! {
        header.title {
            h1 { "Jobs" }
            @if !cx.app().config.environment.is_production() {
                (Button::new("Count my words").secondary().on_click(&example))
            }
        }
        div.stack {
            (queues_table(queues))
            (links(state))
            @if state == State::Failed {
                (retry_buttons(queues, &retry_failed))
            }
            @if jobs.is_empty() { p.soft { "There is none." } }
            @for job in jobs {
                (show(job, &zone, [&retry, &cancel]))
            }
            (mails::failed_mails(failed_mails, &zone, &retry_mails))
        }
    };
    Ok(layout::live(&cx, "Jobs", main))
}

/// The user, who must be one that looks after the jobs. For others the page does not exist.
async fn operator(ctx: &Ctx) -> Result<User, PageError> {
    let (app, user) = (ctx.app(), ctx.signed_in()?);
    let found = addresses::by_email(app.db.pool(), &user.email).await?;
    let is_confirmed = matches!(found, Some((_, true)));
    let is_open = app.config.jobs.operators.is_none();
    if !app.config.may_see_jobs(&user.email) || !(is_confirmed || is_open) {
        return Err(Error::NotFound.into());
    }
    Ok(user)
}

fn queues_table(queues: &[Queue]) -> Markup {
    let columns = [
        Column::text("Job"),
        Column::number("Waiting"),
        Column::number("Running"),
        Column::number("Failed"),
        Column::number("Done in the last hour"),
    ];
    let rows = queues.iter().map(|queue| {
        let cells = [
            html! { (queue.kind) },
            html! { (queue.waiting) },
            html! { (queue.running) },
            html! { (queue.failed) },
            html! { (queue.done_in_an_hour) },
        ];
        (queue.kind.clone(), cells)
    });
    table("Queues", columns, rows)
}

/// Links to the lists of the other states.
fn links(shown: State) -> Markup {
    html! {
        nav.row aria-label="States" {
            @for state in STATES {
                @if state == shown {
                    strong aria-current="page" { (title(state)) }
                } @else {
                    a href={ "/jobs?state=" (state.name()) } data-link { (title(state)) }
                }
            }
        }
    }
}

/// For each kind of which some have failed, a button to try all of them again.
fn retry_buttons(queues: &[Queue], retry_failed: &stack_live::Handler) -> Markup {
    html! {
        @for Queue { kind, failed, .. } in queues {
            @if *failed > 0 {
                @let label = format!("Run {kind} again, all {failed}");
                div.actions data-key=(kind) {
                    (Button::new(&label).secondary().id(kind).on_click(retry_failed))
                }
            }
        }
    }
}

fn show(job: &StoredJob, zone: &Zone, [retry, cancel]: [&stack_live::Handler; 2]) -> Markup {
    let id = job.id.to_string();
    let is_open = matches!(job.state, State::Waiting | State::Running);
    let percent = job.progress.and_then(|percent| u8::try_from(percent).ok());
    html! {
        article.card data-key=(id) {
            h2 { (job.kind) }
            pre.small { (job.argument) }
            p.small {
                (title(job.state)) ", attempt " (job.attempts) " of " (job.max_attempts)
                @if job.state == State::Waiting { ", due " (zone.date_time(job.run_at)) }
                @if let Some(at) = job.finished_at { ", " (zone.date_time(at)) }
            }
            @if job.state == State::Running {
                (progress(job.note.as_deref().unwrap_or("Running"), percent))
            } @else if let Some(note) = &job.note {
                p { (note) }
            }
            @if let Some(error) = &job.last_error { pre { (error) } }
            div.actions {
                @if !matches!(job.state, State::Running | State::Done) {
                    (Button::new("Run now").secondary().id(&id).on_click(retry))
                }
                @if is_open {
                    (Button::new("Cancel").danger().id(&id).on_click(cancel).confirm("Cancel this job?"))
                }
            }
        }
    }
}

fn title(state: State) -> &'static str {
    match state {
        State::Waiting => "Waiting",
        State::Running => "Running",
        State::Failed => "Failed",
        State::Cancelled => "Cancelled",
        State::Done => "Done",
    }
}
