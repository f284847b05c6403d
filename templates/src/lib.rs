//! The templates from which myop makes projects.
//!
//! A set of templates is a folder beside `src/` and a struct here with everything its templates may speak of; [`render`]
//! makes of the struct the files of the folder, by their path in the project.
//!
//! | folder | struct | what |
//! |---|---|---|
//! | `project` | [`Project`] | what every project has |
//! | `license` | [`License`] | the text of its licence |
//! | `standalone` | [`Standalone`] | what it has besides as a repository of its own |
//! | `member` | [`Member`] | what it has besides as a member of a cargo workspace |
//! | `patch` | [`Patch`] | where cargo finds myop while no registry has it |
//! | `api` | [`Api`] | a version of a kind: its type and a sample |
//! | `controller` | [`Controller`] | a controller and its test |
//! | `observer` | [`Observer`] | a controller for a kind that somebody else defines, and its test |
//! | `lists` | [`Lists`] | what is written anew whenever a kind is added |
//! | `exercise` | [`Exercise`] | what the author of the MyApp operator wrote |
//!
//! A template's file name ends in `.tera`: cargo leaves a folder with a real `Cargo.toml` out of a package, and a real
//! `.gitignore` would act here. `__name__` in a path stands for the field `name`, slashes and all.
//!
//! ```
//! let files = myop_templates::render(&myop_templates::Standalone {})?;
//! assert!(files[".dockerignore"].contains("!Cargo.lock"));
//! # Ok::<(), myop_templates::Error>(())
//! ```

mod render;
mod sets;

pub use render::{Error, render};
pub use sets::{
    Api, Controller, Exercise, Group, GroupedControllers, Kind, License, Lists, Member, Observer,
    Patch, Project, Set, Standalone, Version,
};
