//! Many users: how many there are, on which threads, and for how long.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    metrics::{Counts, Moment, Share},
    user::{Scene, User},
};

/// How often users are added.
const TICK: Duration = Duration::from_millis(20);
/// How long users may take to go home.
const PARTING: Duration = Duration::from_secs(3);

/// What is wanted; may change while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    /// How many users.
    pub users: usize,
    /// How many more, or fewer, in a second.
    pub ramp: f64,
}

/// A run that goes on.
pub(crate) struct Crowd {
    scene: Arc<Scene>,
    wanted: watch::Sender<usize>,
    shares: Vec<Arc<Share>>,
    threads: Vec<std::thread::JoinHandle<()>>,
    began: Instant,
}

/// What has come of a run.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// All of it.
    pub counts: Counts,
    /// Second by second.
    pub moments: Vec<Moment>,
    /// How long it took.
    pub took: Duration,
}

impl Crowd {
    /// Threads that wait for users.
    pub(crate) fn new(
        scene: impl FnOnce(watch::Receiver<usize>) -> Scene,
        threads: usize,
    ) -> std::io::Result<Self> {
        let (wanted, receiver) = watch::channel(0);
        let scene = Arc::new(scene(receiver));
        let (mut shares, mut handles) = (Vec::new(), Vec::new());
        for number in 0..threads {
            let share = Arc::new(Share::new(scene.script.names.len()));
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let (scene, mine) = (Arc::clone(&scene), Arc::clone(&share));
            let thread = std::thread::Builder::new().name(format!("users-{number}"));
            handles.push(
                thread.spawn(move || runtime.block_on(keep(&scene, &mine, number, threads)))?,
            );
            shares.push(share);
        }
        Ok(Self {
            scene,
            wanted,
            shares,
            threads: handles,
            began: Instant::now(),
        })
    }

    /// Plays until `stop` is ready, or nobody is left of those who had so many rounds to play. Calls `each` about every
    /// second.
    pub(crate) async fn run(
        self,
        aim: watch::Receiver<Aim>,
        stop: impl Future<Output = ()>,
        mut each: impl FnMut(&Measured),
    ) -> Measured {
        let mut measured = Measured::default();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut here, mut last_tick, mut last_moment) = (0.0_f64, Instant::now(), Instant::now());
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = ticks.tick() => {}
            }
            let now = Instant::now();
            let Aim { users, ramp } = *aim.borrow();
            let step = ramp * now.duration_since(last_tick).as_secs_f64();
            last_tick = now;
            let wanted = users as f64;
            here = if self.scene.rounds.is_some() {
                wanted
            } else if here < wanted {
                (here + step).min(wanted)
            } else {
                (here - step).max(wanted)
            };
            self.want(here.ceil() as usize);
            if now.duration_since(last_moment) >= Duration::from_secs(1) {
                self.measure(&mut measured, last_moment);
                last_moment = now;
                each(&measured);
            }
            let over = self.scene.rounds.is_some()
                && here >= wanted
                && self
                    .threads
                    .iter()
                    .all(std::thread::JoinHandle::is_finished);
            if over {
                break;
            }
        }
        self.want(0);
        let deadline = Instant::now() + PARTING;
        while Instant::now() < deadline && self.shares.iter().any(|share| share.gauges().0 > 0) {
            tokio::time::sleep(TICK).await;
        }
        self.measure(&mut measured, last_moment);
        each(&measured);
        measured
    }

    fn want(&self, users: usize) {
        self.wanted
            .send_if_modified(|wanted| std::mem::replace(wanted, users) != users);
    }

    fn measure(&self, measured: &mut Measured, since: Instant) {
        let mut second = Counts::default();
        let mut gauges = (0, 0);
        for share in &self.shares {
            second.add(share.take());
            let (users, connected) = share.gauges();
            gauges = (gauges.0 + users, gauges.1 + connected);
        }
        measured.took = self.began.elapsed();
        let moment = Moment::of(
            measured.took,
            since.elapsed().as_secs_f64(),
            &second,
            gauges,
        );
        measured.moments.push(moment);
        measured.counts.add(second);
    }
}

/// Keeps this thread's part of the users: each `threads`th, from `number` on.
async fn keep(scene: &Arc<Scene>, share: &Arc<Share>, number: usize, threads: usize) {
    let mut wanted = scene.wanted.clone();
    let mut there: HashMap<usize, JoinHandle<()>> = HashMap::new();
    loop {
        let users = *wanted.borrow_and_update();
        for user in (number..users).step_by(threads) {
            // Who has played all their rounds is done; who went home comes back.
            if there
                .get(&user)
                .is_none_or(|task| task.is_finished() && scene.rounds.is_none())
            {
                there.insert(user, begin(scene, share, user));
            }
        }
        let everybody_is_done = async {
            for task in there.values_mut().filter(|task| !task.is_finished()) {
                task.await.ok();
            }
        };
        if scene.rounds.is_some() && users > 0 {
            everybody_is_done.await;
            if !wanted.has_changed().unwrap_or_default() {
                return;
            }
        } else if wanted.changed().await.is_err() {
            return;
        }
    }
}

fn begin(scene: &Arc<Scene>, share: &Arc<Share>, number: usize) -> JoinHandle<()> {
    let here = Here::new(share);
    let user = User::new(Arc::clone(scene), Arc::clone(share), number);
    tokio::spawn(async move {
        let _here = here;
        user.play().await;
    })
}

/// Counts as a user until it is dropped.
struct Here(Arc<Share>);

impl Here {
    fn new(share: &Arc<Share>) -> Self {
        share.users.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(share))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.users.fetch_sub(1, Ordering::Relaxed);
    }
}
