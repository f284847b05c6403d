//! Values that are nested deeply: what they take of the stack, and how deep they may be.
//!
//! Whatever walks a value calls itself for what is in it. So there is one limit to what is read from outside, and
//! whoever lets the [core](crate::Core) work gives it a stack on which that much can be walked.

use std::{
    cell::Cell,
    ops::{Deref, DerefMut},
};

use corosensei::{on_stack, stack::DefaultStack};
use serde::Deserialize;
use serde_json::Value;

/// How deeply JSON and YAML may be nested: the limit of Go's `encoding/json` and of its YAML.
pub(crate) const DEEPEST: usize = 10_000;

/// The stack for it, by what is most a level where nothing is optimized. Only what is used of it takes memory.
const ROOM: usize = DEEPEST * 64 * 1024;

/// Where the stack of a thread is. It is kept: a fresh one costs a request more than all else.
#[derive(Default)]
enum Room {
    #[default]
    NotMade,
    Free(DefaultStack),
    /// Somebody works on it.
    Taken,
}

thread_local! {
    static OF_THREAD: Cell<Room> = const { Cell::new(Room::NotMade) };
}

/// Does something that may go as deep as values do.
pub(crate) fn with_room<T>(work: impl FnOnce() -> T) -> T {
    match OF_THREAD.try_with(|room| room.replace(Room::Taken)) {
        Ok(Room::Taken) => work(),
        Ok(Room::Free(stack)) => Lent(Some(stack)).bear(work),
        // A thread that ends has none any more.
        Ok(Room::NotMade) | Err(_) => {
            let stack = DefaultStack::new(ROOM).expect("the system has addresses to spare");
            Lent(Some(stack)).bear(work)
        }
    }
}

/// A stack that is put back, also where the work panics.
struct Lent(Option<DefaultStack>);

impl Lent {
    fn bear<T>(mut self, work: impl FnOnce() -> T) -> T {
        let stack = self.0.as_mut().expect("it is there until it is put back");
        on_stack(stack, work)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let room = self.0.take().map_or(Room::NotMade, Room::Free);
        // Where the thread ends, nobody needs it.
        let _ = OF_THREAD.try_with(|of_thread| of_thread.set(room));
    }
}

/// Reads JSON that was written here, however deep it is.
pub(crate) fn read_own(json: &[u8]) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// What may be deep, and is dropped where there is room for that, whoever drops it.
#[derive(Debug)]
pub(crate) struct Deep<T>(Option<T>);

const KEPT: &str = "it is there until it is dropped";

impl<T> From<T> for Deep<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> Deref for Deep<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect(KEPT)
    }
}

impl<T> DerefMut for Deep<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect(KEPT)
    }
}

impl<T> Drop for Deep<T> {
    fn drop(&mut self) {
        with_room(|| drop(self.0.take()));
    }
}
