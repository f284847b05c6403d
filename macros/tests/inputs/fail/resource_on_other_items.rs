use myop::{resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub fn run() {}

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub type Name = String;

#[status]
pub enum Phase {
    Running,
}

#[status]
impl Phase {
    fn is_running(&self) -> bool {
        true
    }
}

fn main() {
    run();
    let _: Name = String::new();
    let _ = Phase::Running.is_running();
}
