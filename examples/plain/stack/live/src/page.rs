//! One page of one visitor: its components, what their hooks hold, and what is to be sent.
//!
//! Everything that belongs to a page runs in one task, one thing after another: handlers, effects, renderings. The lock
//! around [`Inner`] is held for moments in which no code of a user runs, so nothing can wait for itself.

mod boundary;
mod instance;
mod load;
mod rendering;

use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, Location},
    sync::Arc,
    task::Poll,
};

use futures_util::{
    FutureExt,
    future::{AbortHandle, Abortable, BoxFuture},
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, value::RawValue};
use tokio::{
    sync::{Notify, oneshot},
    time::timeout,
};

use crate::{
    Cx, Flash, Live, PageError, Visit, Window, broadcast::Mailbox, html, observer::ActiveWork,
    protocol::Reply, saved::SavedState, upload::IncomingUpload,
};

pub(crate) use load::{Load, LoadStatus, OwnedJob};

pub(crate) use instance::{HandlerEntry, HandlerKind, Instance, OnMessage, Save, Slot, stream_id};

pub(crate) type Render = Arc<dyn Fn(Cx) -> BoxFuture<'static, crate::Result> + Send + Sync>;
pub(crate) type AnyValue = Arc<dyn Any + Send + Sync>;
pub(crate) type JobFuture = BoxFuture<'static, Result<(), PageError>>;

/// A page. What changes is in [`Inner`].
pub(crate) struct Page {
    inner: Mutex<Inner>,
    pub live: Live,
    pub visit: Visit,
    /// Notified when there is something to render or to send.
    pub wake: Notify,
    /// Begins every placeholder in the markup, see [`html::place`].
    pub mark: String,
}

/// What a page consists of.
#[derive(Default)]
pub(crate) struct Inner {
    /// Boxed: a map keeps room for eleven.
    pub instances: BTreeMap<u32, Box<Instance>>,
    next_instance: u32,
    /// A page is rendered for the first time: what fails fails as a whole.
    pub mounting: bool,
    /// For all subscriptions of the page. `None` while HTML for a GET is rendered: nothing goes on after that.
    pub mailbox: Option<Mailbox>,
    pub url: Url,
    /// Who has read its query while rendering.
    pub query_readers: Vec<u32>,
    pub zone: Signal<Option<String>>,
    pub flash: Signal<Option<Flash>>,
    pub title: String,
    /// What the page has put into the head of the document, as HTML.
    pub head: String,
    /// Of the HTML that the browser has.
    pub version: u64,
    /// Some handler means something else now, even if the HTML reads the same.
    pub handlers_changed: bool,
    pub saved: BTreeMap<String, Vec<Box<RawValue>>>,
    /// What the browser shows of streams that are about to begin, by id.
    pub windows: BTreeMap<String, Window>,
    pub jobs: Vec<NewJob>,
    next_job: u64,
    pub outbox: Reply,
    pub navigate: Option<String>,
    pub calls: HashMap<u32, oneshot::Sender<Result<Value, String>>>,
    pub next_call: u32,
    pub next_tag: u32,
    pub uploads: HashMap<u32, IncomingUpload>,
    /// [`use_later`](crate::Cx::use_later) loads nothing: a connection will.
    pub leaves_out_later: bool,
    /// The number of the event whose handler has run just now.
    pub event: Option<u64>,
    /// The numbers of events that loads will answer.
    pub owed: Vec<u64>,
    /// The id of the work under way.
    pub work_id: Option<Box<str>>,
}

/// A value of the whole page, and who has read it while rendering.
#[derive(Default)]
pub(crate) struct Signal<T> {
    pub value: T,
    pub readers: Vec<u32>,
}

impl<T: PartialEq> Signal<T> {
    fn new(value: T) -> Self {
        Self {
            value,
            readers: Vec::new(),
        }
    }

    /// Sets the value, and returns who has to be rendered again because of it.
    pub(crate) fn set(&mut self, value: T) -> Vec<u32> {
        if self.value == value {
            return Vec::new();
        }
        self.value = value;
        self.readers.clone()
    }
}

