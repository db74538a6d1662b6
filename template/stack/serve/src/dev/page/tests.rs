use super::*;

#[test]
fn the_script_is_in_the_head_and_nowhere_else() {
    let before = Before {
        faults: 2,
        texts: 3,
    };
    let page = insert(
        "<head><title>a</title></head><p>&lt;/head></head>",
        7,
        &before,
    );
    assert_eq!(
        page,
        "<head><title>a</title><script src=\"/_dev/client.js\" data-run=\"7\" data-seen=\"2\" data-texts=\"3\" defer></script></head>\
         <p>&lt;/head></head>"
    );
    assert_eq!(insert("no page", 7, &before), "no page");
}
