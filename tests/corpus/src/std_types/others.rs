//! Times, paths, addresses, ranges, results.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Times")]
pub struct TimesSpec {
    pub duration: std::time::Duration,
    pub core_duration: core::time::Duration,
    pub optional: Option<std::time::Duration>,
    pub time: std::time::SystemTime,
    /// Words.
    pub documented: Option<std::time::Duration>,
    pub kubes: kube::core::Duration,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Addresses")]
pub struct AddressesSpec {
    pub ip: std::net::IpAddr,
    pub v4: std::net::Ipv4Addr,
    pub v6: std::net::Ipv6Addr,
    pub socket: std::net::SocketAddr,
    pub socket_v4: std::net::SocketAddrV4,
    pub socket_v6: std::net::SocketAddrV6,
    pub optional: Option<std::net::IpAddr>,
    pub path: std::path::PathBuf,
    pub optional_path: Option<std::path::PathBuf>,
    pub boxed_path: Box<std::path::Path>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RangesOfStd")]
pub struct RangesOfStdSpec {
    pub range: std::ops::Range<u8>,
    pub inclusive: std::ops::RangeInclusive<i32>,
    pub optional: Option<std::ops::Range<u8>>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Results")]
pub struct ResultsSpec {
    pub result: Result<String, u8>,
    pub optional: Option<Result<String, u8>>,
    pub os_string: std::ffi::OsString,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Nothing")]
pub struct NothingSpec {
    pub unit: (),
    pub structure: Unit,
    pub optional: Option<()>,
    pub list: Vec<()>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Unit;

kinds![Times, Addresses, RangesOfStd, Results, Nothing];
