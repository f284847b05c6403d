//! The commands that go on until Ctrl-C, as somebody uses them.

mod cluster;
mod demo;
mod dev;
mod place;
