//! `/upload`: files on their way, with a bar that says how far they are. Nothing is kept.

use std::iter::zip;

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use stack_live::{Accept, Cx, PageError, Result, Upload};

use super::layout;
use crate::components::{
    progress::progress,
    table::{Column, table},
};

const ACCEPT: Accept = Accept {
    max_bytes: 5_000_000,
    max_files: 5,
    types: &["image/*", "text/plain"],
};

/// A file that has arrived.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Arrived {
    name: String,
    bytes: u64,
    sha256: String,
}

/// The page.
pub async fn page(cx: Cx) -> Result {
    let arrived = cx.use_state(Vec::<Arrived>::new);
    let percent = cx.use_local(|| None::<u8>);
    let choose = cx.on_upload(ACCEPT, move |cx, mut upload| async move {
        percent.set(&cx, Some(0));
        let digested = digest(&mut upload, |now| percent.set(&cx, Some(now))).await;
        percent.set(&cx, None);
        arrived.set(&cx, digested?);
        cx.flash("All of it is here.");
        Ok(())
    });

    let main = html! {
        section.card.text {
            h1 { "Upload" }
            p.soft {
                "Pictures and plain text, up to five files of 5 MB each. They are read while they arrive, "
                "and kept nowhere."
            }
            label.drop {
                span { "Choose files, or drop them here" }
                input #files type="file" multiple accept=(ACCEPT.types.join(",")) on:upload=(choose);
            }
            noscript { p.alert { "This needs the script of the page." } }
            div role="status" {
                @if let Some(percent) = percent.get(&cx) { (progress("On the way:", Some(percent))) }
            }
            @if !arrived.read(&cx).is_empty() { (list(&arrived.read(&cx))) }
        }
    };
    Ok(layout::live(&cx, "Upload", main))
}

/// Reads everything, chunk by chunk, and tells how far it is.
async fn digest(
    upload: &mut Upload,
    tell: impl Fn(u8),
) -> std::result::Result<Vec<Arrived>, PageError> {
    let mut digests = vec![Sha256::new(); upload.files.len()];
    while let Some(chunk) = upload.chunk().await? {
        digests[chunk.file].update(&chunk.bytes);
        tell(upload.percent());
    }
    let arrived = zip(&upload.files, digests).map(|(file, digest)| Arrived {
        name: file.name.clone(),
        bytes: file.size,
        sha256: hex::encode(digest.finalize()),
    });
    Ok(arrived.collect())
}

fn list(arrived: &[Arrived]) -> Markup {
    let columns = [
        Column::text("File"),
        Column::number("Bytes"),
        Column::text("SHA-256"),
    ];
    let rows = arrived.iter().enumerate().map(|(nth, file)| {
        let cells = [
            html! { (file.name) },
            html! { (file.bytes) },
            html! { code.digest { (file.sha256) } },
        ];
        (nth.to_string(), cells)
    });
    table("What has arrived", columns, rows)
}
