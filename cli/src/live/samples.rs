//! The objects of config/samples.

use std::collections::BTreeMap;
use std::path::Path;

use kube::Client;
use serde::Deserialize;
use serde_json::Value;

use super::objects::{self, Applied, Identity, ObjectError};
use super::sources::SAMPLES;
use crate::tree::{Disk, ReadError, Tree as _};

/// What was applied of the samples. What somebody changes or deletes on the cluster stays so.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    applied: BTreeMap<Identity, Value>,
}

/// The samples can't be understood.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SampleError {
    #[error("{file} is not there, and {SAMPLES}/kustomization.yaml names it")]
    NotThere { file: String },
    #[error("cannot understand {file}")]
    Malformed {
        file: String,
        source: Box<serde_yaml::Error>,
    },
    #[error("{file} has an object without kind or name")]
    Nameless { file: String },
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The list of them, so far as it is understood without kustomize.
#[derive(Debug, Default, Deserialize)]
struct Kustomization {
    #[serde(default)]
    resources: Vec<String>,
}

impl Samples {
    /// Applies what was not applied as it is now.
    ///
    /// # Errors
    /// When the files can't be understood; what the API server refuses is in the result.
    pub(crate) async fn follow(
        &mut self,
        client: &Client,
        root: &Path,
        namespace: &str,
    ) -> Result<Vec<(Identity, Result<Applied, ObjectError>)>, SampleError> {
        let mut told = Vec::new();
        for object in read(root)? {
            let Some(name) = Identity::of(&object) else {
                continue;
            };
            if self.applied.get(&name) == Some(&object) {
                continue;
            }
            let applied = objects::apply(client, &name, &object, namespace).await;
            if applied.is_ok() {
                self.applied.insert(name.clone(), object);
            }
            told.push((name, applied));
        }
        Ok(told)
    }
}

/// The objects that the list names.
///
/// # Errors
/// When a file is missing or can't be understood.
pub(crate) fn read(root: &Path) -> Result<Vec<Value>, SampleError> {
    let disk = Disk::new(root);
    let list = format!("{SAMPLES}/kustomization.yaml");
    let Some(text) = disk.read(Path::new(&list))? else {
        return Ok(Vec::new());
    };
    let list: Option<Kustomization> = understood(&list, serde_yaml::from_str(&text))?;
    let mut objects = Vec::new();
    for resource in list.unwrap_or_default().resources {
        let file = format!("{SAMPLES}/{resource}");
        let Some(text) = disk.read(Path::new(&file))? else {
            return Err(SampleError::NotThere { file });
        };
        let documents: Vec<Value> = understood(&file, serde_yaml::from_multiple(&text))?;
        for object in documents.into_iter().filter(|object| !object.is_null()) {
            if Identity::of(&object).is_none() {
                return Err(SampleError::Nameless { file });
            }
            objects.push(object);
        }
    }
    Ok(objects)
}

fn understood<T>(file: &str, read: Result<T, serde_yaml::Error>) -> Result<T, SampleError> {
    read.map_err(|source| SampleError::Malformed {
        file: file.to_owned(),
        source: Box::new(source),
    })
}
