//! A part of the three texts.

/// The same part in the three texts. What is decided is alike in all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Three {
    pub(super) base: String,
    pub(super) ours: String,
    pub(super) theirs: String,
}

impl Three {
    pub(super) fn decided(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { base: text.clone(), ours: text.clone(), theirs: text }
    }

    pub(super) fn open(base: &str, ours: &str, theirs: &str) -> Self {
        Self { base: base.to_owned(), ours: ours.to_owned(), theirs: theirs.to_owned() }
    }

    /// Decided if only one side changed something.
    pub(super) fn trivial(base: &str, ours: &str, theirs: &str) -> Option<Self> {
        if ours == theirs || base == theirs {
            Some(Self::decided(ours))
        } else if base == ours {
            Some(Self::decided(theirs))
        } else {
            None
        }
    }

    pub(super) fn of(base: &str, ours: &str, theirs: &str) -> Self {
        Self::trivial(base, ours, theirs).unwrap_or_else(|| Self::open(base, ours, theirs))
    }

    pub(super) fn push(&mut self, next: &Self) {
        self.base.push_str(&next.base);
        self.ours.push_str(&next.ours);
        self.theirs.push_str(&next.theirs);
    }
}
