use super::*;

const KEYS: (&str, &str) = (
    "ENCRYPTION_KEYS",
    "key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
);

fn read(vars: &[(&str, &str)]) -> Result<Config, SettingsError> {
    Config::from_vars(|name| {
        vars.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn development_needs_no_variables() {
    let config = read(&[("APP_ENV", "development")]).unwrap();
    assert_eq!(config.port, 3000);
    assert_eq!(config.database_url, None);
    assert_eq!(config.log_format, LogFormat::Pretty);
}

#[test]
fn in_production_the_database_is_required() {
    let error = read(&[("APP_ENV", "production")]).unwrap_err().to_string();
    assert!(error.contains("`DATABASE_URL` is missing"), "{error}");
    let url = ("DATABASE_URL", "postgres://db/app");
    let config = read(&[("APP_ENV", "production"), url, KEYS]).unwrap();
    assert_eq!(config.log_format, LogFormat::Json);
}

#[test]
fn in_production_a_key_is_required_and_must_not_be_that_of_development() {
    let production = ("APP_ENV", "production");
    let url = ("DATABASE_URL", "postgres://db/app");
    let error = read(&[production, url]).unwrap_err().to_string();
    assert!(error.contains("`ENCRYPTION_KEYS` is missing"), "{error}");
    assert!(error.contains("openssl rand -base64 32"), "{error}");

    let renamed = Keys::DEVELOPMENT.replace("development:", "live:");
    let error = read(&[production, url, ("ENCRYPTION_KEYS", &renamed)]).unwrap_err();
    assert!(
        error.to_string().contains("the key of development"),
        "{error}"
    );
    read(&[("APP_ENV", "development"), ("ENCRYPTION_KEYS", &renamed)]).unwrap();
}

#[test]
fn an_invalid_key_is_reported_but_not_shown() {
    let keys = ("ENCRYPTION_KEYS", "key-1:hunter2");
    let error = read(&[keys]).unwrap_err().to_string();
    assert!(
        error.contains("`ENCRYPTION_KEYS` must have keys of 32 bytes"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn every_invalid_variable_is_reported_at_once() {
    let error = read(&[
        ("APP_ENV", "staging"),
        ("PORT", "http"),
        ("HOST", "localhost"),
        ("BODY_LIMIT_BYTES", "1"),
        ("RUST_LOG", "app=loud"),
        ("DATABASE_URL", "mysql://db/app"),
    ])
    .unwrap_err()
    .to_string();
    for name in [
        "APP_ENV",
        "PORT",
        "HOST",
        "BODY_LIMIT_BYTES",
        "RUST_LOG",
        "DATABASE_URL",
    ] {
        assert!(
            error.contains(&format!("error: `{name}` must be")),
            "{name} is not in\n{error}"
        );
    }
    assert!(
        error.ends_with("hint: `.env.example` describes every variable"),
        "{error}"
    );
}

#[test]
fn an_empty_variable_counts_as_missing() {
    assert_eq!(
        read(&[("APP_ENV", "development"), ("PORT", " ")])
            .unwrap()
            .port,
        3000
    );
}

#[test]
fn a_password_is_not_shown_by_debug_or_by_an_error() {
    let url = ("DATABASE_URL", "postgres://app:hunter2@db/app");
    let config = read(&[url]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = read(&[("DATABASE_URL", "mysql://app:hunter2@db/app")]).unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn every_variable_is_described_in_the_example() {
    let example = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example"));
    let example = example.unwrap();
    let asked = std::cell::RefCell::new(Vec::new());
    let _config = Config::from_vars(|name| {
        asked.borrow_mut().push(name.to_owned());
        None
    });
    assert!(asked.borrow().len() > 5);
    for name in asked.into_inner() {
        assert!(
            example.contains(&format!("{name}=")),
            "`{name}` is not described"
        );
    }
}
