//! Jobs that run in the background.

pub struct Queue;

pub fn start() -> Queue {
<<<<<<< yours
    Queue::of_mine()
=======
    Queue
>>>>>>> template 1.0.0
}
