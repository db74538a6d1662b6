//! How near two vectors are.

/// How near two vectors are is measured by this; a property of the model that makes them.
///
/// An index serves the one operator of its operator class. So a metric stands in three places: the operator in the
/// query, the operator class in `schema/vector/`, and [`METRIC`](crate::services::embedder::METRIC), to which tests
/// compare the other two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The angle between them, whatever their lengths. Right for every model, so take this one in doubt.
    Cosine,
    /// Their inner product. Orders vectors of length 1 as [`Metric::Cosine`] does, a little faster; of other lengths,
    /// longer ones come first, which some models want.
    InnerProduct,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 2] = [Self::Cosine, Self::InnerProduct];

    /// The operator that gives the distance: the smaller, the nearer.
    pub fn operator(self) -> &'static str {
        match self {
            Self::Cosine => "<=>",
            Self::InnerProduct => "<#>",
        }
    }

    /// The operator class of an index of a `halfvec`. (That of a `vector` begins with `vector_`.)
    pub fn halfvec_class(self) -> &'static str {
        match self {
            Self::Cosine => "halfvec_cosine_ops",
            Self::InnerProduct => "halfvec_ip_ops",
        }
    }

    /// From the operator's distance to how alike two vectors are: the more, the nearer. For vectors of length 1 that
    /// is 1 for the same, and 0 for those that have nothing to do with each other.
    pub fn similarity(self, distance: f64) -> f64 {
        match self {
            Self::Cosine => 1.0 - distance,
            // pgvector gives the negative, so that an index can go upwards.
            Self::InnerProduct => -distance,
        }
    }
}
