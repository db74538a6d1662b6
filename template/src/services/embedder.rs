//! Computes embeddings: the vectors of similar texts are near to each other.
//!
//! [`HashingEmbedder`] works offline and knows no language: it finds texts that share words or parts of words. To find
//! texts that have the same meaning in other words, use a model:
//!
//! 1. Implement [`Embedder`] for a type that calls the model, by HTTP or in the process. Its vectors must have
//!    [`DIMENSIONS`] numbers; for another length or another [`METRIC`], change these and `schema/vector/`.
//! 2. Add it to [`EmbedderKind`] and to [`create`], and its name to `EMBEDDER` in `config.rs`. What else it needs, such
//!    as an API key, is a setting.
//! 3. Set `EMBEDDER`. Every note is embedded again in the background, because its embedding is from another model; the
//!    command `reembed` does the same and shows its progress. See `docs/vectors.md`.

use std::{pin::Pin, sync::Arc};

use crate::{config::EmbedderKind, database::vectors::Metric};

/// The length of a vector, the same as in `schema/vector/`.
pub const DIMENSIONS: usize = 384;

/// The metric of the vectors. The index in `schema/vector/` has its operator class.
pub const METRIC: Metric = Metric::Cosine;

/// Creates the embedder of this kind.
pub fn create(kind: EmbedderKind) -> Arc<dyn Embedder> {
    match kind {
        EmbedderKind::Hashing => Arc::new(HashingEmbedder),
    }
}

/// Why a text could not be embedded.
pub type EmbedError = Box<dyn std::error::Error + Send + Sync>;

/// The future of [`Embedder::embed`]; boxed, so that the embedder can be chosen at run time.
pub type Embedding<'a> = Pin<Box<dyn Future<Output = Result<Vec<f32>, EmbedError>> + Send + 'a>>;

/// Computes the vectors of texts.
pub trait Embedder: Send + Sync {
    /// The name of the model. Only vectors of the same model can be compared.
    fn model(&self) -> &str;

    /// The minimum similarity, by [`METRIC`], of texts that are related.
    fn min_similarity(&self) -> f64;

    /// The vector of `text`: [`DIMENSIONS`] numbers, not all zero.
    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a>;
}

/// Feature hashing: the hash of each word and of each trigram selects the dimension that it counts for.
///
/// It is deterministic and works offline. Texts that share words or parts of words are near to each other, so `run`
/// finds `running` but not `jog`. A word counts less in a longer text.
/// <https://arxiv.org/abs/0902.2206>
#[derive(Clone, Copy, Debug)]
pub struct HashingEmbedder;

impl HashingEmbedder {
    /// The weight of a whole word.
    const WORD: f32 = 1.0;
    /// The weight of a trigram.
    const TRIGRAM: f32 = 0.5;

    fn vector(text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; DIMENSIONS];
        let lower = text.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphanumeric()) {
            if word.is_empty() {
                continue;
            }
            add(&mut vector, word, Self::WORD);
            // The ends are marked, so that a trigram at the start of a word differs from one in its middle.
            let letters: Vec<char> = format!("^{word}$").chars().collect();
            for trigram in letters.windows(3) {
                let trigram: String = trigram.iter().collect();
                add(&mut vector, &trigram, Self::TRIGRAM);
            }
        }
        if vector.iter().all(|number| *number == 0.0) {
            // A text without words is similar only to itself.
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

    fn min_similarity(&self) -> f64 {
        0.1
    }

    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a> {
        Box::pin(async move { Ok(Self::vector(text)) })
    }
}

/// Adds a feature. The sign is another bit of the hash, so that features that collide in a dimension cancel each other
/// on average instead of adding up.
fn add(vector: &mut [f32], feature: &str, weight: f32) {
    let hash = spread(fnv1a(feature.as_bytes()));
    let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
    let length = vector.len() as u64;
    let dimension = usize::try_from(hash % length).unwrap_or_default();
    vector[dimension] += sign * weight;
}

/// FNV-1a, 64 bits. Vectors are stored, so the hash must be stable across versions of the program; that of the standard
/// library is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finalizer of MurmurHash3, which mixes all bits: FNV alone mixes too little for inputs of three letters.
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
    fn every_vector_has_length_1_even_for_a_text_without_words() {
        for text in ["milk", "Grüße aus Köln", "!?", "", &"word ".repeat(4000)] {
            assert!((score(text, text) - 1.0).abs() < 1e-4, "{text}");
        }
    }

    #[test]
    fn texts_that_share_words_or_parts_of_words_are_nearer() {
        let query = "running shoes";
        assert!(score(query, "new shoes for running") > score(query, "a runner's shoe"));
        assert!(score(query, "a runner's shoe") > score(query, "pancake recipe"));
        assert!(score("MILK", "milk!") > 0.99);
    }

    #[test]
    fn unrelated_words_are_below_the_minimum_similarity() {
        let minimum = HashingEmbedder.min_similarity() as f32;
        assert!(score("tax return", "pancake with maple syrup") < minimum);
    }

    #[test]
    fn the_hash_matches_the_published_test_vectors() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_schema_has_the_dimensions_and_the_metric_of_the_embedder() {
        let schema = include_str!("../../schema/vector/010_note_embeddings.sql");
        assert!(schema.contains(&format!("embedding vector({DIMENSIONS})")));
        let class = METRIC.halfvec_class();
        let index = format!("((embedding::halfvec({DIMENSIONS})) {class})");
        assert!(schema.contains(&index), "{index}");
    }
}
