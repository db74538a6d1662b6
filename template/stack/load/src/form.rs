//! The fields of forms: how they are encoded, and what their names say.

/// The fields of a form in order, with their values.
pub type Fields = Vec<(String, String)>;

/// Whether a field of this name is for a password.
pub fn is_password(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "passphrase"]
        .iter()
        .any(|part| name.contains(part))
}

/// The fields in the body of a request. What is not encoded correctly is read as well as it can be.
pub fn decode(body: &str) -> Fields {
    serde_urlencoded::from_str(body).unwrap_or_default()
}

/// Fields as the body of a request.
pub fn encode(fields: &[(String, String)]) -> String {
    serde_urlencoded::to_string(fields).expect("pairs of texts can always be encoded")
}
