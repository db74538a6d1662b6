//! Baselines: one file in place of many.

use std::fmt::Write as _;

/// How the first line of a baseline begins.
const FIRST: &str = "-- Baseline: replaces the migrations up to ";
/// How each of the lines that follow begins.
const REPLACES: &str = "-- replaces ";

/// What a baseline `NNNN_baseline.sql` replaces: the content of its first lines.
///
/// A database that has applied exactly these carries on: their rows are replaced by that of the
/// baseline. An empty one runs the file. One that stopped in between is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// In the order of their numbers; the last has the number of the baseline itself.
    pub replaced: Vec<ReplacedMigration>,
}

/// A migration that a baseline has replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedMigration {
    /// Its number.
    pub version: i64,
    /// SHA-384 of its text.
    pub checksum: Vec<u8>,
}

/// The first lines of a baseline that replaces these migrations: number and checksum of each, in
/// the order of their numbers. Ends with a newline.
#[must_use]
pub fn baseline_header<C: AsRef<[u8]>>(replaced: &[(i64, C)]) -> String {
    let last = replaced.last().map_or(0, |(version, _)| *version);
    let mut text = format!("{FIRST}{last:04}.\n");
    for (version, checksum) in replaced {
        let _ = writeln!(text, "{REPLACES}{version} {}", hex::encode(checksum));
    }
    text
}

impl Baseline {
    /// Reads the first lines of a migration; `None` if it is no baseline.
    ///
    /// # Errors
    /// What is wrong with the lines of one that begins like a baseline.
    pub fn parse(sql: &str) -> Result<Option<Self>, String> {
        let mut lines = sql.lines();
        let Some(last) = lines.next().and_then(|line| line.strip_prefix(FIRST)) else {
            return Ok(None);
        };
        let last: i64 = last
            .trim_end()
            .trim_end_matches('.')
            .parse()
            .map_err(|_| format!("line 1 ends in no number: `{last}`"))?;
        let mut replaced: Vec<ReplacedMigration> = Vec::new();
        for (index, line) in lines.enumerate() {
            let Some(rest) = line.strip_prefix(REPLACES) else {
                break;
            };
            let one = ReplacedMigration::parse(rest.trim_end())
                .ok_or_else(|| format!("line {} is no number and checksum", index + 2))?;
            if replaced
                .last()
                .is_some_and(|before| before.version >= one.version)
            {
                return Err(format!("line {} is out of order", index + 2));
            }
            replaced.push(one);
        }
        if replaced.last().map(|one| one.version) != Some(last) {
            return Err(format!("the last that it replaces is not {last}"));
        }
        Ok(Some(Self { replaced }))
    }
}

impl ReplacedMigration {
    fn parse(text: &str) -> Option<Self> {
        let (version, checksum) = text.split_once(' ')?;
        Some(Self {
            version: version.parse().ok()?,
            checksum: hex::decode(checksum).ok()?,
        })
    }
}
