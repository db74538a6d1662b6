//! Jobs that run in the background.

pub struct Queue;

pub fn start() -> Queue {
    Queue
}
