use super::*;

#[test]
fn the_definition_is_sound() {
    <Cli as clap::CommandFactory>::command().debug_assert();
}

#[test]
fn without_a_command_it_serves() {
    let typed = Cli::parse_from(["cargo dev", "--pave"]).command();
    assert!(matches!(
        typed,
        Command::Serve(Serve {
            pave: true,
            release: false,
            ..
        })
    ));
    assert!(Cli::try_parse_from(["cargo dev", "--pave", "seed"]).is_err());
}

#[test]
fn a_name_becomes_one_for_a_file() {
    assert_eq!(name("Add books!").unwrap(), "add_books");
    assert!(name("…").is_err());
}
