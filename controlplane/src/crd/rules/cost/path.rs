//! Paths from variables to what is in them.

use std::{cell::RefCell, rc::Rc};

/// A step from a value to one in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'e> {
    Name(&'e str),
    /// The items of a list, and the values of a map.
    Items,
    Keys,
    Indices,
}

/// A path that shares its room with those that it goes on from. Where it goes on twice, the second step also takes the
/// place of the first, as with slices of Go: estimates of the server depend on that.
#[derive(Clone, Debug, Default)]
pub(super) struct Path<'e> {
    room: Rc<RefCell<Vec<Step<'e>>>>,
    length: usize,
}

impl<'e> Path<'e> {
    pub(super) fn of(variable: &'e str) -> Self {
        Self::default().then(Step::Name(variable))
    }

    /// Goes on in the room that's left, else in twice as much of its own.
    pub(super) fn then(&self, step: Step<'e>) -> Self {
        let has_room = self.length < self.room.borrow().len();
        let room = if has_room {
            Rc::clone(&self.room)
        } else {
            let mut steps = self.steps();
            steps.resize((2 * self.length).max(1), step);
            Rc::new(RefCell::new(steps))
        };
        room.borrow_mut()[self.length] = step;
        Self {
            room,
            length: self.length + 1,
        }
    }

    pub(super) fn steps(&self) -> Vec<Step<'e>> {
        self.room.borrow()[..self.length].to_vec()
    }
}
