//! The shell around the core: it has the clock, the sockets and the certificates.
//!
//! - [`shared`] is the core as many connections use it at a time, [`answers`] turns its answers into HTTP,
//!   [`audit`] records who wrote what, [`changes`] wakes the watches.
//! - [`https`] listens on loopback, with [`certificates`] of its own, [`head`] refuses what is no request;
//!   [`in_process`] is the same without sockets.

pub(crate) mod answers;
pub(crate) mod audit;
pub(crate) mod certificates;
pub(crate) mod changes;
mod head;
pub(crate) mod https;
pub(crate) mod in_process;
pub(crate) mod shared;
