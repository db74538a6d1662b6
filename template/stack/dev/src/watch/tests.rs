use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("watch-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let this = Self(path);
        // A repository by itself, whatever the folder for temporary files is in.
        this.write(".git/HEAD", "");
        this.write(".gitignore", "/target\n*.log\n!keep.log\n");
        this.write("src/main.rs", "");
        this
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

impl Watcher {
    /// Everything that changes until `last` did, which a test changes last: batches may be cut anywhere. It is another
    /// file each time (`done-1`, `done-2`), since the rest of what happened to one may come in the next batch.
    async fn until(&mut self, last: &str) -> Batch {
        let mut all = Batch::new();
        while !all.contains(Path::new(last)) {
            all.append(&mut self.next().await.unwrap());
        }
        all.retain(|path| !path.to_string_lossy().starts_with("done"));
        all
    }
}

fn batch(paths: &[&str]) -> Batch {
    paths.iter().map(Into::into).collect()
}

#[tokio::test]
async fn what_is_written_renamed_and_deleted_is_in_a_batch() {
    let folder = Folder::new("changes");
    let mut watcher = Watcher::start(&folder.0).unwrap();
    folder.write("src/main.rs", "fn main() {}");
    folder.write("done-1", "");
    assert_eq!(watcher.until("done-1").await, batch(&["src/main.rs"]));
    // As editors save.
    folder.write("src/main.rs~", "fn main() { }");
    fs::rename(folder.0.join("src/main.rs~"), folder.0.join("src/main.rs")).unwrap();
    folder.write("done-2", "");
    assert_eq!(watcher.until("done-2").await, batch(&["src/main.rs"]));
    fs::remove_file(folder.0.join("src/main.rs")).unwrap();
    folder.write("done-3", "");
    assert_eq!(watcher.until("done-3").await, batch(&["src/main.rs"]));
}

#[tokio::test]
async fn what_changes_is_seen_while_others_are_read_or_written_all_the_time() {
    let folder = Folder::new("busy");
    folder.write("static/app.css", "");
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let root = folder.0.clone();
    let busy = std::thread::spawn(move || {
        let mut writes = false;
        while is_done.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {
            // Read for a style sheet of each page, say; written for a log that nobody ignores.
            fs::read(root.join("static/app.css")).unwrap();
            fs::write(root.join("src/a.log"), "ignored").unwrap();
            if writes || root.join("go-on").exists() {
                writes = true;
                fs::write(root.join("log.txt"), "written").unwrap();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    // Rather a failure than a test without an end.
    let seen = tokio::time::timeout(Duration::from_secs(60), async {
        let mut watcher = Watcher::start(&folder.0).unwrap();
        folder.write("src/main.rs", "fn main() {}");
        let first = watcher.next().await.unwrap();
        folder.write("go-on", "");
        folder.write("src/main.rs", "fn main() { }");
        watcher.until("src/main.rs").await;
        first
    });
    let seen = seen.await.unwrap();
    drop(done);
    busy.join().unwrap();
    assert_eq!(seen, batch(&["src/main.rs"]));
}

#[tokio::test]
async fn what_git_ignores_is_not_but_settings_are() {
    let folder = Folder::new("ignored");
    folder.write(".git/info/exclude", "mine\n");
    let mut watcher = Watcher::start(&folder.0).unwrap();
    for path in [
        "target/debug/app",
        ".git/index",
        "src/a.log",
        "mine",
        ".src.rs.swp",
    ] {
        folder.write(path, "");
    }
    folder.write(".gitignore", "/target\n*.log\n!keep.log\n.env\n");
    folder.write("keep.log", "");
    folder.write(".env", "");
    folder.write("done", "");
    let seen = watcher.until("done").await;
    assert!(seen.is_superset(&batch(&["keep.log", ".env"])), "{seen:?}");
    assert!(
        seen.is_subset(&batch(&["keep.log", ".env", ".gitignore", "src/main.rs"])),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_repository_around_the_project_that_ignores_all_of_it_hides_none_of_its_files() {
    let home = Folder::new("home");
    home.write(".gitignore", "*\n");
    home.write("my-app/.gitignore", "/target\n");
    home.write("my-app/src/main.rs", "");
    let project = home.0.join("my-app");
    let mut watcher = Watcher::start(&project).unwrap();
    home.write("my-app/target/debug/app", "");
    home.write("my-app/src/main.rs", "fn main() {}");
    home.write("my-app/done", "");
    let seen = watcher.until("done").await;
    assert_eq!(seen, batch(&["src/main.rs"]));
}

#[tokio::test]
async fn new_folders_are_watched_with_all_that_is_in_them() {
    let folder = Folder::new("folders");
    let mut watcher = Watcher::start(&folder.0).unwrap();
    folder.write("src/pages/shop/cart.rs", "1");
    folder.write("src/pages/.gitignore", "secret.rs\n");
    folder.write("done-1", "");
    let seen = watcher.until("done-1").await;
    assert!(
        seen.contains(Path::new("src/pages/shop/cart.rs")),
        "{seen:?}"
    );
    folder.write("src/pages/shop/cart.rs", "2");
    folder.write("src/pages/shop/secret.rs", "2");
    fs::rename(folder.0.join("src/pages"), folder.0.join("src/views")).unwrap();
    folder.write("done-2", "");
    let seen = watcher.until("done-2").await;
    assert!(
        seen.contains(Path::new("src/views/shop/cart.rs")),
        "{seen:?}"
    );
    assert!(
        !seen.iter().any(|path| path.ends_with("secret.rs")),
        "{seen:?}"
    );
    folder.write("src/views/shop/order.rs", "3");
    folder.write("done-3", "");
    let seen = watcher.until("done-3").await;
    assert!(
        seen.contains(Path::new("src/views/shop/order.rs")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn many_files_at_once_are_all_in_it() {
    let folder = Folder::new("many");
    let mut watcher = Watcher::start(&folder.0).unwrap();
    let names: Vec<String> = (0..500)
        .map(|n| format!("src/m{}/f{n}.rs", n % 20))
        .collect();
    for name in &names {
        folder.write(name, "");
    }
    folder.write("done", "");
    let seen = watcher.until("done").await;
    assert!(
        names.iter().all(|name| seen.contains(Path::new(name))),
        "{}",
        seen.len()
    );
}

#[tokio::test]
async fn files_that_are_what_they_were_have_not_changed() {
    let folder = Folder::new("same");
    folder.write("schema/010_users.sql", "create table users ();");
    folder.write("src/pages/home.rs", "");
    let mut watcher = Watcher::start(&folder.0).unwrap();
    // As `touch` does, and what makes the watcher look at everything again.
    folder.write("src/main.rs", "");
    folder.write(".gitignore", "/target\n*.log\n!keep.log\n");
    // There and back again.
    folder.write("schema/010_users.sql", "");
    folder.write("schema/010_users.sql", "create table users ();");
    folder.write("done-1", "");
    assert_eq!(watcher.until("done-1").await, batch(&[]));
    folder.write("src/main.rs", "fn main() {}");
    fs::rename(folder.0.join("src/pages"), folder.0.join("src/views")).unwrap();
    folder.write("done-2", "");
    let expected = batch(&["src/main.rs", "src/pages", "src/views/home.rs"]);
    assert_eq!(watcher.until("done-2").await, expected);
}

#[test]
fn files_that_editors_write_while_they_save_are_left_out() {
    for name in [
        "app.css~",
        ".app.css.swp",
        "4913",
        "#app.css#",
        ".#app.css",
        ".app.css.kate-swp",
        ".goutputstream-AB12CD",
        "sedk3jD0x",
        "app.css.tmp.4711",
    ] {
        assert!(is_editor_file(&Path::new("static").join(name)), "{name}");
    }
    for name in ["app.css", "sediment.svg", "tmp.css", "sedlitz.css"] {
        assert!(!is_editor_file(&Path::new("static").join(name)), "{name}");
    }
}
