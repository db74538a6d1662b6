//! How many users there shall be, and how quickly they come.

/// The load that is wanted. It may change during a run, on the control page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadProfile {
    /// How many users.
    pub users: usize,
    /// How many users start, or stop, in a second until that number is reached.
    pub ramp: f64,
}

impl LoadProfile {
    /// How many users there are after `seconds` with `current` of them at the beginning.
    pub fn after(&self, current: f64, seconds: f64) -> f64 {
        let (wanted, change) = (self.users as f64, self.ramp * seconds);
        if current < wanted {
            (current + change).min(wanted)
        } else {
            (current - change).max(wanted)
        }
    }
}
