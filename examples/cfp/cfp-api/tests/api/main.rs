//! The service as its clients meet it: every code and every body, over HTTP.

mod bodies;
mod disk;
mod ids;
mod page;
mod proposals;
mod running;
mod speakers;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
