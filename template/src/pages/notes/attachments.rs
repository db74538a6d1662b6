//! The files of a note: a list, and an upload.

use std::time::Duration;

use maud::{Markup, html};
use stack_live::{Accept, Ctx, Cx};

use crate::{
    components::button::Button,
    error::Error,
    models::{FileId, NoteId, Owner, StoredFile, Variant},
    pages::{context::Context, uploading::Uploading},
    repositories::files,
    services::{self, files::Files},
};

/// Files of one upload.
const MAX_FILES: usize = 10;
/// What is taken; empty means everything.
const TYPES: &[&str] = &[];
/// How long a shared address works.
const SHARED_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The files that are attached to a note of `owner`.
pub async fn attachments(cx: Cx, (owner, note): (Owner, NoteId)) -> stack_live::Result {
    let found = cx
        .use_load(note, move |ctx| async move {
            files::of_note(ctx.app().db.pool(), owner, note).await
        })
        .await?;
    let reload = found.reloading();
    cx.subscribe(&services::notes::topic(owner), move |ctx, ()| {
        reload.reload(ctx);
    });
    let uploading = Uploading::new(&cx);
    let shared = cx.use_local(String::new);

    let accept = Accept {
        max_bytes: cx.app().config.files.max_bytes,
        max_files: MAX_FILES,
        types: TYPES,
    };
    let refuse = uploading.refuse(&cx);
    let receive = cx.on_upload(accept, move |ctx, mut upload| async move {
        uploading.begin(&ctx);
        let on_progress = |percent| uploading.advance(&ctx, percent);
        let app = ctx.app();
        let attached = app
            .files
            .attach(owner, note, &mut upload, TYPES, on_progress);
        if uploading.end(&ctx, attached.await)? {
            services::notes::changed(app.live.hub(), owner);
        }
        Ok(())
    });
    let remove = cx.on_async(move |ctx, event| {
        let id = event.data("id").parse::<FileId>();
        async move {
            let (app, id) = (ctx.app(), id.map_err(|_| Error::NotFound)?);
            app.files.delete(owner, id).await?;
            services::notes::changed(app.live.hub(), owner);
            Ok(())
        }
    });
    let share = cx.on_async(move |ctx, event| {
        let id = event.data("id").parse::<FileId>();
        async move {
            let id = id.map_err(|_| Error::NotFound)?;
            let user = ctx.signed_in()?;
            let file = files::find(ctx.app().db.pool(), Some(&user), id).await?;
            let file = file.ok_or(Error::NotFound)?;
            shared.set(&ctx, share_address(&ctx, &file));
            Ok(())
        }
    });
    Ok(html! {
        section #attachments {
            h2 { "Files" }
            @if found.is_empty() { p.soft { "There is none." } }
            ul {
                @for file in found.iter() {
                    li data-key=(file.id) {
                        (link(file))
                        " "
                        (Button::new("Share").quiet().id(&file.id.to_string()).on_click(&share))
                        " "
                        (Button::new("Remove").quiet().id(&file.id.to_string()).on_click(&remove)
                            .confirm("Remove this file? This cannot be undone."))
                    }
                }
            }
            @if !shared.read(&cx).is_empty() {
                p { "For seven days everybody can open it who has this address:" br; code { (shared.get(&cx)) } }
            }
            label.drop {
                span { "Choose files, or drop them here" }
                input #files type="file" multiple on:upload=(receive) on:refused=(refuse);
            }
            (uploading.show(&cx))
        }
    })
}

fn share_address(ctx: &Ctx, file: &StoredFile) -> String {
    let app = ctx.app();
    let address = app.files.shared_address(file, SHARED_FOR);
    app.config.site_url.join(&address)
}

fn link(file: &StoredFile) -> Markup {
    html! {
        @if let Some(small) = Files::variant_address(file, Variant::Small) {
            img.thumbnail src=(small) alt="" loading="lazy" width="64" height="64";
            " "
        }
        a href=(Files::address(file)) target="_blank" rel="noopener" { (file.name.as_str()) }
        span.small.soft { " " (size(file.size)) }
    }
}

/// Bytes, for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
