//! The objects of config/samples.

use std::collections::BTreeMap;
use std::path::Path;

use kube::Client;
use serde::Deserialize;
use serde_json::Value;

use super::objects::{self, Identity};
use super::screen::Tone;
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
    /// Applies a sample, unless it was applied as it is now, and returns what is to be told of it.
    pub(crate) async fn apply(
        &mut self,
        client: &Client,
        object: Value,
        namespace: &str,
    ) -> Option<(Tone, String)> {
        let name = Identity::of(&object)?;
        if self.applied.get(&name) == Some(&object) {
            return None;
        }
        Some(
            match objects::apply(client, &name, &object, namespace).await {
                Err(error) => (Tone::Bad, format!("{name}: {error}")),
                Ok(applied) => {
                    let text = format!("{name} {applied}");
                    self.applied.insert(name, object);
                    (Tone::Plain, text)
                }
            },
        )
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
