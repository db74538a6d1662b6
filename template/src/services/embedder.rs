//! From a text to a point in space, near those of texts like it.
//!
//! [`HashingEmbedder`] needs nothing but the text and knows no language: it finds notes that share words, and
//! words that share letters. For notes that mean the same in other words, use a model:
//!
//! 1. Implement [`Embedder`] for a type that asks it, by HTTP or in the process. Its vectors must have
//!    [`DIMENSIONS`] numbers; for another length or [`METRIC`], change that and `schema/vector/`.
//! 2. Add it to [`EmbedderKind`] and to [`of`], and its word to `EMBEDDER` in `config.rs`. What it needs besides,
//!    such as a key, is a setting of its own.
//! 3. Set `EMBEDDER`. Every note is embedded again by itself, because its embedding says another model; the command
//!    `reembed` does it while you watch. See `docs/vectors.md`.

use std::{pin::Pin, sync::Arc};

use crate::{config::EmbedderKind, database::vectors::Metric};

/// How many numbers a vector has. The column of the table has as many.
pub const DIMENSIONS: usize = 384;

/// How near two vectors are. The index of the table has the operator class of this.
pub const METRIC: Metric = Metric::Cosine;

/// The embedder of this kind.
pub fn of(kind: EmbedderKind) -> Arc<dyn Embedder> {
    match kind {
        EmbedderKind::Hashing => Arc::new(HashingEmbedder),
    }
}

/// Why a text has no vector.
pub type EmbedError = Box<dyn std::error::Error + Send + Sync>;

/// What [`Embedder::embed`] returns; boxed, so that an embedder can be chosen at run time.
pub type Embedding<'a> = Pin<Box<dyn Future<Output = Result<Vec<f32>, EmbedError>> + Send + 'a>>;

/// Makes vectors of texts.
pub trait Embedder: Send + Sync {
    /// A name for the way the vectors are made. Only vectors of the same name can be compared.
    fn model(&self) -> &str;

    /// How alike two texts are, by [`METRIC`], below which they have nothing to do with each other.
    fn least_score(&self) -> f64;

    /// The vector of `text`: [`DIMENSIONS`] numbers, not all of them 0.
    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a>;
}

/// Feature hashing: each word, and each three letters in a row, count for one dimension that their hash names.
///
/// Deterministic and offline. Two texts are near if they share words or parts of words, so `run` finds `running`
/// but not `jog`. The longer a text, the less one word in it counts.
/// <https://arxiv.org/abs/0902.2206>
#[derive(Clone, Copy, Debug)]
pub struct HashingEmbedder;

impl HashingEmbedder {
    /// A whole word says more than a part of one.
    const WORD: f32 = 1.0;
    const PART: f32 = 0.5;

    fn vector(text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; DIMENSIONS];
        let lower = text.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphanumeric()) {
            if word.is_empty() {
                continue;
            }
            add(&mut vector, word, Self::WORD);
            // With its ends marked, so that the beginning of a word is not taken for its middle.
            let letters: Vec<char> = format!("^{word}$").chars().collect();
            for part in letters.windows(3) {
                add(&mut vector, &part.iter().collect::<String>(), Self::PART);
            }
        }
        if vector.iter().all(|number| *number == 0.0) {
            // A text without a single word is like itself only.
            add(&mut vector, &lower, Self::WORD);
        }
        let length = vector
            .iter()
            .map(|number| number * number)
            .sum::<f32>()
            .sqrt();
        vector.iter_mut().for_each(|number| *number /= length);
        vector
    }
}

impl Embedder for HashingEmbedder {
    fn model(&self) -> &'static str {
        "hashing-1"
    }

    fn least_score(&self) -> f64 {
        0.1
    }

    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a> {
        Box::pin(async move { Ok(Self::vector(text)) })
    }
}

/// Adds a feature. The sign, a bit of the hash too, lets features that meet in a dimension cancel each other
/// rather than add up.
fn add(vector: &mut [f32], feature: &str, weight: f32) {
    let hash = spread(fnv1a(feature.as_bytes()));
    let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
    let length = vector.len() as u64;
    let dimension = usize::try_from(hash % length).unwrap_or_default();
    vector[dimension] += sign * weight;
}

/// FNV-1a, 64 bits: stored vectors outlive the program, so the hash must be the same in every version of it,
/// which the standard library's is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The last step of MurmurHash3: lets every bit depend on every other. Three letters alone leave FNV too little to
/// work with.
fn spread(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(one: &str, other: &str) -> f32 {
        let (one, other) = (HashingEmbedder::vector(one), HashingEmbedder::vector(other));
        one.iter().zip(&other).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn every_vector_has_length_1_even_that_of_a_text_without_words() {
        for text in ["milk", "Grüße aus Köln", "!?", "", &"word ".repeat(4000)] {
            assert!((score(text, text) - 1.0).abs() < 1e-4, "{text}");
        }
    }

    #[test]
    fn texts_that_share_words_or_parts_of_them_are_nearer() {
        let query = "running shoes";
        assert!(score(query, "new shoes for running") > score(query, "a runner's shoe"));
        assert!(score(query, "a runner's shoe") > score(query, "pancake recipe"));
        assert!(score("MILK", "milk!") > 0.99);
    }

    #[test]
    fn unrelated_words_stay_below_the_least_score() {
        let least = HashingEmbedder.least_score() as f32;
        assert!(score("tax return", "pancake with maple syrup") < least);
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_column_has_as_many_dimensions_as_the_vectors_and_the_index_their_metric() {
        let schema = include_str!("../../schema/vector/010_note_embeddings.sql");
        assert!(schema.contains(&format!("embedding vector({DIMENSIONS})")));
        let class = METRIC.halfvec_class();
        let index = format!("((embedding::halfvec({DIMENSIONS})) {class})");
        assert!(schema.contains(&index), "{index}");
    }
}
