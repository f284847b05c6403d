//! Numbers.

use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "Number", namespaced)]
pub struct NumberSpec {
    #[schemars(range(min = 1))]
    pub at_least: i32,
    #[schemars(range(max = 10))]
    pub at_most: i64,
    #[schemars(range(min = 0), extend("exclusiveMinimum" = true))]
    pub above: i32,
    #[schemars(range(max = 100), extend("exclusiveMaximum" = true))]
    pub below: i32,
    #[schemars(extend("multipleOf" = 5))]
    pub step: i32,
    #[schemars(range(min = 1, max = 10))]
    pub between: i32,
}
