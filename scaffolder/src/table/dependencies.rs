//! What a field needs from `Cargo.toml`: crates, and features of sqlx.

use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

use super::field::{Field, Kind};

/// A crate as it stands in `[workspace.dependencies]`.
struct Crate {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
    default_features: bool,
}

const BASE64: Crate = Crate { name: "base64", version: "0.23", features: &[], default_features: true };
const RUST_DECIMAL: Crate = Crate { name: "rust_decimal", version: "1", features: &["std"], default_features: false };

/// `Cargo.toml` with what the fields need; `None` if it has not the shape that the template gave it. Unchanged, if
/// nothing is needed.
pub(super) fn add(text: &str, fields: &[Field]) -> Option<String> {
    let needs = |wanted: fn(&Kind) -> bool| fields.iter().any(|field| wanted(&field.kind));
    let mut document: DocumentMut = text.parse().ok()?;
    if needs(|kind| matches!(kind, Kind::Bytes)) {
        depend(&mut document, &BASE64)?;
    }
    if needs(|kind| matches!(kind, Kind::Decimal(..))) {
        depend(&mut document, &RUST_DECIMAL)?;
        sqlx_feature(&mut document, "rust_decimal")?;
    }
    if needs(|kind| matches!(kind, Kind::Json)) {
        sqlx_feature(&mut document, "json")?;
    }
    Some(document.to_string())
}

/// What to paste where [`add`] found no place.
pub(super) fn snippet(fields: &[Field]) -> Option<String> {
    let mut lines = Vec::new();
    for field in fields {
        lines.extend(match field.kind {
            Kind::Bytes => Some("[dependencies] base64 = \"0.23\""),
            Kind::Decimal(..) => Some("[dependencies] rust_decimal = \"1\", and the feature `rust_decimal` of sqlx"),
            Kind::Json => Some("the feature `json` of sqlx"),
            _ => None,
        });
    }
    lines.dedup();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn depend(document: &mut DocumentMut, wanted: &Crate) -> Option<()> {
    let versions = document.get_mut("workspace")?.as_table_like_mut()?.get_mut("dependencies")?.as_table_like_mut()?;
    if !versions.contains_key(wanted.name) {
        let mut value = Value::from(wanted.version);
        if !wanted.default_features || !wanted.features.is_empty() {
            let mut table = InlineTable::new();
            table.insert("version", value);
            if !wanted.default_features {
                table.insert("default-features", false.into());
            }
            if !wanted.features.is_empty() {
                table.insert("features", Value::Array(wanted.features.iter().copied().collect::<Array>()));
            }
            value = Value::InlineTable(table);
        }
        insert_sorted(versions, wanted.name, Item::Value(value));
    }
    let used = document.get_mut("dependencies")?.as_table_like_mut()?;
    if !used.contains_key(wanted.name) {
        let mut inherited = toml_edit::Table::new();
        inherited.set_dotted(true);
        inherited.insert("workspace", toml_edit::value(true));
        insert_sorted(used, wanted.name, Item::Table(inherited));
    }
    Some(())
}

fn sqlx_feature(document: &mut DocumentMut, feature: &str) -> Option<()> {
    let sqlx = document.get_mut("workspace")?.get_mut("dependencies")?.get_mut("sqlx")?;
    let features = sqlx.as_table_like_mut()?.get_mut("features")?.as_array_mut()?;
    if features.iter().any(|known| known.as_str() == Some(feature)) {
        return Some(());
    }
    let at = features.iter().position(|known| known.as_str().is_some_and(|known| known > feature));
    features.insert(at.unwrap_or(features.len()), feature);
    Some(())
}

/// Puts a key before the first one that is greater, without a change to the others' order.
fn insert_sorted(table: &mut dyn TableLike, name: &str, item: Item) {
    let later: Vec<String> =
        table.iter().map(|(key, _)| key.to_owned()).skip_while(|key| key.as_str() < name).collect();
    let moved: Vec<_> = later
        .iter()
        .filter_map(|key| {
            let key_as_it_is = table.key(key)?.clone();
            Some((key_as_it_is, table.remove(key)?))
        })
        .collect();
    table.insert(name, item);
    for (key, item) in moved {
        let name = key.get().to_owned();
        match table.entry_format(&key) {
            toml_edit::Entry::Vacant(entry) => drop(entry.insert(item)),
            toml_edit::Entry::Occupied(_) => drop(table.insert(&name, item)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[dependencies]\nargon2.workspace = true\n# Why.\nserde.workspace = true\nuuid.workspace = true\n\n[workspace.dependencies]\nargon2 = \"0.6\"\nserde = { version = \"1\", features = [\"derive\"] }\nsqlx = { version = \"0.9\", features = [\"derive\", \"uuid\"] }\n";

    fn with(fields: &[&str]) -> Option<String> {
        let fields: Vec<Field> = fields.iter().map(|typed| Field::parse(typed).expect("a field")).collect();
        add(MANIFEST, &fields)
    }

    #[test]
    fn most_fields_need_nothing() {
        assert_eq!(with(&["a:string", "b:int?", "c:date", "d:uuid", "e:vector(3)"]).as_deref(), Some(MANIFEST));
    }

    #[test]
    fn crates_and_features_go_to_their_place_in_the_alphabet() {
        insta::assert_snapshot!(with(&["a:bytes", "b:decimal", "c:json", "d:json?"]).unwrap_or_default(), @r#"
        [dependencies]
        argon2.workspace = true
        base64.workspace = true
        rust_decimal.workspace = true
        # Why.
        serde.workspace = true
        uuid.workspace = true

        [workspace.dependencies]
        argon2 = "0.6"
        base64 = "0.23"
        rust_decimal = { version = "1", default-features = false, features = ["std"] }
        serde = { version = "1", features = ["derive"] }
        sqlx = { version = "0.9", features = ["derive", "json", "rust_decimal", "uuid"] }
        "#);
    }

    #[test]
    fn doing_it_twice_is_doing_it_once() {
        let fields = [Field::parse("a:decimal").expect("a field"), Field::parse("b:bytes").expect("a field")];
        let once = add(MANIFEST, &fields).expect("a manifest");
        assert_eq!(add(&once, &fields), Some(once));
    }

    #[test]
    fn a_manifest_of_another_shape_is_left_alone() {
        assert_eq!(add("[package]\nname = \"x\"\n", &[Field::parse("a:json").expect("a field")]), None);
    }
}
