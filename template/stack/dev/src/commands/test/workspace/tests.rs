use serde_json::{Value, json};

use super::*;

/// A project of the usual shape.
pub(in super::super) fn shop() -> Workspace {
    let package = |name: &str, folder: &str, needs: &[&str]| -> Value {
        let needs = needs.iter().map(|need| {
            json!({
                "name": need, "req": "*", "kind": null, "optional": false, "uses_default_features": true,
                "features": [], "path": format!("/shop/{need}"),
            })
        });
        json!({
            "id": name, "name": name, "version": "0.1.0", "features": {},
            "manifest_path": format!("/shop/{folder}Cargo.toml"),
            "dependencies": needs.collect::<Value>(),
            "targets": [
                {"kind": ["lib"], "name": name, "src_path": format!("/shop/{folder}src/lib.rs"), "doctest": false},
                {"kind": ["test"], "name": "app", "src_path": format!("/shop/{folder}tests/app/main.rs"), "doctest": false},
            ],
        })
    };
    let metadata = json!({
        "version": 1,
        "workspace_root": "/shop",
        "target_directory": "/shop/target",
        "workspace_members": [],
        "workspace_default_members": ["shop"],
        "resolve": null,
        "packages": [
            package("shop", "", &["stack_db", "stack_live"]),
            package("stack_db", "stack/db/", &[]),
            package("stack_dev", "stack/dev/", &["stack_migrate"]),
            package("stack_live", "stack/live/", &[]),
            package("stack_migrate", "stack/migrate/", &["stack_db"]),
        ],
    });
    Workspace(serde_json::from_value(metadata).unwrap())
}

#[test]
fn a_file_belongs_to_the_innermost_package() {
    let shop = shop();
    let owner = |file| {
        let (package, inside) = shop.owner(Path::new(file)).unwrap();
        (name(package), inside.to_str().unwrap().to_owned())
    };
    assert_eq!(owner("src/app.rs"), ("shop".into(), "src/app.rs".into()));
    let hash = ("stack_live".into(), "src/hash.rs".into());
    assert_eq!(owner("stack/live/src/hash.rs"), hash);
}

#[test]
fn what_depends_on_a_package_is_found_through_others() {
    let shop = shop();
    assert!(shop.depends("stack_dev", "stack_db"));
    assert!(shop.depends("shop", "stack_live"));
    assert!(!shop.depends("stack_db", "shop"));
    assert!(!shop.depends("stack_dev", "stack_live"));
}

#[test]
fn the_changed_packages_come_first_and_then_what_is_built_with_them() {
    let near = BTreeSet::from(["stack_db".to_owned()]);
    let tested = shop().groups(&near, false);
    assert_eq!(
        tested,
        [["stack_db"], ["shop"], ["stack_dev"], ["stack_migrate"]]
    );
    assert_eq!(shop().groups(&near, true).len(), 5);
    assert_eq!(shop().groups(&BTreeSet::new(), false), [["shop"]]);
}
