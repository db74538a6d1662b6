//! Files: `FILES_URL`, `FILES_MAX_BYTES`, `FILES_BYTES_PER_OWNER`, and `AWS_…` for a bucket.

use stack_files::{Place, S3};
use stack_web::settings::{Reader, Secret};

/// Where files of users are stored, and how many bytes there may be.
#[derive(Clone, Debug)]
pub struct FileSettings {
    /// `FILES_URL`. Development has a folder of its own.
    pub place: Place,
    /// `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
    pub s3: S3,
    /// `FILES_MAX_BYTES`: bytes of one file.
    pub max_bytes: u64,
    /// `FILES_BYTES_PER_OWNER`: bytes of all files of an owner.
    pub bytes_per_owner: u64,
}

impl FileSettings {
    pub(super) fn read(
        vars: &mut Reader<impl Fn(&str) -> Option<String>>,
        production: bool,
    ) -> Self {
        const MOST: u64 = 1 << 50;
        let place = vars.secret("FILES_URL", str::parse);
        if production && vars.text("FILES_URL").is_none() {
            vars.missing(
                "FILES_URL",
                "files of users need a place that stays, such as `file:/srv/files` or `s3://bucket`",
            );
        }
        let own = stack_web::settings::project_dir().join(".data/files");
        Self {
            place: place.unwrap_or(Place::Folder(own)),
            s3: S3 {
                endpoint: vars.text("AWS_ENDPOINT_URL"),
                region: vars.text("AWS_REGION"),
                key_id: vars.text("AWS_ACCESS_KEY_ID"),
                key: vars.text("AWS_SECRET_ACCESS_KEY").map(Secret::new),
            },
            max_bytes: vars.number("FILES_MAX_BYTES", 250_000_000, 1..=MOST),
            bytes_per_owner: vars.number("FILES_BYTES_PER_OWNER", 1_000_000_000, 1..=MOST),
        }
    }
}
