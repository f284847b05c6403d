//! What docs/questions.md says of the runtime, shown on a real API server.
#![expect(
    unreachable_pub,
    reason = "kube's KubeSchema repeats a struct inside a function"
)]

mod apps;
mod budgets;
mod children;
mod document;
mod failing;
mod pace;
mod reads;
mod stage;
mod waking;

use myop_tests::runs;
