//! Where a list stands.

/// Where a list stands, and so what is an item in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Rust: a module, an `impl`, a trait.
    Items,
    /// Rust: a struct or an enum, or a value of one.
    Fields,
    /// Rust: between square brackets.
    Elements,
    /// Rust: links of a navigation in markup.
    Links,
    /// Rust: what is run, where order counts.
    Code,
    /// YAML: what stands below this key.
    Below(String),
    Markdown,
    Environment,
    Patterns,
    /// Nothing that can be taken apart.
    Whole,
}
