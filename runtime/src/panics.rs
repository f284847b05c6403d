//! Panics in an author's functions: they fail what they were called for, and not the operator.

use std::{
    any::{Any, type_name},
    panic::{AssertUnwindSafe, catch_unwind},
};

use tracing::error;

use crate::object::{NamespacedName, Object, kind_of};

/// What `function` returns; none where it panics, which is logged as what happened to this `call`.
pub(crate) fn unless_it_panics<T>(
    call: impl FnOnce() -> String,
    function: impl FnOnce() -> T,
) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(function));
    result
        .inspect_err(|panic| error!("{} panicked: {}", call(), message_of(&**panic)))
        .ok()
}

/// The name of a function, and on what it was called.
pub(crate) fn call_of<F, K: Object>(object: Option<&K>) -> String {
    let object = object.map(NamespacedName::of);
    let name = object.map(|name| name.to_string()).unwrap_or_default();
    format!("{} on {} {name}", type_name::<F>(), kind_of::<K>())
}

/// What was said with a panic.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
