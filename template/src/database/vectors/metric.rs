//! The distance of two vectors.

/// How the distance of two vectors is measured. The embedding model determines which metric is right.
///
/// An index supports only the operator of its operator class. So the metric is in three places: the operator in the
/// query, the operator class in `schema/vector/`, and [`METRIC`](crate::services::embedder::METRIC). Tests compare them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The angle between them, independent of their lengths. Works with every model; the safe choice.
    Cosine,
    /// Their inner product. For vectors of length 1 it gives the same order as [`Metric::Cosine`], slightly faster.
    /// Otherwise it prefers longer vectors, which some models require.
    InnerProduct,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 2] = [Self::Cosine, Self::InnerProduct];

    /// The operator that computes the distance; smaller is nearer.
    pub fn operator(self) -> &'static str {
        match self {
            Self::Cosine => "<=>",
            Self::InnerProduct => "<#>",
        }
    }

    /// The operator class of an index on `halfvec`. (Those on `vector` begin with `vector_`.)
    pub fn halfvec_class(self) -> &'static str {
        match self {
            Self::Cosine => "halfvec_cosine_ops",
            Self::InnerProduct => "halfvec_ip_ops",
        }
    }

    /// Converts the operator's distance to a similarity; larger is nearer. For vectors of length 1 it is 1 if they are
    /// equal and 0 if they are unrelated.
    pub fn similarity(self, distance: f64) -> f64 {
        match self {
            Self::Cosine => 1.0 - distance,
            // pgvector returns the negative inner product, since indexes scan in ascending order.
            Self::InnerProduct => -distance,
        }
    }
}