/// Where the page is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Url {
    pub path: String,
    pub query: String,
    pub params: Vec<(String, String)>,
    /// That of the route.
    pub pattern: &'static str,
}

/// What a handler or an effect does beside the page.
#[derive(Default)]
pub(crate) struct Job {
    pub id: u64,
    /// The component that it ends with.
    pub owner: u32,
    /// The numbers of the events that are answered when it has ended.
    pub seqs: Vec<u64>,
    pub is_load: bool,
    /// The upload that it reads.
    pub upload: Option<u32>,
    pub work: Option<ActiveWork>,
}

/// A job on its way to the loop that runs it.
pub(crate) struct NewJob {
    pub job: Job,
    pub future: Abortable<JobFuture>,
}

impl Page {
    pub(crate) fn new(
        live: Live,
        visit: Visit,
        url: Url,
        saved: Option<SavedState>,
        mailbox: Option<Mailbox>,
    ) -> Arc<Self> {
        let saved = saved.unwrap_or_else(|| SavedState {
            zone: visit.zone.clone(),
            flash: visit.flash.clone(),
            ..SavedState::default()
        });
        Arc::new(Self {
            inner: Mutex::new(Inner {
                mailbox,
                url,
                zone: Signal::new(saved.zone),
                flash: Signal::new(saved.flash),
                saved: saved.components,
                next_call: 1,
                ..Inner::default()
            }),
            live,
            visit,
            wake: Notify::new(),
            mark: crate::random_hex(),
        })
    }

    /// No code of a user runs while this is held.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Puts the page that `render` makes in the place of what was there, and renders it. What still ran for the page
    /// before ends.
    pub(crate) async fn mount(
        self: &Arc<Self>,
        name: &'static str,
        render: Render,
    ) -> Result<(), PageError> {
        let root = {
            let mut inner = self.lock();
            let old = inner.unmount_all();
            inner.mounting = true;
            let root = inner.insert(String::new(), name, None, render, Arc::new(()));
            drop(inner);
            drop(old);
            root
        };
        self.render(root).await?;
        self.render_dirty().await?;
        self.lock().mounting = false;
        Ok(())
    }

    /// The outcome of a rendering, unless it takes too long.
    pub(crate) async fn in_time(
        &self,
        rendering: impl Future<Output = Result<(), PageError>>,
    ) -> Result<(), PageError> {
        let limit = self.live.limits().render_timeout;
        let too_long = |_| {
            Err(PageError::Panicked(
                "a page takes too long to render".into(),
            ))
        };
        timeout(limit, rendering).await.unwrap_or_else(too_long)
    }

    /// Renders one component, and those in it that have to. One that has to wait for what it loads stays as it is.
    pub(crate) fn render(self: &Arc<Self>, id: u32) -> BoxFuture<'_, Result<(), PageError>> {
        async move {
            loop {
                let published = self.live.hub().published();
                let Some(render) = self.lock().begin(id, published) else {
                    return Ok(());
                };
                let cx = Cx::new(Arc::clone(self), id);
                let mut work = AssertUnwindSafe(async move { render(cx).await })
                    .catch_unwind()
                    .boxed();
                let rendered = poll_fn(|context| match work.poll_unpin(context) {
                    Poll::Ready(rendered) => Poll::Ready(Some(rendered)),
                    Poll::Pending if self.lock().is_suspended(id) => Poll::Ready(None),
                    Poll::Pending => Poll::Pending,
                });
                let markup = match rendered.await {
                    Some(Ok(Ok(markup))) => markup.into_string(),
                    not_rendered => {
                        drop(work);
                        self.lock().abandon(id);
                        return match not_rendered {
                            Some(Ok(Err(error))) => Err(error),
                            Some(Err(panic)) => Err(PageError::panicked(&*panic)),
                            _ => Ok(()),
                        };
                    }
                };
                let pieces = html::pieces(&markup, &self.mark, self.live.interner());
                let (fits, gone) = self.lock().finish(id, pieces);
                // Values of users are dropped without the lock.
                drop(gone);
                if fits {
                    return Ok(());
                }
            }
        }
        .boxed()
    }

    /// Renders what is dirty until nothing is.
    pub(crate) async fn render_dirty(self: &Arc<Self>) -> Result<(), PageError> {
        const MAX_RENDERINGS: u32 = 50;
        let mut renderings = HashMap::new();
        loop {
            let dirty = self.lock().first_dirty();
            let Some(id) = dirty else {
                return Ok(());
            };
            let count = renderings.entry(id).or_insert(0);
            if *count == MAX_RENDERINGS {
                return Err(PageError::Panicked(
                    "a component changes its own state each time it is rendered".into(),
                ));
            }
            *count += 1;
            self.render_bounded(id).await?;
        }
    }
}

