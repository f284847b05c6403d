//! Metrics: their names, their numbers, and who may read them.

mod endpoint;
mod names;
mod numbers;
mod operator;
