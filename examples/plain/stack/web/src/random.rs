//! Random numbers for secrets.

/// `N` bytes from the operating system.
///
/// # Panics
/// If the operating system has no random numbers to give: no secret can be made then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    bytes
}

/// A name for something that is logged, which nobody else has: 32 hexadecimal digits.
///
/// # Panics
/// As [`bytes`].
pub fn id() -> String {
    hex::encode(bytes::<16>())
}
