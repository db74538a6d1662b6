//! What keeps a move from harm: consent, undo, and what is not there.

use super::{next_version, project, run};

#[test]
fn uncommitted_changes_are_refused_unless_they_are_allowed() {
    let env = project();
    env.write("my-app/src/main.rs", "fn main() {}\n");
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: there are changes that are not committed: `src/main.rs`
    hint: commit them first (`git add --all && git commit`), or put them aside with `git stash --include-untracked`
    hint: or add --allow-dirty: nothing of them is lost, and `heavy undo` takes the move back
    ");
    insta::assert_snapshot!(run(&env, &["sync", "--allow-dirty"]), @"
    exit 0
    --- err
          Moving `my_app`: from 1.2.3 to 1.3.0
        update    heavy.toml
        create    new.txt
        delete    old.txt
        update    src/routes.rs
           Moved `my_app`: 1 created, 2 updated, 1 deleted
    note: `heavy undo` puts everything back
    ");
    assert_eq!(env.read("my-app/src/main.rs"), "fn main() {}\n");
}

#[test]
fn what_git_ignores_has_a_hint_of_its_own_that_leads_on() {
    let env = project();
    env.write("my-app/.git/info/exclude", "old.txt\n");
    env.git("my-app", &["rm", "--quiet", "--cached", "old.txt"]);
    env.git("my-app", &["commit", "--quiet", "--message=untracked"]);
    env.write("my-app/old.txt", "old\nmine\n");
    next_version(&env);
    env.write("template/old.txt", "new\nold\n");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: git does not track `old.txt`
    hint: what git ignores is only committed by name: `git add --force old.txt && git commit`
    hint: or add --allow-dirty: nothing of them is lost, and `heavy undo` takes the move back
    ");
    env.git("my-app", &["add", "--force", "old.txt"]);
    env.git("my-app", &["commit", "--quiet", "--message=by name"]);
    assert!(run(&env, &["sync"]).contains("Moved"));
}

#[test]
fn undo_takes_back_one_move_after_the_other() {
    let env = project();
    run(&env, &["add-feature", "vectors"]);
    run(&env, &["add-feature", "queue", "--allow-dirty"]);
    env.write("my-app/src/vectors.rs", "// mine\n");
    insta::assert_snapshot!(run(&env, &["undo"]), @"
    exit 0
    --- err
        Put back 1 file of `heavy add-feature`
    ");
    insta::assert_snapshot!(run(&env, &["undo"]), @"
    exit 1
    --- err
    note: some of it was edited since, and is merged:
        update    heavy.toml
        conflict  src/vectors.rs (you changed it, the undo deleted it; yours stays)
        Put back 1 file of `heavy add-feature`
    error: 1 conflict is left for you: `src/vectors.rs`
    hint: edit until both sides are as you want them, `git add`, then `heavy sync --continue`
    hint: where the move had added a file: `git rm FILE` deletes it, `git add FILE` keeps it
    hint: or put everything back as it was with `heavy sync --abort`
    ");
    env.git("my-app", &["add", "src/vectors.rs"]);
    assert!(run(&env, &["sync", "--continue"]).starts_with("exit 0\n"));
    insta::assert_snapshot!(run(&env, &["undo"]), @"
    exit 2
    --- err
    error: there is no move to undo
    hint: `git log` shows what was committed
    ");
    assert_eq!(env.read("my-app/src/vectors.rs"), "// mine\n");
}

#[test]
fn no_command_of_a_template_runs_in_a_sync_without_consent() {
    let env = project();
    next_version(&env);
    let manifest = env.read("template/cargo-generate.toml");
    env.write("template/cargo-generate.toml", format!("{manifest}\n[hooks]\npre = [\"hooks/pre.rhai\"]\n"));
    env.write("template/hooks/pre.rhai", "system::command(\"touch\", [\"made\"]);");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: a hook of the template wants to run `touch`
    hint: read the template's hooks first, then add `--allow-commands`
    ");
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    let shown = run(&env, &["sync", "--allow-commands"]);
    assert!(shown.starts_with("exit 0\n") && shown.contains("create    made"), "{shown}");
}

#[test]
fn what_a_sparse_checkout_leaves_out_does_not_count_as_deleted() {
    let env = project();
    next_version(&env);
    // So that git knows its files; it leaves out none that it does not know to be unchanged.
    env.git("my-app", &["status"]);
    env.git("my-app", &["sparse-checkout", "set", "--no-cone", "/*", "!/src"]);
    assert!(!env.path("my-app/src").exists());
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: a part of the project is not checked out: `src/main.rs`
    hint: a move needs all of it: `git sparse-checkout disable`
    ");
    env.git("my-app", &["sparse-checkout", "disable"]);
    assert!(run(&env, &["sync"]).starts_with("exit 0\n"));
}
