use myop::status;

#[status(kind = "MyApp")]
pub struct MyAppStatus {
    pub healthy: bool,
}

#[status(conditions)]
pub struct OtherStatus {
    pub healthy: bool,
}

fn main() {
    let _ = MyAppStatus { healthy: true, ..MyAppStatus::default() };
    let _ = OtherStatus::default().conditions;
}
