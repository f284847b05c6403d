//! Where in a value one is; written out only where something is wrong there.

use std::fmt::{self, Write as _};

/// A place in a value, or in a definition.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Path<'a> {
    /// The value as a whole.
    Root,
    /// What was written out before.
    Text(&'a str),
    /// A field of an object.
    Field(&'a Path<'a>, &'a str),
    /// A value of a map.
    Key(&'a Path<'a>, &'a str),
    /// An item of a list.
    Index(&'a Path<'a>, usize),
}

/// As apimachinery's `field.Path`.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl<'a> Path<'a> {
    pub(crate) fn field(&'a self, name: &'a str) -> Self {
        Self::Field(self, name)
    }

    pub(crate) fn key(&'a self, name: &'a str) -> Self {
        Self::Key(self, name)
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// As apimachinery's `field.Path`: `spec.map[key].list[0]`.
    pub(crate) fn text(&self) -> String {
        self.written(true)
    }

    /// As kube-openapi names places: `spec.map.key.list[0]`; what is in a map at the root begins with a dot.
    pub(crate) fn dotted(&self) -> String {
        self.written(false)
    }

    fn written(&self, keys_in_brackets: bool) -> String {
        let mut out = String::new();
        self.write(keys_in_brackets, &mut out);
        out
    }

    fn write(&self, keys_in_brackets: bool, out: &mut String) {
        match self {
            Self::Root => {}
            Self::Text(text) => out.push_str(text),
            Self::Field(parent, name) => {
                parent.write(keys_in_brackets, out);
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Self::Key(parent, name) => {
                parent.write(keys_in_brackets, out);
                if keys_in_brackets {
                    out.push('[');
                    out.push_str(name);
                    out.push(']');
                } else {
                    out.push('.');
                    out.push_str(name);
                }
            }
            Self::Index(parent, index) => {
                parent.write(keys_in_brackets, out);
                write!(out, "[{index}]").expect("writing to a text cannot fail");
            }
        }
    }
}
