//! Many users on a few threads: as many as the load profile says, until the run ends.

use std::{collections::HashMap, sync::Arc, thread, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    generator::LOOK_EVERY,
    load_profile::LoadProfile,
    metrics::{CountedUser, Counts, Results, Sample, ThreadMetrics},
    stalls::StallWatch,
    user::{Scenario, User},
};

/// How often users are added.
const TICK: Duration = Duration::from_millis(20);
/// How long users may take to stop.
const GRACE_PERIOD: Duration = Duration::from_secs(3);

/// A run.
pub(crate) struct UserPool {
    scenario: Arc<Scenario>,
    active_users: watch::Sender<usize>,
    metrics: Vec<Arc<ThreadMetrics>>,
    threads: Vec<thread::JoinHandle<()>>,
    stalls: Arc<StallWatch>,
    began: Instant,
}

impl UserPool {
    /// Starts threads without users. `scenario` is told where the number of active users comes from.
    pub(crate) fn new(
        scenario: impl FnOnce(watch::Receiver<usize>) -> Scenario,
        threads: usize,
    ) -> std::io::Result<Self> {
        let (active_users, receiver) = watch::channel(0);
        let began = Instant::now();
        let mut pool = Self {
            scenario: Arc::new(scenario(receiver)),
            active_users,
            metrics: Vec::new(),
            threads: Vec::new(),
            stalls: Arc::new(StallWatch::new(began)),
            began,
        };
        let names = pool.scenario.mix.names.len();
        for number in 0..threads {
            let metrics = Arc::new(ThreadMetrics::new(names, Arc::clone(&pool.stalls)));
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let thread = UserThread {
                scenario: Arc::clone(&pool.scenario),
                metrics: Arc::clone(&metrics),
                first: number,
                step: threads,
            };
            let builder = thread::Builder::new().name(format!("users-{number}"));
            pool.threads
                .push(builder.spawn(move || runtime.block_on(thread.run()))?);
            pool.metrics.push(metrics);
        }
        Ok(pool)
    }

    /// Plays until `stop` is ready, or all iterations are done. Calls `on_sample` about every second.
    pub(crate) async fn run(
        self,
        profile: watch::Receiver<LoadProfile>,
        stop: impl Future<Output = ()>,
        mut on_sample: impl FnMut(&Results),
    ) -> Results {
        let mut results = Results {
            think: self.scenario.mean_think(),
            ..Results::default()
        };
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut users = 0.0;
        let (mut last_tick, mut last_sample) = (self.began, self.began);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = ticks.tick() => {}
            }
            let now = Instant::now();
            let profile = *profile.borrow();
            users = if self.scenario.iterations.is_some() {
                profile.users as f64
            } else {
                profile.after(users, now.duration_since(last_tick).as_secs_f64())
            };
            last_tick = now;
            self.activate(users.ceil() as usize);
            if now.duration_since(last_sample) >= Duration::from_secs(1) {
                self.sample(&mut results, last_sample);
                last_sample = now;
                on_sample(&results);
            }
            if self.is_done() {
                break;
            }
        }
        self.count_missed(Instant::now());
        self.stop_users().await;
        let now = Instant::now();
        self.metrics.iter().for_each(|metrics| metrics.end(now));
        results.stalls = self.stalls.finish(now);
        self.sample(&mut results, last_sample);
        on_sample(&results);
        results
    }

    /// Whether all iterations are done, if there is an end to them.
    fn is_done(&self) -> bool {
        let mut threads = self.threads.iter();
        self.scenario.iterations.is_some() && threads.all(thread::JoinHandle::is_finished)
    }

    /// Counts the visits that were due by now and that nobody was free for.
    fn count_missed(&self, now: Instant) {
        let (Some(arrivals), Some(metrics)) = (&self.scenario.arrivals, self.metrics.first())
        else {
            return;
        };
        for (number, late) in arrivals.missed(now).enumerate() {
            let script = self.scenario.mix.script(number);
            let first = script.steps.first().map(|step| step.name);
            metrics.missed(first.unwrap_or_default(), late);
        }
    }

    async fn stop_users(&self) {
        self.activate(0);
        let deadline = Instant::now() + GRACE_PERIOD;
        let has_users = || self.metrics.iter().any(|metrics| metrics.gauges().0 > 0);
        while Instant::now() < deadline && has_users() {
            tokio::time::sleep(TICK).await;
        }
    }

    fn activate(&self, users: usize) {
        self.active_users
            .send_if_modified(|active| std::mem::replace(active, users) != users);
    }

    /// Adds what was measured since `since`.
    fn sample(&self, results: &mut Results, since: Instant) {
        let mut counts = Counts::default();
        let mut gauges = (0, 0);
        for metrics in &self.metrics {
            counts.add(metrics.take());
            let (users, connected) = metrics.gauges();
            gauges = (gauges.0 + users, gauges.1 + connected);
        }
        results.duration = self.began.elapsed();
        let seconds = since.elapsed().as_secs_f64();
        let mut sample = Sample::of(results.duration, seconds, &counts, gauges);
        sample.silence = self.stalls.silence(Instant::now()).as_secs_f64();
        results.timeline.push(sample);
        results.counts.add(counts);
    }
}

/// The users of one thread: every `step`th, from `first` on.
struct UserThread {
    scenario: Arc<Scenario>,
    metrics: Arc<ThreadMetrics>,
    first: usize,
    step: usize,
}

impl UserThread {
    async fn run(self) {
        let mut active_users = self.scenario.active_users.clone();
        let has_end = self.scenario.iterations.is_some();
        tokio::spawn(measure_lag(Arc::clone(&self.metrics)));
        let mut tasks: HashMap<usize, JoinHandle<()>> = HashMap::new();
        loop {
            let users = *active_users.borrow_and_update();
            for index in (self.first..users).step_by(self.step) {
                // A user that stopped may be active again; one that did all its iterations is done.
                let may_start = |task: &JoinHandle<()>| task.is_finished() && !has_end;
                if tasks.get(&index).is_none_or(may_start) {
                    tasks.insert(index, self.start(index));
                }
            }
            if has_end && users > 0 {
                for task in tasks.values_mut().filter(|task| !task.is_finished()) {
                    task.await.ok();
                }
                if !active_users.has_changed().unwrap_or_default() {
                    return;
                }
            } else if active_users.changed().await.is_err() {
                return;
            }
        }
    }

    fn start(&self, index: usize) -> JoinHandle<()> {
        // One that waits for a visit is not there yet.
        let has_arrivals = self.scenario.arrivals.is_some();
        let counted = (!has_arrivals).then(|| CountedUser::new(&self.metrics));
        let (scenario, metrics) = (Arc::clone(&self.scenario), Arc::clone(&self.metrics));
        let user = User::new(scenario, metrics, index);
        tokio::spawn(async move {
            let _counted = counted;
            user.play().await;
        })
    }
}

/// Looks again and again how late this thread is, which is how late everything on it is.
async fn measure_lag(metrics: Arc<ThreadMetrics>) {
    loop {
        let due = Instant::now() + LOOK_EVERY;
        tokio::time::sleep_until(due).await;
        metrics.lag(due.elapsed());
    }
}
