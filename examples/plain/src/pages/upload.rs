//! `/upload`: an upload with a progress bar. The files are hashed while they arrive, and are not stored.

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

/// A file that was uploaded.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct UploadedFile {
    name: String,
    bytes: u64,
    sha256: String,
}

/// The page.
pub async fn page(cx: Cx) -> Result {
    let files = cx.use_state(Vec::<UploadedFile>::new);
    let progress_percent = cx.use_local(|| None::<u8>);
    let refusal = cx.use_local(String::new);
    let refuse = cx.on(move |cx, event| refusal.set(cx, event.value().to_owned()));
    let receive = cx.on_upload(ACCEPT, move |cx, mut upload| async move {
        progress_percent.set(&cx, Some(0));
        refusal.set(&cx, String::new());
        let on_progress = |percent| progress_percent.set(&cx, Some(percent));
        let hashed = hash_files(&mut upload, on_progress).await;
        progress_percent.set(&cx, None);
        files.set(&cx, hashed?);
        cx.flash("Your files were uploaded.");
        Ok(())
    });

    let main = html! {
        section.card.text {
            h1 { "Upload" }
            p.soft {
                "Images and plain text, up to five files of 5 MB each. They are hashed while they arrive, "
                "and not stored."
            }
            label.drop {
                span { "Choose files, or drop them here" }
                input #files type="file" multiple accept=(ACCEPT.types.join(",")) on:upload=(receive) on:refused=(refuse);
            }
            noscript { p.alert { "Uploads need JavaScript." } }
            div role="status" {
                @if let Some(percent) = progress_percent.get(&cx) { (progress("Uploading:", Some(percent))) }
            }
            @if !refusal.read(&cx).is_empty() { p.alert role="alert" { (refusal.get(&cx)) } }
            @if !files.read(&cx).is_empty() { (file_table(&files.read(&cx))) }
        }
    };
    Ok(layout::live(&cx, "Upload", main))
}

/// Hashes all files chunk by chunk, and calls `on_progress` with the percentage.
async fn hash_files(
    upload: &mut Upload,
    on_progress: impl Fn(u8),
) -> std::result::Result<Vec<UploadedFile>, PageError> {
    let mut hashers = vec![Sha256::new(); upload.files.len()];
    while let Some(chunk) = upload.chunk().await? {
        hashers[chunk.file].update(&chunk.bytes);
        on_progress(upload.percent());
    }
    let files = zip(&upload.files, hashers).map(|(file, hasher)| UploadedFile {
        name: file.name.clone(),
        bytes: file.size,
        sha256: hex::encode(hasher.finalize()),
    });
    Ok(files.collect())
}

fn file_table(files: &[UploadedFile]) -> Markup {
    let columns = [
        Column::text("File"),
        Column::number("Bytes"),
        Column::text("SHA-256"),
    ];
    let rows = files.iter().enumerate().map(|(index, file)| {
        let cells = [
            html! { (file.name) },
            html! { (file.bytes) },
            html! { code.digest { (file.sha256) } },
        ];
        (index.to_string(), cells)
    });
    table("Uploaded files", columns, rows)
}
