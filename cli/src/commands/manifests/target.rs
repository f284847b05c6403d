//! Where manifests go.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// The folder of a project's manifests, where nothing else is asked for.
pub(super) const CONFIG: &str = "config";

/// Where manifests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// To standard output.
    Print,
    /// To a folder.
    Folder(PathBuf),
}

impl From<OsString> for Target {
    fn from(said: OsString) -> Self {
        if said == "-" {
            return Self::Print;
        }
        Self::Folder(said.into())
    }
}

/// A path that is said in a folder, as it is called in a folder above: by its whole path where it lies elsewhere.
pub(super) fn inside(above: &Path, folder: &Path, said: &Path) -> PathBuf {
    let whole = plain(&folder.join(said));
    match whole.strip_prefix(plain(above)) {
        Ok(inside) => inside.to_owned(),
        Err(_) => whole,
    }
}

/// A path without steps up and down again.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_called_as_it_lies() {
        let inside = |folder: &str, said: &str| {
            let path = inside("/shop".as_ref(), folder.as_ref(), said.as_ref());
            path.display().to_string()
        };
        assert_eq!(inside("/shop", "deploy/"), "deploy");
        assert_eq!(inside("/shop/src/api", "../../deploy"), "deploy");
        assert_eq!(inside("/shop/src", "./deploy"), "src/deploy");
        assert_eq!(inside("/shop", "../deploy"), "/deploy");
        assert_eq!(inside("/shop", "/tmp/deploy"), "/tmp/deploy");
        assert_eq!(inside("/shop/src", ".."), "");
    }
}
