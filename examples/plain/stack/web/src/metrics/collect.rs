//! Numbers that are looked up when somebody reads them: of the process, and of its databases.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge, info::Info},
    registry::Registry,
};
use sqlx::PgPool;

use crate::logs;

pub(super) fn register(registry: &mut Registry, [name, version]: [&'static str; 2], pools: Pools) {
    let build = Info::new(vec![("name", name), ("version", version)]);
    registry.register("build", "What is running here", build);
    registry.register_collector(Box::new(Process {
        started: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs_f64(),
    }));
    registry.register_collector(Box::new(pools));
}

#[derive(Debug)]
struct Process {
    started: f64,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let started = encoder.encode_descriptor(
            "process_start_time_seconds",
            "When this process started, in seconds since 1970",
            None,
            MetricType::Gauge,
        )?;
        ConstGauge::new(self.started).encode(started)?;
        if let Some(bytes) = resident_bytes() {
            let memory = encoder.encode_descriptor(
                "process_resident_memory_bytes",
                "Memory of this process",
                None,
                MetricType::Gauge,
            )?;
            ConstGauge::new(bytes).encode(memory)?;
        }
        let dropped = encoder.encode_descriptor(
            "log_dropped_lines",
            "Lines of the log that were dropped, because it was not read fast enough",
            None,
            MetricType::Counter,
        )?;
        let lines = u64::try_from(logs::dropped_lines()).unwrap_or(u64::MAX);
        ConstCounter::new(lines).encode(dropped)?;
        Ok(())
    }
}

/// Only Linux has a file to read it from.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Pools of connections, each with the name of its database.
#[derive(Debug, Default)]
pub struct Pools(pub Vec<(&'static str, PgPool)>);

impl Collector for Pools {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut connections = encoder.encode_descriptor(
            "database_connections",
            "Connections of the pool, by database, in use or idle",
            None,
            MetricType::Gauge,
        )?;
        for (database, pool) in &self.0 {
            let idle = pool.num_idle();
            let used = usize::try_from(pool.size()).unwrap_or_default();
            let used = used.saturating_sub(idle);
            for (state, count) in [("idle", idle), ("used", used)] {
                let labels = [("database", *database), ("state", state)];
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                ConstGauge::new(count).encode(connections.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}
