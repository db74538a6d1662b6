//! Spans of time, and sets of them.

/// A span of time: seconds since 1970, the end not included. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    from: i64,
    to: i64,
}

impl Span {
    /// The span between two moments; nothing if it would be empty or run backwards.
    #[must_use]
    pub const fn new(from: i64, to: i64) -> Option<Self> {
        if from < to { Some(Self { from, to }) } else { None }
    }

    /// Where it begins.
    #[must_use]
    pub const fn from(self) -> i64 {
        self.from
    }

    /// Where it ends.
    #[must_use]
    pub const fn to(self) -> i64 {
        self.to
    }

    /// How many seconds it has.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.to - self.from
    }

    /// What two spans have in common.
    #[must_use]
    pub fn common(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// The same time as a set: in order, none overlapping or touching another. Time in two of them is there once.
#[must_use]
pub fn union(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

/// What is in `spans` and not in `taken`, as a set.
#[must_use]
pub fn without(spans: impl IntoIterator<Item = Span>, taken: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let taken = union(taken);
    let mut left = Vec::new();
    for span in union(spans) {
        let mut from = span.from;
        let first = taken.partition_point(|other| other.to <= span.from);
        for other in taken[first..].iter().take_while(|other| other.from < span.to) {
            left.extend(Span::new(from, other.from));
            from = other.to;
        }
        left.extend(Span::new(from, span.to));
    }
    left
}

/// The part of a set that lies in a window.
#[must_use]
pub fn within(spans: &[Span], window: Span) -> Vec<Span> {
    spans.iter().filter_map(|span| span.common(window)).collect()
}

/// How many seconds a set has.
#[must_use]
pub fn seconds(set: &[Span]) -> i64 {
    set.iter().map(|span| span.seconds()).sum()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0_i64..200, 1_i64..30), 0..12)
            .prop_map(|pairs| pairs.into_iter().filter_map(|(from, length)| Span::new(from, from + length)).collect())
    }

    fn seconds_of(spans: &[Span]) -> std::collections::BTreeSet<i64> {
        spans.iter().flat_map(|span| span.from..span.to).collect()
    }

    proptest! {
        #[test]
        fn a_union_has_every_second_once_and_gaps_between_its_spans(spans in spans()) {
            let set = union(spans.clone());
            prop_assert_eq!(seconds_of(&set), seconds_of(&spans));
            prop_assert_eq!(seconds(&set) as usize, seconds_of(&spans).len());
            prop_assert!(set.windows(2).all(|pair| pair[0].to < pair[1].from));
        }

        #[test]
        fn what_is_taken_away_is_gone_and_nothing_else(spans in spans(), taken in spans()) {
            let left = without(spans.clone(), taken.clone());
            let wanted: std::collections::BTreeSet<_> = &seconds_of(&spans) - &seconds_of(&taken);
            prop_assert_eq!(seconds_of(&left), wanted);
            prop_assert_eq!(seconds(&left) as usize, seconds_of(&left).len());
        }
    }
}
