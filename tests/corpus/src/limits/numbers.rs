//! `range`.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const LEAST: i32 = -5;

pub mod bounds {
    pub const MOST: u16 = 30_000;
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Ranges")]
pub struct RangesSpec {
    #[schemars(range(min = 1, max = 10))]
    pub both: i32,
    #[schemars(range(min = 1))]
    pub least: i64,
    #[schemars(range(max = 10))]
    pub most: u32,
    #[schemars(range(min = -10, max = -1))]
    pub negative: i32,
    #[schemars(range(min = 0.5, max = 1.5))]
    pub float: f64,
    #[schemars(range(min = 0.1_f32))]
    pub single: f32,
    #[schemars(range(min = LEAST, max = bounds::MOST))]
    pub constants: i32,
    #[schemars(range(min = "LEAST", max = "10"))]
    pub quoted: i32,
    #[schemars(range(min = 1, max = 10))]
    pub optional: Option<i32>,
    /// Over the limits of the type.
    #[schemars(range(min = 1, max = 100))]
    pub byte: u8,
    #[schemars(range(min = 1))]
    pub port: u16,
    #[schemars(range(min = 1_000, max = 0x7fff_ffff))]
    pub written_otherwise: i32,
    #[schemars(range(max = u32::MAX))]
    pub by_the_type: u32,
    #[schemars(range(equal = 7))]
    pub exact: i32,
    #[schemars(range(max = 18_446_744_073_709_551_615_u64))]
    pub largest: u64,
    /// Not a number.
    #[schemars(range(min = 1))]
    pub text: String,
    #[schemars(range(min = 1))]
    pub list: Vec<u8>,
    #[schemars(range(min = 1))]
    pub newtype: Newtype,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Newtype(#[schemars(range(max = 9))] pub u8);

kinds![Ranges];
