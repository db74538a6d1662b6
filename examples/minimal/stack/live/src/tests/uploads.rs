//! Files.

use maud::html;

use super::{live, open};
use crate::{Accept, Cx, Result};

const ACCEPT: Accept = Accept {
    max_bytes: 100_000,
    max_files: 1,
    types: &["text/plain"],
};

async fn page(cx: Cx) -> Result {
    let (percent, said) = (cx.use_state(|| 0), cx.use_state(String::new));
    let take = cx.on_upload(ACCEPT, move |ctx, mut upload| async move {
        let (mut bytes, mut sum) = (0, 0_u64);
        while let Some(chunk) = upload.chunk().await? {
            bytes += chunk.bytes.len();
            sum += chunk.bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            percent.set(&ctx, upload.percent());
        }
        said.set(
            &ctx,
            format!("{}: {bytes} bytes, sum {sum}", upload.files[0].name),
        );
        Ok(())
    });
    Ok(
        html! { input #file type="file" on:upload=(take); p { (percent.get(&cx)) "% " (said.get(&cx)) } },
    )
}

#[tokio::test]
async fn a_file_arrives_whole_and_its_progress_is_seen() {
    let content: Vec<u8> = (0..70_000_u32)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect();
    let sum: u64 = content.iter().map(|byte| u64::from(*byte)).sum();
    let mut page = open(&live(page), "/").await;
    page.upload("#file", "a.txt", "text/plain", &content).await;
    page.expect_text(&format!("100% a.txt: 70000 bytes, sum {sum}"))
        .await;
    // And once more.
    page.upload("#file", "b.txt", "text/plain", b"b")
        .await
        .expect_text("b.txt: 1 bytes")
        .await;
}

#[tokio::test]
async fn what_is_not_accepted_is_refused_with_a_reason_and_never_read() {
    let mut page = open(&live(page), "/").await;
    page.upload("#file", "a.png", "image/png", b"x").await;
    assert!(
        page.upload_refused()
            .is_some_and(|why| why.contains("type"))
    );
    page.upload("#file", "a.txt", "text/plain", &[0; 100_001])
        .await;
    assert!(
        page.upload_refused()
            .is_some_and(|why| why.contains("larger than 100 kB"))
    );
    page.expect_text("0%").await;
}

#[tokio::test]
async fn an_empty_file_is_a_file_too() {
    let mut page = open(&live(page), "/").await;
    page.upload("#file", "empty.txt", "text/plain", b"")
        .await
        .expect_text("empty.txt: 0 bytes")
        .await;
}
