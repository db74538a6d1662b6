//! `/boards`: cards that move through the columns of a board.

use maud::{Markup, html};
use serde::Deserialize;
use stack_live::{Cx, Handler, Result};

use super::{context::Context, layout};
use crate::{
    components::{button::Button, input::Input, link::Link},
    error::Error,
    models::{BoardId, Card, CardId, Column, ColumnId, FieldErrors, Title},
    repositories::boards,
    services,
};

/// How many boards are listed.
const MAX_BOARDS: i64 = 100;

/// The moves of a card: the key, the text of the button, and its label for screen readers.
const MOVES: [(&str, &str, &str); 4] = [
    ("ArrowLeft", "←", "Move to the left"),
    ("ArrowUp", "↑", "Move up"),
    ("ArrowDown", "↓", "Move down"),
    ("ArrowRight", "→", "Move to the right"),
];

/// The `detail` of the event `place` of `<card-board>`: this card should be at this place of this column.
#[derive(Deserialize)]
struct Placed {
    card: CardId,
    column: ColumnId,
    to: usize,
}

/// All boards, newest first, and a form for a new one.
pub async fn index(cx: Cx) -> Result {
    let owner = cx.signed_in()?.owner();
    let found = cx
        .use_load((), |ctx| async move {
            boards::list(ctx.app().db.pool(), owner, MAX_BOARDS).await
        })
        .await?;
    let errors = cx.use_state(FieldErrors::default);
    let create = cx.on_async(move |ctx, event| async move {
        match Title::parse(event.field("title")) {
            Ok(title) => {
                let id = services::boards::create(&ctx.app().db, owner, &title).await?;
                ctx.navigate(format!("/boards/{id}"));
            }
            Err(invalid) => errors.set(&ctx, FieldErrors::one("title", invalid.0)),
        }
        Ok(())
    });
    let main = html! {
        header.title { h1 { "Boards" } }
        form on:submit=(create) novalidate {
            (Input::line("title", "A new board").required(true).render(&errors.read(&cx)))
            div.row { (Button::new("Make a board")) }
        }
        ul {
            @for board in &*found {
                li data-key=(board.id) {
                    (Link::to(&format!("/boards/{}", board.id), board.title.as_str()))
                }
            }
        }
    };
    Ok(layout::live(&cx, "Boards", main))
}

/// One board.
pub async fn show(cx: Cx) -> Result {
    let owner = cx.signed_in()?.owner();
    let id: BoardId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let found = cx
        .use_load(id, |ctx| async move {
            let app = ctx.app();
            let board = boards::find(app.db.pool(), owner, id).await?;
            let board = board.ok_or(Error::NotFound)?;
            let columns = boards::columns(app.db.pool(), owner, id).await?;
            let cards = boards::cards(app.db.pool(), owner, id).await?;
            Ok::<_, Error>((board, columns, cards))
        })
        .await?;
    let reload = found.reloading();
    cx.subscribe(&services::boards::topic(id), move |ctx, ()| {
        reload.reload(ctx);
    });

    let add = cx.on_async(move |ctx, event| async move {
        let app = ctx.app();
        let column = event.data("column").parse().map_err(|_| Error::NotFound)?;
        let title = Title::parse(event.field("title"))?;
        let (pool, card) = (app.db.pool(), CardId::generate());
        if !boards::insert_card(pool, owner, id, column, card, &title).await? {
            return Err(Error::NotFound.into());
        }
        services::boards::changed(app.live.hub(), id);
        Ok(())
    });
    let move_card = cx.on_async(move |ctx, event| async move {
        let app = ctx.app();
        let card = event.data("card").parse().map_err(|_| Error::NotFound)?;
        let key = event.key.as_deref().unwrap_or(event.data("move"));
        let Ok(to) = key.parse() else { return Ok(()) };
        services::boards::move_card(&app.db, owner, id, card, to).await?;
        services::boards::changed(app.live.hub(), id);
        Ok(())
    });
    let place_card = cx.on_async(move |ctx, event| async move {
        let app = ctx.app();
        let Placed { card, column, to } = event.detail().map_err(|_| Error::NotFound)?;
        services::boards::place_card(&app.db, owner, id, card, column, to).await?;
        services::boards::changed(app.live.hub(), id);
        reload.reload(&ctx);
        Ok(())
    });

    let (board, columns, cards) = &*found;
    let main = html! {
        header.title { h1 { (board.title.as_str()) } (Link::to("/boards", "All boards")) }
        p.small { "Arrow keys move the card that has the focus; a mouse drags it." }
        card-board.board on:place=(place_card) {
            @for column in columns {
                (board_column(column, cards, &add, &move_card))
            }
        }
    };
    Ok(layout::live(&cx, board.title.as_str(), main))
}

fn board_column(column: &Column, cards: &[Card], add: &Handler, move_card: &Handler) -> Markup {
    let heading = format!("column-{}", column.id);
    let input = format!("title-{}", column.id);
    html! {
        section.column data-key=(column.id) aria-labelledby=(heading) {
            h2 #(heading) { (column.title.as_str()) }
            @for card in cards.iter().filter(|card| card.column == column.id) {
                article.task data-key=(card.id) data-card=(card.id) tabindex="0"
                    on:keydown=(move_card) data-keys="ArrowLeft ArrowUp ArrowDown ArrowRight" {
                    p { (card.title.as_str()) }
                    div.moves {
                        @for (key, sign, label) in MOVES {
                            button.quiet type="button" aria-label=(label) data-card=(card.id)
                                data-move=(key) on:click=(move_card) { (sign) }
                        }
                    }
                }
            }
            // Emptied when the card is there; after an error the title stays.
            form data-column=(column.id) on:submit=(add) data-reset {
                label.visually-hidden for=(input) { "A new card in " (column.title.as_str()) }
                input #(input) name="title" required maxlength="120" autocomplete="off" placeholder="A new card";
                (Button::new("Add").secondary())
            }
        }
    }
}
