use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn a_file_is_hashed_while_it_arrives() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/upload").await;
    let content = vec![b'a'; 1_000_000];
    page.upload("#files", "a.txt", "text/plain", &content).await;
    page.expect_text("a.txt").await.expect_text("1000000").await;
    // The digest of a million times `a`, from FIPS 180.
    page.expect_text("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        .await;
    assert_eq!(page.count("progress"), 0);
}

#[tokio::test]
async fn large_files_are_taken_as_fast_as_they_come() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/upload").await;
    let content = vec![b'a'; 5_000_000];
    for name in ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"] {
        page.upload("#files", name, "text/plain", &content).await;
        page.expect_text(name).await;
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_or_of_another_type_is_rejected() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/upload").await;
    page.upload("#files", "a.mp4", "video/mp4", b"video").await;
    assert!(page.upload_refused().unwrap().contains("a type"));
    page.upload("#files", "a.png", "image/png", &vec![0; 5_000_001])
        .await;
    assert!(page.upload_refused().unwrap().contains("larger than 5 MB"));
    // The page says it, too.
    page.expect_text("“a.png” is larger than 5 MB.").await;
    assert_eq!(page.count("table"), 0);
}

#[tokio::test]
async fn the_page_says_that_it_needs_javascript() {
    let app = TestApp::new().await;
    let answer = app.client().open("/upload").await;
    assert!(answer.page(200).contains("<noscript>"));
}
