use super::facts::{Databases, Docker, Facts, Named, PROGRAMS, Port, Rust, Server, Settings};
use super::findings::{self, Finding, Level, Need};
use super::platform::{Missing, Platform};
use super::{as_json, as_text};

/// A machine that has everything.
fn complete() -> Facts {
    Facts {
        platform: Platform::Debian,
        rust: Rust {
            version: Some("1.100.0".to_owned()),
            wanted: "1.95".to_owned(),
            clippy: true,
            rustfmt: true,
        },
        programs: PROGRAMS.to_vec(),
        chromium: true,
        node: Some(22),
        docker: Docker::Ready,
        databases: Databases::Own {
            server: Some(Server {
                major: 18,
                dir: "/usr/lib/postgresql/18/bin".into(),
                runs: false,
            }),
            needs_vector: false,
            pip: false,
        },
        settings: Settings::default(),
        ports: vec![Port {
            number: 3000,
            what: "the application",
            free: true,
        }],
        disk: Some(40 << 30),
        watches: Some(524_288),
        open_files: Some(65_536),
        perf_paranoid: Some(2),
    }
}

/// The one finding that is not good.
fn complaint(facts: &Facts) -> Finding {
    let mut bad = findings::of(facts);
    bad.retain(|found| found.level != Level::Good);
    assert_eq!(bad.len(), 1, "{bad:#?}");
    bad.remove(0)
}

#[test]
fn a_machine_that_has_everything_hears_no_complaint() {
    let findings = findings::of(&complete());
    assert!(
        findings.iter().all(|found| found.level == Level::Good),
        "{findings:#?}"
    );
    assert!(as_text(&findings).ends_with("Everything is there."));
}

#[test]
fn what_nothing_works_without_is_broken_and_what_a_part_needs_is_not() {
    let mut facts = complete();
    facts.rust.version = Some("1.94.1".to_owned());
    let found = complaint(&facts);
    assert_eq!((found.what, found.level), ("Rust", Level::Broken));
    assert_eq!(found.get.as_deref(), Some("rustup update stable"));

    let mut facts = complete();
    facts.programs.retain(|name| *name != "cargo-nextest");
    let found = complaint(&facts);
    assert_eq!((found.what, found.level), ("cargo-nextest", Level::Lacking));
    let text = as_text(&findings::of(&facts));
    assert!(text.contains("  ! cargo-nextest: "), "{text}");
    assert!(
        text.contains("      → cargo install --locked cargo-nextest\n"),
        "{text}"
    );
    assert!(text.ends_with("Ready to work; 1 to look at (!) when you come to that part."));
}

#[test]
fn a_server_may_be_fetched_and_is_missing_only_where_nothing_can_fetch_it() {
    let own = |pip| Facts {
        databases: Databases::Own {
            server: None,
            needs_vector: true,
            pip,
        },
        ..complete()
    };
    assert!(
        findings::of(&own(true))
            .iter()
            .all(|found| found.level == Level::Good)
    );
    let found = complaint(&own(false));
    assert_eq!(found.level, Level::Broken);
    assert!(found.get.unwrap().contains("pgvector"));
}

#[test]
fn a_database_that_is_named_and_does_not_answer_is_broken_by_its_variable() {
    let mut facts = complete();
    facts.databases = Databases::Named(vec![Named {
        variable: "DATABASE_URL",
        problem: Some("connection refused".to_owned()),
    }]);
    let found = complaint(&facts);
    assert_eq!(found.level, Level::Broken);
    assert!(found.says.contains("`DATABASE_URL`") && found.says.contains("refused"));
}

#[test]
fn small_limits_full_disks_and_taken_ports_are_each_said_with_what_to_do() {
    let small = [
        Facts {
            disk: Some(1 << 30),
            ..complete()
        },
        Facts {
            watches: Some(8192),
            ..complete()
        },
        Facts {
            open_files: Some(1024),
            ..complete()
        },
        Facts {
            perf_paranoid: Some(3),
            ..complete()
        },
        Facts {
            docker: Docker::Silent,
            ..complete()
        },
        Facts {
            node: Some(18),
            ..complete()
        },
        Facts {
            ports: vec![Port {
                number: 8089,
                what: "the page",
                free: false,
            }],
            ..complete()
        },
        Facts {
            settings: Settings {
                file: true,
                unknown: vec!["SESION_DAYS".to_owned()],
            },
            ..complete()
        },
    ];
    for facts in small {
        let found = complaint(&facts);
        assert_eq!(found.level, Level::Lacking, "{found:?}");
        assert!(found.get.is_some(), "{found:?}");
    }
}

#[test]
fn what_a_system_does_not_tell_is_left_out() {
    let facts = Facts {
        platform: Platform::Windows,
        programs: Vec::new(),
        disk: None,
        watches: None,
        open_files: None,
        perf_paranoid: None,
        ..complete()
    };
    let findings = findings::of(&facts);
    assert!(
        findings.iter().all(|found| found.level != Level::Broken),
        "{findings:#?}"
    );
    assert!(findings.iter().all(|found| found.what != "Disk"));
}

#[test]
fn systems_are_known_by_what_they_say_of_themselves() {
    let of = |release| Platform::of("linux", release);
    assert_eq!(of("NAME=x\nID=debian\n"), Platform::Debian);
    assert_eq!(
        of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
        Platform::Debian
    );
    assert_eq!(
        of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
        Platform::Fedora
    );
    assert_eq!(of("ID=nixos\n"), Platform::Other);
    assert_eq!(Platform::of("macos", ""), Platform::MacOs);
    assert_eq!(
        Platform::Debian.get(Missing::Npm),
        "sudo apt-get install npm"
    );
    assert_eq!(
        Platform::MacOs.get(Missing::Compiler),
        "xcode-select --install"
    );
    assert_eq!(
        Platform::Other.get(Missing::Git),
        "the package of your system for git"
    );
}

#[test]
fn programs_read_the_level_and_whether_it_is_required() {
    let found = Need::Project;
    let finding = findings::of(&complete()).remove(0);
    assert_eq!(finding.need, found);
    let json = as_json(&finding);
    assert_eq!(json["level"], "good");
    assert_eq!(json["required"], true);
    assert!(json["get"].is_null());
}
