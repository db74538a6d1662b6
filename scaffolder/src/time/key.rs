//! The key that this person signs with: made at first use, in the folder of their settings, readable for nobody else.

use std::fs;
use std::io;
use std::path::Path;

use ring::rand::{SecureRandom, SystemRandom};

use super::files::{lock_file, write_whole};
use crate::disk::replace::Access;
use crate::error::{Error, Result};
use crate::time::chain::Key;

/// The file, in the folder for settings.
pub const FILE: &str = "time.key";

/// The key in this folder for settings; made if there is none.
///
/// # Errors
/// It cannot be read or made, or is none.
pub fn load_or_make(settings: &Path) -> Result<Key> {
    fs::create_dir_all(settings).map_err(|error| Error::io("create the folder", settings, &error))?;
    let lock_path = settings.join("time.lock");
    let lock = lock_file(&lock_path)?;
    // Two that start at once have one key.
    lock.lock().map_err(|error| Error::io("lock", &lock_path, &error))?;
    let path = settings.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => hex::decode(text.trim()).ok().and_then(|secret| Key::of(&secret)).ok_or_else(|| {
            Error::user(format!("`{}` holds no key", path.display()))
                .hint("move it away; the next run makes a new key, and with it a new file of your time")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = random::<32>()?;
            write_whole(&path, (hex::encode(secret) + "\n").as_bytes(), Access::Private)?;
            Key::of(&secret).ok_or_else(|| Error::system("cannot make a key"))
        }
        Err(error) => Err(Error::io("read", &path, &error)),
    }
}

/// Bytes that nobody can guess.
///
/// # Errors
/// The system has none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::system("the system has no random numbers"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = folder.path().join("heavy");
        let first = load_or_make(&settings).expect("a key").public();
        assert_eq!(load_or_make(&settings).expect("the same").public(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(settings.join(FILE)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_holds_no_key_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(FILE), "hello").expect("a file");
        let error = load_or_make(folder.path()).expect_err("no key");
        assert!(error.message.ends_with("holds no key"), "{error}");
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).expect("a file"), "hello");
    }
}
