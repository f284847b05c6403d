//! CEL rules and merge strategies: `#[x_kube(...)]` of `KubeSchema`.

pub mod cel;
pub mod merging;
