//! `/rooms`: chat rooms, and who is in them.

use maud::{Markup, html};
use stack_live::{Command, Ctx, Cx, Event, PageError, Result, State, Stream, Target, Text};

use super::{context::Context, layout};
use crate::{
    components::{button::Button, date::date, input::Input, link::Link},
    error::Error,
    models::{FieldErrors, Message, MessageBody, MessageId, RoomId, RoomName, UserId},
    repositories::chat,
};

/// How many rooms are listed.
const ROOMS: i64 = 100;

/// How many messages are loaded at once.
const MESSAGES: u32 = 30;

/// How many a browser shows. New ones push out the oldest. Older ones are loaded until half as many are there.
const MOST_MESSAGES: u32 = 300;

/// All rooms, newest first, and a form for a new one.
pub async fn index(cx: Cx) -> Result {
    cx.signed_in()?;
    let found = cx
        .use_load((), |ctx| async move {
            chat::rooms(ctx.app().db.pool(), ROOMS).await
        })
        .await?;
    let open = cx.on_async(move |ctx, event| async move {
        let name = RoomName::parse(event.field("name"))?;
        let id = RoomId::generate();
        chat::insert_room(ctx.app().db.pool(), id, &name).await?;
        ctx.navigate(format!("/rooms/{id}"));
        Ok(())
    });
    let main = html! {
        header.title { h1 { "Rooms" } }
        form on:submit=(open) {
            (Input::line("name", "A new room").required(true).render(&FieldErrors::default()))
            div.row { (Button::new("Open a room")) }
        }
        ul {
            @for room in &*found {
                li data-key=(room.id) { (Link::to(&format!("/rooms/{}", room.id), room.name.as_str())) }
            }
        }
    };
    Ok(layout::live(&cx, "Rooms", main))
}

/// One room.
pub async fn room(cx: Cx) -> Result {
    let user = cx.signed_in()?;
    let id: RoomId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let room = cx
        .use_load(id, move |ctx| async move {
            let room = chat::room(ctx.app().db.pool(), id).await?;
            room.ok_or(Error::NotFound)
        })
        .await?;
    let list = MessageList::of(&cx, id).await?;
    let (older, newer, mine) = (list.clone(), list.clone(), list.clone());
    let load_older = cx.on_async(move |ctx, _| older.clone().load_older(ctx));
    cx.subscribe_async(&list.topic(), move |ctx, id| newer.clone().append(ctx, id));
    let send = cx.on_async(move |ctx, event| mine.clone().send(ctx, user.id, event));
    // Enter sends. The field is empty at once, and what was sent is shown until it is among the messages.
    let sent = Command::text("#sending", Text::of("#body"))
        .optimistic()
        .then(Command::send())
        .then(Command::reset(Target::this()))
        .then(Command::focus("#body"));

    let name = user.display_name.as_str().to_owned();
    let here = cx.use_presence(&list.topic(), &user.id.to_string(), name);
    let main = html! {
        header.title { h1 { (room.name.as_str()) } (Link::to("/rooms", "All rooms")) }
        p.here role="status" { "Here:" @for name in here.values() { " " span { (name) } } }
        // It is scrolled to its end, and stays there, by `static/chat.css`.
        div.log { div {
            @if list.oldest.get(&cx).is_some() && list.count.get(&cx) < MOST_MESSAGES / 2 {
                button.quiet #older type="button" data-once on:visible=(load_older) on:click=(load_older) { "Older" }
            }
            ul.messages data-stream=(list.items.id()) { (list.items) }
            p.soft #sending {}
        } }
        form.say on:submit=(send) do:submit=(sent) {
            label.visually-hidden for="body" { "Message" }
            textarea #body name="body" rows="1" maxlength="1000" required placeholder="Message"
                do:keydown=(Command::on_key("Enter", Command::submit(Target::this().closest("form")))) {}
            (Button::new("Send"))
        }
    };
    Ok(layout::live(&cx, room.name.as_str(), main))
}

/// The newest messages of a room, as a stream: only the browser keeps them. The server knows where they begin, and
/// about how many they are.
#[derive(Clone)]
struct MessageList {
    room: RoomId,
    items: Stream,
    /// Nothing, once there are no older ones.
    oldest: State<Option<MessageId>>,
    count: State<u32>,
}

impl MessageList {
    async fn of(cx: &Cx, room: RoomId) -> Result<Self> {
        let (oldest, count) = (cx.use_local(|| None), cx.use_local(|| 0));
        let items = cx.use_stream(move |ctx, window| async move {
            let limit = window.limit(MESSAGES, MOST_MESSAGES);
            let found = chat::messages(ctx.app().db.pool(), room, None, limit).await?;
            oldest.set(&ctx, found.last().map(|message| message.id));
            count.set(&ctx, u32::try_from(found.len())?);
            let items = found.iter().rev();
            let items = items.map(|message| (message.id.to_string(), line(message)));
            Ok::<_, PageError>(items.collect())
        });
        let items = items.await?.limit(MOST_MESSAGES as usize);
        Ok(Self {
            room,
            items,
            oldest,
            count,
        })
    }

    /// Where its pages are told the id of a new message, and who is here.
    fn topic(&self) -> String {
        format!("room {}", self.room)
    }

    async fn send(self, ctx: Ctx, author: UserId, event: Event) -> Result<()> {
        let (app, id) = (ctx.app(), MessageId::generate());
        let body = MessageBody::parse(event.field("body"))?;
        chat::insert_message(app.db.pool(), id, self.room, author, &body).await?;
        ctx.publish(&self.topic(), &id)?;
        self.append(ctx, id).await
    }

    /// Appends a new message. If it is there already, it stays so.
    async fn append(self, ctx: Ctx, id: MessageId) -> Result<()> {
        let found = chat::message(ctx.app().db.pool(), self.room, id).await?;
        let message = found.ok_or(Error::NotFound)?;
        self.items.append(&ctx, id, line(&message));
        self.count.update(&ctx, |count| *count += 1);
        Ok(())
    }

    /// Prepends what was said before the oldest message.
    async fn load_older(self, ctx: Ctx) -> Result<()> {
        let (app, oldest) = (ctx.app(), self.oldest.get(&ctx));
        let found = chat::messages(app.db.pool(), self.room, oldest, MESSAGES).await?;
        for message in &found {
            self.items.prepend(&ctx, message.id, line(message));
            self.count.update(&ctx, |count| *count += 1);
        }
        self.oldest
            .set(&ctx, found.last().map(|message| message.id));
        Ok(())
    }
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
