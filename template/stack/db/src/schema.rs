//!x
///x
pub struct Schema;