impl Inner {
    /// What the hook at `slot` of the component `id` holds.
    pub(crate) fn slot(&mut self, id: u32, slot: usize) -> Option<&mut Slot> {
        self.instances.get_mut(&id)?.slots.get_mut(slot)
    }

    /// The component `id`, which is being rendered.
    pub(crate) fn rendering(&mut self, id: u32) -> &mut Instance {
        self.instances
            .get_mut(&id)
            .expect("a component is there while it is rendered")
    }

    pub(crate) fn insert(
        &mut self,
        path: String,
        name: &'static str,
        parent: Option<u32>,
        render: Render,
        props: AnyValue,
    ) -> u32 {
        let id = self.next_instance;
        self.next_instance += 1;
        let restored = self.saved.remove(&path);
        // An empty map keeps half a kilobyte.
        if self.saved.is_empty() {
            self.saved = BTreeMap::new();
        }
        self.instances.insert(
            id,
            Box::new(Instance {
                path: path.into(),
                name,
                parent,
                render,
                props,
                slots: Vec::new(),
                cursor: 0,
                children: Vec::new(),
                rendered_children: Vec::new(),
                begun: 0,
                handlers: Vec::new(),
                new_handlers: Vec::new(),
                html: Box::new([]),
                dirty: true,
                suspended: false,
                awaited: false,
                restored,
                failed: None,
                jobs: Vec::new(),
            }),
        );
        id
    }

    /// The state of all components, to be signed.
    pub(crate) fn save(&self, expires: u64) -> SavedState {
        let mut components = BTreeMap::new();
        for instance in self.instances.values() {
            if let Some(states) = instance.saved_states() {
                components.insert(instance.path.to_string(), states);
            }
        }
        SavedState {
            expires,
            zone: self.zone.value.clone(),
            flash: self.flash.value.clone(),
            components,
        }
    }

    /// The handler that `id` names in the browser, with its component and where it was made, if it still means the
    /// same as when the browser was sent `version`.
    pub(crate) fn handler(
        &self,
        id: &str,
        version: u64,
    ) -> Option<(u32, &'static Location<'static>, HandlerKind)> {
        self.instances.iter().find_map(|(at, instance)| {
            let entry = instance.handlers.iter().find(|entry| *entry.id == *id)?;
            (entry.since <= version).then(|| (*at, entry.site, entry.run.clone()))
        })
    }

    /// The subscription with this tag: its component, and its handler.
    pub(crate) fn subscription(&self, wanted: u32) -> Option<(u32, OnMessage)> {
        self.instances.iter().find_map(|(at, instance)| {
            instance.slots.iter().find_map(|slot| match slot {
                Slot::Subscription { tag, handle, .. } if *tag == wanted => {
                    Some((*at, Arc::clone(handle)))
                }
                _ => None,
            })
        })
    }

    /// Hands a future to the loop. It ends with its component.
    pub(crate) fn spawn(&mut self, mut job: Job, future: JobFuture) -> AbortHandle {
        let (handle, registration) = AbortHandle::new_pair();
        job.id = self.next_job;
        self.next_job += 1;
        if let Some(instance) = self.instances.get_mut(&job.owner) {
            instance.jobs.push((job.id, handle.clone()));
        }
        let future = Abortable::new(future, registration);
        self.jobs.push(NewJob { job, future });
        handle
    }

    /// A job has ended.
    pub(crate) fn finished(&mut self, job: &Job) {
        self.owed.retain(|seq| !job.seqs.contains(seq));
        if let Some(instance) = self.instances.get_mut(&job.owner) {
            instance.jobs.retain(|(id, _)| *id != job.id);
        }
    }
}
