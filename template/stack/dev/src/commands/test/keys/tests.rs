use super::*;

#[test]
fn every_key_of_the_help_does_what_it_says() {
    let keys = "arfshq".chars().map(Key::Char);
    let keys = keys.chain([Key::Enter, Key::CtrlC, Key::Tab]);
    let commands: Vec<KeyCommand> = keys.filter_map(|key| command(&key)).collect();
    let expected = [
        KeyCommand::All,
        KeyCommand::Failed,
        KeyCommand::Filter(String::new()),
        KeyCommand::StopAtFirst,
        KeyCommand::Help,
        KeyCommand::Quit,
        KeyCommand::All,
        KeyCommand::Quit,
    ];
    assert_eq!(commands, expected);
}
