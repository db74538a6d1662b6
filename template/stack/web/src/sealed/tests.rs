use super::*;

struct Column;

impl SealedColumn for Column {
    type Value = String;
    type Row = u64;
    const TABLE: &'static str = "users";
    const COLUMN: &'static str = "phone";

    fn text(value: &String) -> &str {
        value
    }

    fn parse(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

/// The same in all but the name.
struct OtherColumn;

impl SealedColumn for OtherColumn {
    type Value = String;
    type Row = u64;
    const TABLE: &'static str = "users";
    const COLUMN: &'static str = "fax";

    fn text(value: &String) -> &str {
        value
    }

    fn parse(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

const OLD: &str = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "new:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn vault(keys: &str) -> Vault {
    Vault::new(&Keys::parse(keys).unwrap())
}

fn phone() -> String {
    "+49301234567".to_owned()
}

#[test]
fn what_is_sealed_is_opened_and_looks_different_each_time() {
    let (vault, row) = (vault(OLD), 7);
    let one: Sealed<Column> = vault.seal(&row, &phone());
    let other: Sealed<Column> = vault.seal(&row, &phone());
    assert_eq!(vault.open(&row, &one), Ok(phone()));
    assert_ne!(one.bytes, other.bytes);
    let digits = b"4930";
    assert!(!one.bytes.windows(4).any(|bytes| bytes == digits));
}

#[test]
fn a_change_of_any_bit_is_refused_and_so_is_a_piece_of_it() {
    let (vault, row) = (vault(OLD), 7);
    let sealed: Sealed<Column> = vault.seal(&row, &phone());
    for bit in 0..sealed.bytes.len() * 8 {
        let mut bytes = sealed.bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let altered = Sealed::<Column>::of(bytes);
        assert!(vault.open(&row, &altered).is_err(), "bit {bit}");
    }
    for length in 0..sealed.bytes.len() {
        let cut = Sealed::<Column>::of(sealed.bytes[..length].to_vec());
        assert!(vault.open(&row, &cut).is_err(), "{length} bytes");
    }
}

#[test]
fn a_value_cannot_be_opened_in_another_row_or_another_column() {
    let (vault, row) = (vault(OLD), 7);
    let sealed: Sealed<Column> = vault.seal(&row, &phone());
    let refused = OpenError::Refused("users.phone".to_owned());
    assert_eq!(vault.open(&8, &sealed), Err(refused));
    let moved = Sealed::<OtherColumn>::of(sealed.bytes);
    let refused = OpenError::Refused("users.fax".to_owned());
    assert_eq!(vault.open(&row, &moved), Err(refused));
}

#[test]
fn a_key_that_is_gone_is_named_and_one_of_the_same_id_does_not_fit() {
    let row = 7;
    let sealed: Sealed<Column> = vault(OLD).seal(&row, &phone());
    let error = vault(NEW).open(&row, &sealed).unwrap_err().to_string();
    assert!(
        error.contains("`users.phone`") && error.contains("`old`"),
        "{error}"
    );
    let impostor = NEW.replace("new:", "old:");
    let refused = OpenError::Refused("users.phone".to_owned());
    assert_eq!(vault(&impostor).open(&row, &sealed), Err(refused));
}

#[test]
fn after_a_change_of_keys_old_values_are_read_and_new_ones_are_under_the_first_key() {
    let row = 7;
    let old: Sealed<Column> = vault(OLD).seal(&row, &phone());
    let both = vault(&format!("{NEW},{OLD}"));
    assert_eq!(both.open(&row, &old), Ok(phone()));
    let new: Sealed<Column> = both.seal(&row, &phone());
    assert_eq!(vault(NEW).open(&row, &new), Ok(phone()));
    let (first, after) = both.current_range();
    assert!((&first..&after).contains(&&new.bytes));
    assert!(!(&first..&after).contains(&&old.bytes));
}

#[test]
fn keys_that_are_wrong_are_refused_without_repeating_them() {
    let cases = [
        ("", "must be `id:key`"),
        (
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "must be `id:key`",
        ),
        ("a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "32 bytes"),
        (
            "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==",
            "32 bytes",
        ),
        ("a:correct horse battery staple", "32 bytes"),
        (
            "A:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "ids of 1 to 32",
        ),
        (
            ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "ids of 1 to 32",
        ),
    ];
    for (text, why) in cases {
        let error = Keys::parse(text).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
        assert!(!error.contains("AAEC") && !error.contains("staple"));
    }
    let twice = Keys::parse(&format!("{OLD},{OLD}")).unwrap_err();
    assert!(twice.to_string().contains("place 2"), "{twice}");
}

#[test]
fn debug_shows_the_ids_of_keys_and_no_key() {
    let keys = Keys::parse(&format!("{NEW}, {OLD}")).unwrap();
    assert_eq!(format!("{keys:?}"), "[\"new\", \"old\"]");
    assert!(!keys.has_development());
    let renamed = Keys::DEVELOPMENT.replace("development:", "live:");
    assert!(Keys::parse(&renamed).unwrap().has_development());
}
