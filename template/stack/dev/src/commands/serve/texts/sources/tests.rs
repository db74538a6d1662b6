use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A project with two pages, of which a program was built.
struct Project {
    folder: PathBuf,
    sources: Sources,
}

impl Project {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("texts-{}-{number}", std::process::id()));
        std::fs::create_dir_all(folder.join("src/pages")).unwrap();
        std::fs::create_dir_all(folder.join("stack/web/src")).unwrap();
        let mut this = Self {
            folder,
            sources: Sources::default(),
        };
        this.write("src/pages/one.rs", "fn one() { html! { \"one\" } }");
        this.write("src/pages/two.rs", "fn two() { html! { \"two\" (f(2)) } }");
        this.write("stack/web/src/notes.txt", "no code");
        this.sources.build_begins(&this.folder);
        this.sources.program_runs();
        this
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.folder.join(path), text).unwrap();
    }

    /// Saves a file. Whether there is something to send.
    fn save(&mut self, path: &str, text: &str) -> bool {
        self.write(path, text);
        self.sources
            .update(&self.folder, &Batch::from([path.into()]))
    }

    /// A build begins.
    fn build(&mut self) {
        self.sources.build_begins(&self.folder);
    }

    /// The new texts.
    fn texts(&self) -> Vec<&str> {
        let all = self.sources.changes().into_iter();
        all.map(|(_, _, _, _, new)| new).collect()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

#[test]
fn every_save_is_compared_with_the_source_of_the_program_that_runs() {
    let mut project = Project::new();
    assert!(project.save("src/pages/one.rs", "fn one() { html! { \"1\" } }"));
    let found = project.sources.changes();
    assert_eq!(found, [("src/pages/one.rs".to_owned(), 1, 19, "one", "1")]);
    assert!(project.save("src/pages/one.rs", "\nfn one() { html! { \"uno\" } }"));
    assert!(project.save("src/pages/two.rs", "fn two() { html! { \"due\" (f(2)) } }"));
    assert_eq!(project.texts(), ["uno", "due"]);
    assert!(!project.save("src/pages/two.rs", "fn two() { html! { \"due\" (f(2)) } }"));
    assert!(project.save("src/pages/one.rs", "fn one() { html! { \"one\" } }"));
    assert_eq!(project.texts(), ["due"]);
}

#[test]
fn code_that_has_changed_waits_for_the_compiler_and_what_was_shown_stays() {
    let mut project = Project::new();
    project.save("src/pages/two.rs", "fn two() { html! { \"due\" (f(2)) } }");
    assert!(!project.save("src/pages/two.rs", "fn two() { html! { \"deux\" (f(3)) } }"));
    assert!(project.save("src/pages/one.rs", "fn one() { html! { \"uno\" } }"));
    assert_eq!(project.texts(), ["uno", "due"]);
    assert!(!project.save("src/pages/new.rs", "fn new() { html! { \"new\" } }"));
    assert!(!project.save("src/pages/two.rs", "fn two() { html! { \"half"));
    // An editor that has emptied the file to write it again.
    assert!(!project.save("src/pages/one.rs", ""));
    assert_eq!(project.texts(), ["uno", "due"]);
}

#[test]
fn the_next_program_is_sent_what_was_saved_while_it_was_built() {
    let mut project = Project::new();
    project.save("src/pages/one.rs", "fn one() { html! { \"uno\" } }");
    project.build();
    project.save("src/pages/two.rs", "fn two() { html! { \"due\" (f(2)) } }");
    assert_eq!(project.texts(), ["uno", "due"]);
    project.sources.program_runs();
    assert_eq!(project.texts(), ["due"]);
    // A build that has failed is not what runs.
    project.save("src/pages/one.rs", "fn one() { html! { \"un\" } }");
    project.build();
    project.save("src/pages/one.rs", "fn one() { html! { \"ein\" } }");
    let found = project.sources.changes();
    assert_eq!(found[0].3, "uno");
}

#[test]
fn a_save_that_begins_a_build_is_part_of_it_though_it_is_told_of_later() {
    let mut project = Project::new();
    project.write("src/pages/one.rs", "fn one() { html! { \"uno\" } }");
    project.build();
    project.save("src/pages/one.rs", "fn one() { html! { \"uno\" } }");
    project.sources.program_runs();
    assert!(project.texts().is_empty());
    project.save("src/pages/one.rs", "fn one() { html! { \"un\" } }");
    let found = project.sources.changes();
    assert_eq!((found[0].3, found[0].4), ("uno", "un"));
}
