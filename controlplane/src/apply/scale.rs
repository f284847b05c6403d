//! managedFields of an object as its `scale` has them, and back (apimachinery's `managedfields/scalehandler.go`).

use serde_json::Value;

use super::{Element, FieldSet, entries::Entries, entry::Entry};

const VERSION: &str = "autoscaling/v1";

/// Where the replicas of an object are.
#[derive(Clone, Copy, Debug)]
pub struct Replicas<'a> {
    /// The version of the object that the scale belongs to.
    pub api_version: &'a str,
    /// All versions of its kind; entries of others are dropped.
    pub versions: &'a [String],
    /// As `spec.replicas`.
    pub path: &'a str,
}

impl Replicas<'_> {
    fn knows(&self, version: &str) -> bool {
        version == self.api_version || self.versions.iter().any(|known| known == version)
    }

    fn elements(&self) -> Vec<Element> {
        self.path
            .split('.')
            .map(|name| Element::Field(name.into()))
            .collect()
    }
}

/// The entries of the scale of an object whose managedFields are given.
pub fn to_scale(entries: Option<&Value>, replicas: &Replicas<'_>) -> Option<Value> {
    let path = replicas.elements();
    let entries = Entries::read(entries).unwrap_or_default().0.into_iter();
    let entries =
        entries.filter(|entry| replicas.knows(&entry.version) && entry.fields.has_path(&path));
    let entries = entries.map(|entry| Entry {
        version: VERSION.into(),
        fields: FieldSet::of(&["spec.replicas"]),
        ..entry
    });
    Entries(entries.collect()).written()
}

/// The entries of the object after its scale has been written: `scale` are those of the scale then.
pub fn from_scale(
    entries: Option<&Value>,
    scale: Option<&Value>,
    replicas: &Replicas<'_>,
) -> Option<Value> {
    let path = replicas.elements();
    let own = FieldSet::of(&[replicas.path]);
    let parents = Entries::read(entries).unwrap_or_default();
    let mut scales = Entries::read(scale).unwrap_or_default();
    let mut all = Entries::default();
    for entry in parents
        .0
        .iter()
        .filter(|entry| replicas.knows(&entry.version))
    {
        if !entry.fields.has_path(&path) || scales.remove(&entry.owner).is_some() {
            all.0.push(entry.clone());
            continue;
        }
        let fields = entry.fields.clone().difference(&own);
        if !fields.is_empty() {
            all.0.push(Entry {
                fields,
                ..entry.clone()
            });
        }
    }
    let its_replicas = [field("spec"), field("replicas")];
    for entry in scales
        .0
        .into_iter()
        .filter(|entry| entry.fields.has_path(&its_replicas))
    {
        // As the real server has it, the time of the write is not known here.
        let time = parents.get(&entry.owner).and_then(|parent| parent.time);
        all.remove(&entry.owner);
        let version = replicas.api_version.into();
        all.0.push(Entry {
            version,
            time,
            fields: own.clone(),
            ..entry
        });
    }
    all.written()
}

fn field(name: &str) -> Element {
    Element::Field(name.into())
}
