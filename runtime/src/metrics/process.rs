//! What the system says of this process, under the names of Prometheus' own clients. Nothing where there is no `/proc`.

use std::fs;

use super::{
    registry::{MetricError, Registry},
    text::{Sample, Type, float},
};

/// The unit of times in `/proc`, per second: what Linux shows to programs is the same on all machines (`USER_HZ`).
const TICKS: f64 = 100.0;

pub(super) fn register(registry: &Registry) -> Result<(), MetricError> {
    let read = |name, help, type_, value: fn() -> Option<f64>| {
        let sample = move || value().map(|value| Sample::new("", Vec::new(), value));
        registry.read(name, help, type_, move || sample().into_iter().collect())
    };
    read(
        "process_cpu_seconds_total",
        "Time that processors have spent on the process.",
        Type::Counter,
        cpu_seconds,
    )?;
    read(
        "process_resident_memory_bytes",
        "Memory that it has.",
        Type::Gauge,
        || memory("VmRSS:"),
    )?;
    read(
        "process_virtual_memory_bytes",
        "Memory that it has asked for.",
        Type::Gauge,
        || memory("VmSize:"),
    )?;
    read(
        "process_virtual_memory_max_bytes",
        "Memory that it may ask for.",
        Type::Gauge,
        || limit("Max address space"),
    )?;
    read(
        "process_network_receive_bytes_total",
        "Bytes that came in over its network, for whichever process.",
        Type::Counter,
        || network("InOctets"),
    )?;
    read(
        "process_network_transmit_bytes_total",
        "Bytes that went out over its network, from whichever process.",
        Type::Counter,
        || network("OutOctets"),
    )?;
    read(
        "process_open_fds",
        "Files and connections that it holds open.",
        Type::Gauge,
        || Some(float(fs::read_dir("/proc/self/fd").ok()?.count() as u64)),
    )?;
    read(
        "process_max_fds",
        "Files and connections that it may hold open.",
        Type::Gauge,
        || limit("Max open files"),
    )?;
    read(
        "process_start_time_seconds",
        "When it began, in seconds since 1970.",
        Type::Gauge,
        start_time,
    )
}

fn cpu_seconds() -> Option<f64> {
    let (user, system) = (stat(14)?, stat(15)?);
    Some((user + system) / TICKS)
}

fn start_time() -> Option<f64> {
    let of_machine = fs::read_to_string("/proc/stat").ok()?;
    let boot = of_machine
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?;
    Some(boot.parse::<f64>().ok()? + stat(22)? / TICKS)
}

/// A field of `/proc/self/stat`, numbered as in proc(5). The second is the program's name, in which there may be anything.
fn stat(number: usize) -> Option<f64> {
    let line = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, from_third) = line.rsplit_once(") ")?;
    from_third.split(' ').nth(number - 3)?.parse().ok()
}

fn memory(field: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: f64 = value.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// A limit of the process; in Go one that is none is the greatest number.
fn limit(name: &str) -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let limit = limits.lines().find_map(|line| line.strip_prefix(name))?;
    match limit.split_whitespace().next()? {
        "unlimited" => Some(float(u64::MAX)),
        number => number.parse().ok(),
    }
}

/// What the network of the process has counted: a line of names, and one of numbers.
fn network(name: &str) -> Option<f64> {
    let all = fs::read_to_string("/proc/self/net/netstat").ok()?;
    let mut lines = all.lines().filter(|line| line.starts_with("IpExt: "));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let mut pairs = names.split(' ').zip(numbers.split(' '));
    pairs.find(|pair| pair.0 == name)?.1.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_likely() {
        let (resident, all) = (memory("VmRSS:").unwrap(), memory("VmSize:").unwrap());
        assert!(1e5 < resident && resident <= all, "{resident} of {all}");
        assert!(cpu_seconds().unwrap() < 3600.0);
        assert!(limit("Max open files").unwrap() >= 16.0);
        assert!(network("InOctets").is_some());
        let started = start_time().unwrap();
        assert!(started > 1.7e9 && started % 1.0 < 1.0, "{started}");
    }
}
