//! `/rooms`: chat rooms with presence.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use maud::{Markup, html};
use stack_live::Cx;
use uuid::Uuid;

use super::{context::Context, layout};
use crate::{
    components::{button::Button, date::date, input::Input, link::Link},
    error::Error,
    models::{FieldErrors, Message, MessageBody, MessageId, RoomId, RoomName},
    repositories::chat,
    services::chat::{LeaveOnDrop, Presence, RoomEvent, publish, topic},
};

/// How many rooms are listed.
const ROOMS: i64 = 100;

/// How many messages are loaded at once.
const MESSAGES: u32 = 30;

/// How many a browser has again after a break.
const MOST_MESSAGES: u32 = 300;

/// How often a window publishes its presence. A window is removed after three times as long without one.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// All rooms, newest first, and a form for a new one.
pub async fn index(cx: Cx) -> stack_live::Result {
    cx.signed_in()?;
    let found = cx
        .use_load((), |ctx| async move {
            chat::rooms(ctx.app().db.pool(), ROOMS).await
        })
        .await?;
    let errors = cx.use_state(FieldErrors::default);
    let open = cx.on_async(move |ctx, event| async move {
        match RoomName::parse(event.field("name")) {
            Ok(name) => {
                let id = RoomId::generate();
                chat::insert_room(ctx.app().db.pool(), id, &name).await?;
                ctx.navigate(format!("/rooms/{id}"));
            }
            Err(invalid) => errors.update(&ctx, |errors| {
                *errors = FieldErrors::default();
                errors.check("name", Err::<(), _>(invalid));
            }),
        }
        Ok(())
    });
    let main = html! {
        header.title { h1 { "Rooms" } }
        form on:submit=(open) novalidate {
            (Input::line("name", "A new room").required(true).render(&errors.read(&cx)))
            div.row { (Button::new("Open a room")) }
        }
        ul {
            @for room in &*found {
                li data-key=(room.id) {
                    (Link::to(&format!("/rooms/{}", room.id), room.name.as_str()))
                }
            }
        }
    };
    Ok(layout::live(&cx, "Rooms", main))
}

/// One room. The messages are a stream, which only the browser stores.
pub async fn room(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let id: RoomId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let room = cx
        .use_load(id, |ctx| async move {
            let room = chat::room(ctx.app().db.pool(), id).await?;
            room.ok_or(Error::NotFound)
        })
        .await?;
    // The oldest and the newest message that the browser has, and the number of new ones since.
    let oldest = cx.use_local(|| None::<MessageId>);
    let newest = cx.use_local(|| None::<MessageId>);
    let new_messages = cx.use_local(|| 0_u32);
    let items = cx
        .use_stream(|ctx, window| async move {
            let limit = window.limit(MESSAGES, MOST_MESSAGES).into();
            let mut found = chat::messages(ctx.app().db.pool(), id, None, limit).await?;
            oldest.set(&ctx, found.last().map(|message| message.id));
            newest.set(&ctx, found.first().map(|message| message.id));
            found.reverse();
            let items = found.iter();
            Ok::<_, Error>(
                items
                    .map(|message| (message.id.to_string(), line(message)))
                    .collect(),
            )
        })
        .await?;

    let older = items.clone();
    let load_older = cx.on_async(move |ctx, _| {
        let older = older.clone();
        async move {
            let before = oldest.get(&ctx);
            let found = chat::messages(ctx.app().db.pool(), id, before, MESSAGES.into()).await?;
            for message in &found {
                older.prepend(&ctx, message.id, line(message));
            }
            oldest.set(&ctx, found.last().map(|message| message.id));
            Ok(())
        }
    });

    // The users in the room by window: the name, and the time of the last heartbeat.
    let present = cx.use_local(BTreeMap::<Uuid, (String, Instant)>::new);
    let window = cx.use_local(Uuid::now_v7).get(&cx);
    let presence = Presence {
        window,
        name: user.display_name.as_str().to_owned(),
    };
    let me = presence.clone();
    cx.subscribe(&topic(id), move |ctx, event| match event {
        RoomEvent::NewMessage => new_messages.update(ctx, |count| *count += 1),
        RoomEvent::Left(window) => present.update(ctx, |present| {
            present.remove(&window);
        }),
        RoomEvent::Present(other) => {
            let known = present.read(ctx).contains_key(&other.window);
            present.update(ctx, |present| {
                present.insert(other.window, (other.name.clone(), Instant::now()));
            });
            // A new window does not know the others yet.
            if !known && other.window != me.window {
                let hub = ctx.app().live.hub().clone();
                publish(&hub, id, &RoomEvent::Present(me.clone()));
            }
        }
    });
    cx.use_effect((), move |ctx| async move {
        let hub = ctx.app().live.hub().clone();
        let leave = LeaveOnDrop {
            hub,
            room: id,
            window,
        };
        loop {
            publish(&leave.hub, id, &RoomEvent::Present(presence.clone()));
            tokio::time::sleep(HEARTBEAT).await;
            present.update(&ctx, |present| {
                present.retain(|_, (_, seen)| seen.elapsed() < 3 * HEARTBEAT);
            });
        }
    });
    let later = items.clone();
    cx.use_effect(new_messages.get(&cx), move |ctx| async move {
        let mut found = chat::messages(ctx.app().db.pool(), id, None, MESSAGES.into()).await?;
        found.retain(|message| Some(message.id) > newest.get(&ctx));
        for message in found.iter().rev() {
            later.append(&ctx, message.id, line(message));
        }
        if let Some(message) = found.first() {
            newest.set(&ctx, Some(message.id));
        }
        Ok(())
    });

    // The number of sent messages, as the key of the form: a form with a new key is empty.
    let sent = cx.use_state(|| 0_u32);
    let send = cx.on_async(move |ctx, event| async move {
        let Ok(body) = MessageBody::parse(event.field("body")) else {
            ctx.flash_error("A message needs 1 to 1000 characters.");
            return Ok(());
        };
        let (app, message) = (ctx.app(), MessageId::generate());
        chat::insert_message(app.db.pool(), message, id, user.id, &body).await?;
        publish(app.live.hub(), id, &RoomEvent::NewMessage);
        sent.update(&ctx, |sent| *sent += 1);
        ctx.browser().focus("#body");
        Ok(())
    });

    let present = present.read(&cx);
    let names: BTreeSet<&str> = present.values().map(|(name, _)| name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let main = html! {
        header.title { h1 { (room.name.as_str()) } (Link::to("/rooms", "All rooms")) }
        p.here role="status" {
            "Here: " (names.join(", "))
        }
        @if oldest.get(&cx).is_some() {
            button.quiet #older type="button" on:visible=(load_older) on:click=(load_older) { "Older" }
        }
        ul.messages data-stream=(items.id()) { (items) }
        form.say data-key={ "say-" (sent.get(&cx)) } on:submit=(send) novalidate {
            label.visually-hidden for="body" { "Message" }
            input #body name="body" maxlength="1000" autocomplete="off" placeholder="Message";
            (Button::new("Send"))
        }
    };
    Ok(layout::live(&cx, room.name.as_str(), main))
}

/// A message in the list.
fn line(message: &Message) -> Markup {
    html! {
        li data-key=(message.id) {
            strong { (message.author.as_str()) } " " span.small { (date(message.created_at)) }
            p { (message.body.as_str()) }
        }
    }
}
