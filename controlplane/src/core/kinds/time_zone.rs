//! The names of time zones, as Go's `time.LoadLocation` finds them.

/// Those of Go's own copy of the IANA database (`lib/time/zoneinfo.zip`), sorted.
const NAMES: &str = include_str!("time_zones.txt");

/// That there is no such time zone, in Go's words.
pub(super) fn find(name: &str) -> Result<(), String> {
    let is_outside = name.contains("..") || name.starts_with('/') || name.contains('\\');
    if matches!(name, "" | "UTC" | "Local") || NAMES.lines().any(|one| one == name) {
        Ok(())
    } else if is_outside {
        Err("time: invalid location name".into())
    } else {
        Err(format!("unknown time zone {name}"))
    }
}
