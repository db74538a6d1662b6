//! The picture of the user on `/account`.

use maud::html;
use stack_files::picture;
use stack_live::{Accept, Cx};

use crate::{
    components::{avatar::avatar as shown_avatar, button::Button},
    pages::{context::Context, uploading::Uploading},
    repositories::pictures,
};

/// The picture, and the field to choose another one.
pub async fn avatar(cx: Cx, (): ()) -> stack_live::Result {
    let user = cx.signed_in()?;
    let id = user.id;
    let load = cx.use_load((), move |ctx| async move {
        pictures::avatar_of(ctx.app().db.pool(), id).await
    });
    let stored = load.await?;
    let reload = stored.reloading();
    let uploading = Uploading::new(&cx);

    let accept = Accept {
        max_bytes: cx.app().config.files.max_bytes.min(picture::MAX_BYTES),
        max_files: 1,
        types: picture::TYPES,
    };
    let refuse = uploading.refuse(&cx);
    let receive = cx.on_upload(accept, move |ctx, mut upload| async move {
        uploading.begin(&ctx);
        let on_progress = |percent| uploading.advance(&ctx, percent);
        let app = ctx.app();
        let set = app.files.set_avatar(id, &mut upload, on_progress).await;
        if uploading.end(&ctx, set)? {
            reload.reload(&ctx);
            // The head of the page shows it as well.
            ctx.leave("/account");
        }
        Ok(())
    });
    let remove = cx.on_async(move |ctx, _| async move {
        ctx.app().files.remove_avatar(id).await?;
        reload.reload(&ctx);
        ctx.leave("/account");
        Ok(())
    });
    Ok(html! {
        section #avatar {
            h2 { "Picture" }
            div.row {
                (shown_avatar(&user.display_name, *stored))
                @if stored.is_some() { (Button::new("Remove picture").quiet().on_click(&remove)) }
            }
            label.drop {
                span { "Choose a picture, or drop it here" }
                input #picture type="file" accept=(picture::TYPES.join(",")) on:upload=(receive) on:refused=(refuse);
            }
            (uploading.show(&cx))
        }
    })
}
