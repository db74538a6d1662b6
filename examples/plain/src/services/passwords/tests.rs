use super::*;

fn password(text: &str) -> Password {
    Password::for_login(text).unwrap()
}

#[tokio::test]
async fn only_the_password_that_was_hashed_fits() {
    let passwords = Passwords::new(PasswordCost::Tests).unwrap();
    let stored = passwords.hash(password("correct horse")).await.unwrap();
    assert!(stored.0.starts_with("$argon2id$"));
    assert!(
        passwords
            .verify(password("correct horse"), Some(stored.clone()))
            .await
            .unwrap()
    );
    assert!(
        !passwords
            .verify(password("correct house"), Some(stored))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn no_password_matches_an_unknown_account_not_even_that_of_the_dummy_hash() {
    let passwords = Passwords::new(PasswordCost::Tests).unwrap();
    assert!(
        !passwords
            .verify(password("nobody has this password"), None)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_malformed_stored_hash_is_an_error_and_not_a_wrong_password() {
    let passwords = Passwords::new(PasswordCost::Tests).unwrap();
    let broken = Some(PasswordHash("plain".to_owned()));
    assert!(passwords.verify(password("plain"), broken).await.is_err());
}
