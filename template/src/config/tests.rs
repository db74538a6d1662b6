use super::*;

const KEYS: (&str, &str) = (
    "ENCRYPTION_KEYS",
    "key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
);

fn read(vars: &[(&str, &str)]) -> Result<Config, SettingsError> {
{%- if files %}
    let vars = [vars, &[("FILES_URL", "memory:")]].concat();
{%- endif %}
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
    let no_mail = ("MAIL_URL", "none");
    let config = read(&[("APP_ENV", "production"), url, KEYS, no_mail]).unwrap();
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
fn in_production_mail_needs_a_server_a_sender_and_the_address_of_the_site_or_is_off() {
    let url = ("DATABASE_URL", "postgres://db/app");
    let production = [("APP_ENV", "production"), url, KEYS];
    let with = |vars: &[(&str, &str)]| read(&[&production[..], vars].concat());
    let server = ("MAIL_URL", "smtps://shop:hunter2@mail.example.com");
    let from = ("MAIL_FROM", "Shop <shop@example.com>");
    let site = ("APP_URL", "https://shop.example.com");
    with(&[server, from, site]).unwrap();
    assert!(matches!(
        with(&[("MAIL_URL", "none")]).unwrap().mail,
        Transport::None
    ));
    for (vars, missing) in [
        (&[from, site][..], "MAIL_URL"),
        (&[server, site], "MAIL_FROM"),
        (&[server, from], "APP_URL"),
    ] {
        let error = with(vars).unwrap_err().to_string();
        assert!(
            error.contains(&format!("`{missing}` is missing")),
            "{error}"
        );
    }
}

#[test]
fn a_mail_server_that_is_wrong_is_reported_without_its_password() {
    let from = ("MAIL_FROM", "shop@example.com");
    for url in [
        "http://shop:hunter2@mail.example.com",
        "mail.example.com",
        "smtp://",
        "smtp://hunter2@mail.example.com",
        "smtp://mail.example.com?tls=hunter2",
        "smtps://mail.example.com?tls=none",
    ] {
        let error = read(&[("MAIL_URL", url), from]).unwrap_err().to_string();
        assert!(
            error.contains("`MAIL_URL` ") && !error.contains("hunter2"),
            "{url}: {error}"
        );
    }
    let url = ("MAIL_URL", "smtp://shop:hunter%402@mail.example.com:2525");
    let config = read(&[url, from]).unwrap();
    assert!(!format!("{config:?}").contains("hunter"), "{config:?}");
    for (name, value) in [("MAIL_FROM", "shop"), ("APP_URL", "shop.example.com/a")] {
        let error = read(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}` must be")), "{error}");
    }
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
