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
{%- if browser_tests %}

#[test]
fn what_follows_browser_test_is_for_playwright() {
    for words in [["live", "-g", "log out"], ["--headed", "-g", "log out"]] {
        let typed = ["cargo dev", "browser-test"].into_iter().chain(words);
        let Command::BrowserTest(typed) = Cli::parse_from(typed).command() else {
            panic!("it is another command");
        };
        assert_eq!(typed.arguments, words);
    }
}
{%- endif %}
