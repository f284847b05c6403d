use myop::{resource, status};

#[resource(group = "example.com", version = "v1", kind = "Twice")]
#[resource(group = "example.com", version = "v2", kind = "Twice")]
pub struct TwiceSpec {
    pub image: String,
}

#[resource(group = "example.com", version = "v1", kind = "Beside")]
#[kube(shortname = "bs")]
pub struct BesideSpec {
    pub image: String,
}

#[resource(group = "example.com", version = "v1", kind = "Both")]
#[myop::status]
pub struct BothSpec {
    pub image: String,
}

#[status]
#[status]
pub struct TwiceStatus {
    pub healthy: bool,
}

#[status]
#[resource(group = "example.com", version = "v1", kind = "Other")]
pub struct OtherStatus {
    pub healthy: bool,
}

fn main() {}
