//! Hooks for what has to be waited for.

use std::{any::type_name, future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures_util::{
    FutureExt,
    future::{BoxFuture, pending, ready},
};
use tokio::time::timeout;

use super::Cx;
use crate::{
    Ctx, Later, Loaded, PageError, Reload, html,
    page::{AnyValue, Job, Load, LoadStatus, OwnedJob, Slot},
};

/// What a slot holds, for the `deps` of this rendering.
struct Held<T> {
    /// The last value, and whether it is of these `deps`.
    value: Option<Arc<T>>,
    fits: bool,
    status: Status,
}

enum Status {
    /// There is nothing for these `deps`, or something that is out of date.
    Missing,
    Running,
    Done,
    Failed(Option<PageError>),
}

type Fetch<T> = BoxFuture<'static, Result<Arc<T>, PageError>>;

impl Cx {
    /// What `fetch` loads, and loads again when `deps` change or [`Reload`] asks for it. The first HTML waits for it.
    /// Later the component stays as it is until the new value is there, and everything else of the page goes on; a newer
    /// load ends the older one.
    ///
    /// # Errors
    /// Those of `fetch`, which are the component's then.
    pub async fn use_load<D, T, E, F, Fut>(&self, deps: D, fetch: F) -> Result<Loaded<T>, PageError>
    where
        D: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
        PageError: From<E>,
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let (slot, held) = self.held::<D, T>(&deps);
        let value = match (held.status, held.value) {
            (Status::Done, Some(value)) => value,
            (Status::Running, _) => self.suspend().await,
            (Status::Failed(Some(error)), _) => return Err(error),
            (_, old) => {
                let fetch = fetch(self.ctx());
                let mut load: Fetch<T> = async move { Ok(Arc::new(fetch.await?)) }.boxed();
                // Nobody has seen the page yet, so it is waited for.
                let is_first = self.page.lock().mounting;
                let loaded = match is_first {
                    true => Some(load.as_mut().await),
                    false => (&mut load).now_or_never(),
                };
                match loaded {
                    Some(loaded) => {
                        let value = loaded?;
                        self.put_value(slot, deps, Arc::clone(&value));
                        value
                    }
                    None => {
                        self.begin_load(slot, deps, old, held.fits, load, false);
                        self.suspend().await
                    }
                }
            }
        };
        let reload = self.reload_of(slot);
        Ok(Loaded { value, reload })
    }

    /// What `fetch` loads beside the page, which shows something else in its place until then: see [`Later::show`]. Loaded
    /// again when `deps` change or [`Reload`] asks for it; a newer load ends the older one.
    ///
    /// For a browser without a script the first HTML ends where the part begins, and goes on when the part is there.
    pub fn use_later<D, T, E, F, Fut>(&self, deps: D, fetch: F) -> Later<T>
    where
        D: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
        PageError: From<E>,
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let (slot, mut held) = self.held::<D, T>(&deps);
        if matches!(held.status, Status::Missing) {
            let fetch = fetch(self.ctx());
            let mut load: Fetch<T> = async move { Ok(Arc::new(fetch.await?)) }.boxed();
            if self.page.lock().leaves_out_later {
                let status = LoadStatus::Running {
                    _job: OwnedJob(None),
                };
                self.put_load::<D, T>(slot, deps, None, false, status);
            } else {
                let old = held.value.clone();
                match (&mut load).now_or_never() {
                    Some(Ok(value)) => {
                        self.put_value(slot, deps, Arc::clone(&value));
                        (held.value, held.fits) = (Some(value), true);
                    }
                    Some(Err(error)) => {
                        let failed: Fetch<T> = ready(Err(error)).boxed();
                        self.begin_load(slot, deps, old, held.fits, failed, true);
                    }
                    None => {
                        self.begin_load(slot, deps, old, held.fits, load, true);
                    }
                }
            }
        }
        Later {
            has_failed: matches!(held.status, Status::Failed(_)),
            value: held.value.clone().filter(|_| held.fits),
            last: held.value,
            reload: self.reload_of(slot),
            place: html::place(&self.page.mark, 'l', slot),
        }
    }

    fn reload_of(&self, slot: usize) -> Reload {
        Reload {
            component: self.component,
            slot,
        }
    }

    /// The next hook, as far as it fits `deps`.
    fn held<D: PartialEq + 'static, T: Send + Sync + 'static>(&self, deps: &D) -> (usize, Held<T>) {
        let (slot, held) = self.next_slot(|held| match held {
            Slot::Load(load) if load.kind == type_name::<T>() => {
                let status = match &mut load.status {
                    LoadStatus::Running { .. } => Status::Running,
                    LoadStatus::Done => Status::Done,
                    LoadStatus::Failed(error) => Status::Failed(error.take()),
                    LoadStatus::Stale => Status::Missing,
                };
                Some((
                    Arc::clone(&load.deps),
                    load.value.clone(),
                    load.fits,
                    status,
                ))
            }
            _ => None,
        });
        let (mut value, mut fits, mut status) = (None, false, Status::Missing);
        if let Some((known, any, same_deps, how_far)) = held {
            value = any.and_then(|any| any.downcast().ok());
            // Compared without the lock: it is code of a user.
            if known.downcast_ref::<D>() == Some(deps) {
                (fits, status) = (same_deps, how_far);
            }
        }
        let held = Held {
            value,
            fits,
            status,
        };
        (slot, held)
    }

    /// Runs `load` beside the page. The event under way is answered in full when it has ended, unless it `is_later`.
    fn begin_load<D: Send + Sync + 'static, T: Send + Sync + 'static>(
        &self,
        slot: usize,
        deps: D,
        old: Option<Arc<T>>,
        fits: bool,
        load: Fetch<T>,
        is_later: bool,
    ) {
        let (page, component) = (Arc::clone(&self.page), self.component);
        let limit = page.live.limits().render_timeout;
        let work = async move {
            let outcome = match timeout(limit, AssertUnwindSafe(load).catch_unwind()).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(panic)) => Err(PageError::panicked(&*panic)),
                Err(_) => Err(PageError::Panicked("a page takes too long to load".into())),
            };
            page.loaded(
                component,
                slot,
                outcome.map(|value| value as AnyValue),
                is_later,
            )
        };
        let job = {
            let mut inner = self.page.lock();
            let job = Job {
                owner: component,
                // What is shown instead of a later part is the answer.
                seqs: match is_later {
                    true => Vec::new(),
                    false => inner.owe(),
                },
                is_load: true,
                ..Job::default()
            };
            inner.spawn(job, work.boxed())
        };
        let status = LoadStatus::Running {
            _job: OwnedJob(Some(job)),
        };
        self.put_load(slot, deps, old, fits, status);
    }

    fn put_value<D, T>(&self, slot: usize, deps: D, value: Arc<T>)
    where
        D: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        self.put_load(slot, deps, Some(value), true, LoadStatus::Done);
    }

    fn put_load<D, T>(
        &self,
        slot: usize,
        deps: D,
        value: Option<Arc<T>>,
        fits: bool,
        status: LoadStatus,
    ) where
        D: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let load = Load {
            deps: Arc::new(deps),
            kind: type_name::<T>(),
            value: value.map(|value| value as AnyValue),
            fits,
            status,
        };
        self.put(slot, Slot::Load(Box::new(load)));
    }

    /// The component stays as it is: this rendering is given up, and begins anew when something has been loaded.
    pub(super) async fn suspend<T>(&self) -> T {
        self.page.lock().rendering(self.component).suspended = true;
        pending().await
    }
}
