//! Routers as people write them.

use super::*;
use crate::tree::tests::tree;

/// `METHOD path handler, defined at, routed at`, and the places that were not read.
fn shown(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let found = routes(&tree(files));
    let route = |route: &Route| {
        let defined = route.defined.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        format!("{} {} {} {defined} {}", route.method, route.path, route.handler, route.routed)
    };
    let place = |place: &Place| format!("{} {}", place.position, place.text);
    (found.routes.iter().map(route).collect(), found.unread.iter().map(place).collect())
}

/// The routes of one file without what follows the path, where everything must be read.
fn paths(code: &str) -> Vec<String> {
    let (routes, unread) = shown(&[("src/main.rs", code)]);
    assert!(unread.is_empty(), "{unread:?}");
    routes.iter().map(|route| route.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_route_leads_to_its_handler_through_modules_and_uses() {
    let (routes, unread) = shown(&[
        ("src/lib.rs", "mod http;\r\npub mod routes;\r\n"),
        ("src/http/mod.rs", "pub mod notes;\npub use notes::inner::remove as delete_note;\n"),
        ("src/http/notes.rs", "\n/// Lists.\npub async fn list() {}\npub mod inner {\n    pub fn remove() {}\n}\n"),
        (
            "src/routes.rs",
            "use crate::http;\r\nuse axum::routing::{get, post};\r\n\r\npub fn router(state: AppState) -> Router {\r\n    use http::notes;\r\n    \
             Router::new()\r\n        // .route(\"/old\", get(notes::old))\r\n        .route(\"/notes\", get(notes::list).post(|| async {}))\r\n        \
             .route(\"/notes/{id}\", axum::routing::delete(http::delete_note))\r\n        .route(\"/health\", get(stack_web::health::alive))\r\n        \
             .route(\"/static/{*file}\", ASSETS.service())\r\n        .with_state(state)\r\n}\r\n",
        ),
    ]);
    assert_eq!(unread, [""; 0]);
    assert_eq!(
        routes,
        [
            "GET /health stack_web::health::alive - src/routes.rs:10",
            "GET /notes http::notes::list src/http/notes.rs:3 src/routes.rs:8",
            "POST /notes closure - src/routes.rs:8",
            "DELETE /notes/{id} http::notes::inner::remove src/http/notes.rs:5 src/routes.rs:9",
            "ANY /static/{*file} ASSETS.service() - src/routes.rs:11",
        ]
    );
}

#[test]
fn routers_are_followed_through_nest_merge_calls_and_variables() {
    let (routes, unread) = shown(&[
        ("src/main.rs", "mod admin;\nmod app;\n#[cfg(test)]\nmod tests;\n"),
        ("src/tests.rs", "fn r() -> Router { Router::new().route(\"/test\", get(x)) }"),
        ("src/dead.rs", "fn r() -> Router { Router::new().route(\"/dead\", get(x)) }"),
        (
            "src/app.rs",
            "use crate::admin::{self, Users};\nconst API: &str = \"/api\";\n\
             pub fn app() -> Router {\n    let v1 = Router::new().route(\"/\", get(a)).route(\"/things\", get(b));\n    \
             let router = Router::new().nest(API, v1).merge(with_more(Router::new().route(\"/plain\", get(c))));\n    \
             let mut router = match true { true => router.route(\"/on\", get(d)), false => router };\n    \
             if is_on!() { router = router.route(\"/debug\", get(e)); }\n    \
             router.nest(\"/admin/\", admin::router().nest(\"/users\", Users::router()))\n}\n\
             fn with_more(router: Router) -> Router { if let Some(router) = Some(router) { return router.route(\"/more\", get(f)); } todo!() }\n",
        ),
        (
            "src/admin.rs",
            "pub struct Users;\npub fn router() -> Router { Router::new().route(\"/\", get(home)).route(concat!(\"/a\", \"/b\"), get(home)) }\n\
             async fn home() {}\nimpl Users {\n    pub fn router() -> Router { Router::new().route(\"/{id}\", get(Self::show)) }\n    \
             async fn show() {}\n}\n",
        ),
    ]);
    assert_eq!(unread, [""; 0]);
    assert_eq!(
        routes,
        [
            "GET /admin admin::home src/admin.rs:3 src/admin.rs:2",
            "GET /admin/a/b admin::home src/admin.rs:3 src/admin.rs:2",
            "GET /admin/users/{id} admin::Users::show src/admin.rs:6 src/admin.rs:5",
            "GET /api a - src/app.rs:4",
            "GET /api/things b - src/app.rs:4",
            "GET /debug e - src/app.rs:7",
            "GET /more f - src/app.rs:10",
            "GET /on d - src/app.rs:6",
            "GET /plain c - src/app.rs:5",
        ]
    );
}

#[test]
fn live_pages_are_routes_and_their_mounting_is_none() {
    let code = "fn live() -> Live { let live = Live::builder(k).page(\"/\", home).page(\"/about\", about);\n\
                let live = match production { true => live, false => live.page(\"/_dev\", dev) }; live.build() }\n\
                fn pages(state: S) -> Router { let pages = state.live.patterns();\n\
                let pages = pages.fold(Router::new(), |router, pattern| router.route(pattern, get(show)));\n\
                pages.route(\"/live\", get(connect).post(connect)) }\n";
    assert_eq!(paths(code), ["GET /", "GET /_dev", "GET /about", "GET /live", "POST /live"]);
}

#[test]
fn methods_are_read_however_they_are_written() {
    let code = "fn r() -> Router { let both = get(a).layer(x).post(b);\nRouter::new()\n\
                .route(\"/a\", on(MethodFilter::PUT.or(MethodFilter::GET), h))\n.route(\"/b\", MethodRouter::new().patch(h))\n\
                .route(\"/c\", both)\n.route(\"/d\", get_service(file))\n.route_service(\"/e\", file)\n.nest_service(\"/f\", ServeDir::new(\"x\"))\n\
                .route(\"/g\", any(h)) }\n";
    let expected =
        ["GET /a", "PUT /a", "PATCH /b", "GET /c", "POST /c", "GET /d", "ANY /e", "ANY /f/{*rest}", "ANY /g"];
    assert_eq!(paths(code), expected);
}

#[test]
fn what_cannot_be_followed_is_named_and_what_is_no_router_is_not() {
    let (routes, unread) = shown(&[
        (
            "src/main.rs",
            "fn r(prefix: &str) -> Router {\n    let router = Router::new().route(&format!(\"{prefix}/x\"), get(h)).routes(routes!(list, create));\n    \
         let router = add_routes!(router);\n    router.merge(SwaggerUi::new(\"/docs\")).route(\"/known\", get(h))\n}\n\
         fn graph() { graph.route(from, to); figment.merge(other::read()); book.page(1, 2); }\n",
        ),
        ("src/lib.rs", "fn ("),
    ]);
    assert_eq!(routes, ["GET /known h - src/main.rs:4"]);
    assert_eq!(
        unread,
        [
            "src/main.rs:2 .route(&format!(\"{prefix}/x\"), get(h))",
            "src/main.rs:2 .routes(routes!(list, create))",
            "src/main.rs:3 add_routes!",
            "src/main.rs:4 .merge(SwaggerUi::new(\"/docs\"))",
            "src/lib.rs:1 no Rust: cannot parse string into token stream",
        ]
    );
}

#[test]
fn a_chain_longer_than_the_stack_is_deep_and_functions_in_a_circle_end() {
    let chain: String = (0..3000).map(|number| format!(".route(\"/{number}\", get(h))")).collect();
    let code = format!("fn r() -> Router {{ Router::new(){chain} }}");
    assert_eq!(paths(&code).len(), 3000);
    let circle = "fn a() -> Router { b().route(\"/a\", get(h)) }\nfn b() -> Router { a().route(\"/b\", get(h)) }";
    assert_eq!(paths(circle), ["GET /a", "GET /b"]);
}

#[test]
fn other_crates_of_the_workspace_count_and_the_machinery_does_not() {
    let (routes, unread) = shown(&[
        ("src/lib.rs", "fn app() -> Router { Router::new().nest(\"/shop\", shop_front::router()) }"),
        ("crates/shop-front/src/lib.rs", "mod r#type;\npub use r#type::router;"),
        (
            "crates/shop-front/src/type.rs",
            "pub fn router() -> Router { Router::new().route(\"/cart\", get(cart)) }\nfn cart() {}",
        ),
        ("stack/web/src/lib.rs", "fn r() -> Router { Router::new().route(\"/machinery\", get(h)) }"),
    ]);
    assert_eq!(unread, [""; 0]);
    assert_eq!(
        routes,
        ["GET /shop/cart shop_front::type::cart crates/shop-front/src/type.rs:2 crates/shop-front/src/type.rs:1"]
    );
}

#[test]
fn names_come_from_globs_and_files_from_their_paths() {
    let (routes, unread) = shown(&[
        ("src/lib.rs", "mod pages;\n#[path = \"urls/all.rs\"]\nmod urls;"),
        ("src/pages.rs", "pub mod home;\npub fn about() {}"),
        ("src/pages/home.rs", "\npub fn page() {}"),
        (
            "src/urls/all.rs",
            "use crate::pages::*;\nfn r() -> Router {\n    Router::new().route(\"/\", get(home::page)).route(\"/about\", get(about))\n}",
        ),
    ]);
    assert_eq!(unread, [""; 0]);
    assert_eq!(
        routes,
        [
            "GET / pages::home::page src/pages/home.rs:2 src/urls/all.rs:3",
            "GET /about pages::about src/pages.rs:2 src/urls/all.rs:3",
        ]
    );
}
