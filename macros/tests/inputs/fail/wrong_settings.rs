use std::time::Duration;

use myop::{Controller, order, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp, queue = "name")]
pub struct QueueController;

#[derive(Controller)]
#[controller(reconciles = MyApp, queue = order::ByNam)]
pub struct OrderController;

#[derive(Controller)]
#[controller(reconciles = MyApp, backoff = Duration::from_secs(5))]
pub struct BackoffController;

#[derive(Controller)]
#[controller(reconciles = MyApp, reconcile_timeout = 30)]
pub struct TimeoutController;

fn main() {}
