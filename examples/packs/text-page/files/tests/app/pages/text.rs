//! `/{{path}}`.

use crate::common::TestApp;

#[tokio::test]
async fn the_markdown_is_shown_as_html() {
    let answer = TestApp::new().await.client().get("/{{path}}").await;
    assert_eq!(answer.status.as_u16(), 200);
    let text = answer.text();
    assert!(text.contains("<code>content/text.md</code>"), "{text}");
}
