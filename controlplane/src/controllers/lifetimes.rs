//! Events are gone an hour after they were written last (`--event-ttl` of kube-apiserver).

use jiff::{SignedDuration, Timestamp};

use super::{Again, Task, desk::Desk, feed::Change};
use crate::core::object::Key;

const OF_EVENTS: SignedDuration = SignedDuration::from_hours(1);

pub(crate) fn task(change: &Change, now: Timestamp) -> Option<(Task, Timestamp)> {
    let is_written = &*change.collection == "events" && change.after.is_some();
    let then = now.checked_add(OF_EVENTS).ok()?;
    is_written.then(|| (Task::Lifetime(change.key()), then))
}

/// Each write has put this off, so it is over now. It goes as a lease of etcd ends: nobody asks for it.
pub(crate) fn end(event: &Key, desk: &mut Desk<'_>) -> Again {
    desk.core.expire("events", event);
    Again::No
}
