//! Numbers, texts, flags.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Integers")]
pub struct IntegersSpec {
    pub i8: i8,
    pub i16: i16,
    pub i32: i32,
    pub i64: i64,
    pub i128: i128,
    pub isize: isize,
    pub u8: u8,
    pub u16: u16,
    pub u32: u32,
    pub u64: u64,
    pub u128: u128,
    pub usize: usize,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "OptionalIntegers")]
pub struct OptionalIntegersSpec {
    pub i8: Option<i8>,
    pub i64: Option<i64>,
    pub u8: Option<u8>,
    pub u32: Option<u32>,
    pub usize: Option<usize>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Scalars")]
pub struct ScalarsSpec {
    pub f32: f32,
    pub f64: f64,
    pub flag: bool,
    pub letter: char,
    pub text: String,
    pub boxed: Box<str>,
    pub optional_float: Option<f64>,
    pub optional_flag: Option<bool>,
    pub optional_letter: Option<char>,
    pub optional_text: Option<String>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NonZeros")]
pub struct NonZerosSpec {
    pub u8: std::num::NonZeroU8,
    pub u16: std::num::NonZeroU16,
    pub u32: std::num::NonZeroU32,
    pub u64: std::num::NonZeroU64,
    pub u128: std::num::NonZeroU128,
    pub usize: std::num::NonZeroUsize,
    pub i8: std::num::NonZeroI8,
    pub i32: std::num::NonZeroI32,
    pub i64: std::num::NonZeroI64,
    pub generic: std::num::NonZero<u32>,
    pub optional: Option<std::num::NonZeroU16>,
    pub optional_signed: Option<std::num::NonZeroI32>,
}

#[derive(CustomResource, Serialize, Deserialize, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Atomics")]
pub struct AtomicsSpec {
    pub flag: std::sync::atomic::AtomicBool,
    pub number: std::sync::atomic::AtomicU32,
    pub large: std::sync::atomic::AtomicI64,
}

impl Clone for AtomicsSpec {
    fn clone(&self) -> Self {
        unimplemented!("atomics have no copies")
    }
}

kinds![Integers, OptionalIntegers, Scalars, NonZeros, Atomics];
