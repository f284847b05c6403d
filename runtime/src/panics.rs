//! Panics in an author's functions: they fail what they were called for, and not the operator.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tracing::error;

/// What `function` returns; none where it panics, which is logged with its name.
pub(crate) fn unless_it_panics<T>(
    name: impl FnOnce() -> String,
    function: impl FnOnce() -> T,
) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(function));
    result
        .inspect_err(|panic| error!("{} panicked: {}", name(), message_of(&**panic)))
        .ok()
}

/// What was said with a panic.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
