use super::*;

fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    command
}

#[tokio::test]
async fn what_a_program_writes_is_handed_on_line_by_line() {
    let (_sender, mut cancel) = watch::channel(false);
    let mut lines = Vec::new();
    let command = shell("echo one; printf two; exit 7");
    let end = run(command, &mut cancel, |line| lines.push(line.to_owned()));
    let code = end.await.unwrap().unwrap().code();
    assert_eq!((code, lines.join(" ")), (Some(7), "one two".to_owned()));
}

#[tokio::test]
async fn cancelling_ends_what_the_program_has_started_too() {
    let (sender, mut cancel) = watch::channel(false);
    let mut inner = String::new();
    let command = shell("sh -c 'echo $$; exec sleep 1000' & wait");
    let end = run(command, &mut cancel, |line| {
        line.clone_into(&mut inner);
        let _ = sender.send(true);
    });
    assert!(end.await.unwrap().is_none());
    // Its parent is gone, so whoever collects the dead does it in a moment; until then it is a zombie.
    let ends = (0..600).any(|times| {
        if times > 0 {
            std::thread::sleep(Duration::from_millis(100));
        }
        let state = Command::new("ps")
            .args(["-o", "stat=", "-p", &inner])
            .output();
        let state = state.map(|state| String::from_utf8_lossy(&state.stdout).into_owned());
        // A machine without `ps` does not tell.
        let state = state.unwrap_or_default();
        state.trim().is_empty() || state.trim().starts_with('Z')
    });
    assert!(ends, "{inner} is still there");
}
