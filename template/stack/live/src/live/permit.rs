//! What visitors and addresses use: connections, messages, uploads.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use super::{Limits, Live, Visit, budget::Budget, visitor_key};
use crate::parts::PART_BYTES;

/// Everything that is used.
#[derive(Default)]
pub(super) struct Usage {
    connections: usize,
    upload_windows: usize,
    clients: HashMap<Client, ClientUsage>,
    /// How many clients there were when those that use nothing were removed.
    kept: usize,
}

/// Who uses something.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Client {
    Visitor([u8; 16]),
    Address(IpAddr),
}

/// What a client uses. Kept after its last connection, until the budgets are full again: else a client would get new
/// ones by connecting again.
struct ClientUsage {
    connections: usize,
    upload_windows: usize,
    events: Budget,
    upload_bytes: Budget,
}

/// How far the browser may be ahead in an upload. One of more than a part is counted, until this is dropped.
pub(crate) struct UploadWindow(Option<Arc<ConnectionPermit>>);

/// A connection that is counted, until this is dropped, and the budgets that it shares with others.
pub(crate) struct ConnectionPermit {
    live: Live,
    clients: Vec<Client>,
}

impl Live {
    /// A permit for a new connection; `None` if there are too many.
    pub(crate) fn admit(&self, visit: &Visit) -> Option<ConnectionPermit> {
        let limits = self.limits();
        let visitor = Client::Visitor(visitor_key(&visit.secret));
        let address = visit
            .address
            .map(|address| Client::Address(network(address)));
        let clients: Vec<Client> = [visitor].into_iter().chain(address).collect();
        let mut usage = self.0.usage.lock();
        let full = |client: &Client| {
            let used = usage.clients.get(client).map_or(0, |used| used.connections);
            used >= client.most_connections(limits)
        };
        if usage.connections >= limits.connections || clients.iter().any(full) {
            return None;
        }
        usage.forget_idle();
        usage.connections += 1;
        for client in &clients {
            let used = usage.clients.entry(*client);
            let new = || ClientUsage::new(*client, limits);
            used.or_insert_with(new).connections += 1;
        }
        drop(usage);
        Some(ConnectionPermit {
            live: self.clone(),
            clients,
        })
    }

    pub(super) fn has_connections(&self) -> bool {
        self.0.usage.lock().connections > 0
    }
{%- if stack_tests %}

    #[cfg(test)]
    pub(crate) fn known_clients(&self) -> usize {
        self.0.usage.lock().clients.len()
    }
{%- endif %}
}

impl ConnectionPermit {
    /// Takes what a message costs from the budgets of visitor and address, and returns how long it has to wait.
    pub(crate) fn spend(&self, cost: u32) -> Duration {
        self.wait(|used| used.events.borrow(cost))
    }

    /// The same for a part of an upload. A short one costs as much as a whole one, so that nobody gains by them.
    pub(crate) fn spend_part(&self, bytes: usize) -> Duration {
        let cost = u32::try_from(bytes.max(PART_BYTES)).unwrap_or(u32::MAX);
        self.wait(|used| used.upload_bytes.borrow(cost))
    }

    /// A window for an upload; of one part, if others have too many already.
    pub(crate) fn upload_window(self: &Arc<Self>) -> UploadWindow {
        let most = self.live.limits().upload_windows;
        let mut usage = self.live.0.usage.lock();
        let full = self.clients.iter().any(|client| {
            let used = usage.clients.get(client);
            used.is_some_and(|used| used.upload_windows >= most.div_ceil(4))
        });
        if full || usage.upload_windows >= most {
            return UploadWindow::narrow();
        }
        self.count_windows(&mut usage, |count| *count += 1);
        UploadWindow(Some(Arc::clone(self)))
    }

    fn count_windows(&self, usage: &mut Usage, count: impl Fn(&mut usize)) {
        count(&mut usage.upload_windows);
        for client in &self.clients {
            if let Some(used) = usage.clients.get_mut(client) {
                count(&mut used.upload_windows);
            }
        }
    }

    fn wait(&self, mut take: impl FnMut(&mut ClientUsage) -> Duration) -> Duration {
        let mut usage = self.live.0.usage.lock();
        let waits = |client| usage.clients.get_mut(client).map(&mut take);
        let waits = self.clients.iter().filter_map(waits);
        waits.max().unwrap_or_default()
    }
}

impl UploadWindow {
    pub(crate) const fn narrow() -> Self {
        Self(None)
    }

    pub(crate) fn bytes(&self) -> usize {
        match &self.0 {
            Some(permit) => permit.live.limits().upload_window.max(PART_BYTES),
            None => PART_BYTES,
        }
    }
}

impl Drop for UploadWindow {
    fn drop(&mut self) {
        if let Some(permit) = &self.0 {
            permit.count_windows(&mut permit.live.0.usage.lock(), |count| *count -= 1);
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut usage = self.live.0.usage.lock();
        usage.connections -= 1;
        for client in &self.clients {
            if let Some(used) = usage.clients.get_mut(client) {
                used.connections -= 1;
            }
        }
    }
}

impl Usage {
    /// Removes clients that use nothing, each time that there are twice as many as after the last time.
    fn forget_idle(&mut self) {
        if self.clients.len() < 2 * self.kept + 1_000 {
            return;
        }
        self.clients.retain(|_, used| !used.is_idle());
        self.kept = self.clients.len();
    }
}

impl Client {
    fn most_connections(self, limits: &Limits) -> usize {
        match self {
            Self::Visitor(_) => limits.connections_per_visitor,
            Self::Address(_) => limits.connections_per_address,
        }
    }
}

impl ClientUsage {
    fn new(client: Client, limits: &Limits) -> Self {
        let (events, upload_bytes) = match client {
            Client::Visitor(_) => (limits.events_per_visitor, limits.upload_bytes_per_visitor),
            Client::Address(_) => (limits.events_per_address, limits.upload_bytes_per_address),
        };
        Self {
            connections: 0,
            upload_windows: 0,
            events: Budget::new(events),
            upload_bytes: Budget::new(upload_bytes),
        }
    }

    fn is_idle(&mut self) -> bool {
        self.connections == 0 && self.events.is_full() && self.upload_bytes.is_full()
    }
}

/// What one client can choose its address from: a single one of IPv4, 64 bits of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}
