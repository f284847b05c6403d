//! The API server in trouble: the operator goes on by itself, without a storm and without a silent stall.

mod answers;
mod embedded;
mod eviction;
mod server;
mod stage;
mod watches;
