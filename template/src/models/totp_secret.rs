//! Codes from an app (TOTP, RFC 6238): six digits that change every 30 seconds.

use std::fmt;

use stack_web::random;
use totp_rs::{Builder, Secret, Totp, TotpError};

/// What the server and the app of a user share: 160 random bits. Whoever has it can make codes.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(String);

impl TotpSecret {
    /// A new secret from the random number generator of the operating system.
    pub fn generate() -> Self {
        Self(Secret::from(random::bytes::<20>()).to_base32())
    }

    /// Parses the text of [`as_str`](Self::as_str).
    pub fn parse(text: &str) -> Option<Self> {
        let secret = Self(text.to_owned());
        secret.totp("", "").is_ok().then_some(secret)
    }

    /// The text that people type into an app: 32 letters and digits of base 32.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address that apps read from a QR code. `account` and `issuer` are what the app shows.
    ///
    /// # Errors
    /// If `account` is empty.
    pub fn uri(&self, account: &str, issuer: &str) -> Result<String, TotpError> {
        self.totp(account, issuer)?.to_url()
    }

    /// The time step of `code`, if it is the code of this time, in seconds since 1970, or of 30 seconds before or after,
    /// since clocks differ.
    pub fn step_of(&self, code: &str, time: u64) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.totp("", "").ok()?.check(&code, time)?;
        i64::try_from(step).ok()
    }

    fn totp(&self, account: &str, issuer: &str) -> Result<Totp, TotpError> {
        // A colon separates the two in the address.
        let [account, issuer] = [account, issuer].map(|name| name.replace(':', " "));
        let secret = Secret::try_from_base32(&self.0).map_err(|_| TotpError::SecretNotSet)?;
        Builder::new()
            .with_secret(secret)
            .with_account_name(account)
            .with_issuer(Some(issuer))
            .build()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238, appendix B.
    fn secret() -> TotpSecret {
        TotpSecret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            let step = i64::try_from(time / 30).unwrap();
            assert_eq!(secret().step_of(code, time), Some(step));
            assert_eq!(
                secret().step_of(code, time + 30),
                Some(step),
                "a slow clock"
            );
            assert_eq!(secret().step_of(code, time + 60), None, "too late");
        }
        assert_eq!(secret().step_of(" 287 082 ", 59), Some(1));
        for wrong in ["", "28708", "2870820", "٢٨٧٠٨٢", "287083"] {
            assert_eq!(secret().step_of(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_has_160_bits_is_parsed_from_its_text_and_not_shown_by_debug() {
        let secret = TotpSecret::generate();
        assert_eq!(secret.as_str().len(), 32);
        assert_eq!(TotpSecret::parse(secret.as_str()), Some(secret.clone()));
        assert_eq!(TotpSecret::parse("GEZDG"), None);
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
    }

    #[test]
    fn the_address_for_apps_names_the_account_and_the_issuer() {
        let uri = secret().uri("ada@example.com", "Shop: and more").unwrap();
        let start = "otpauth://totp/Shop%20%20and%20more:ada%40example.com?";
        assert!(uri.starts_with(start), "{uri}");
        assert!(
            uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
            "{uri}"
        );
    }
}
