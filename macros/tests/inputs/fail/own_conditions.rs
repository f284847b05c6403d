use myop::status;

#[status]
pub struct MyAppStatus {
    pub healthy: bool,
    pub conditions: Vec<String>,
    pub observed_generation: i64,
}

fn main() {
    let _ = MyAppStatus::default().conditions;
}
