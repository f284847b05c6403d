//! Where in the sources something is said that an API server found wrong in a definition.

use std::path::Path;

use crate::definition;
use crate::schema::{Schemas, is_known};
use crate::source::{Features, Place, SourceError, Sources, TypeId};

/// Something in the definition of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The kind's group.
    pub group: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// The version that it is in; none where it is in all.
    pub version: Option<&'a str>,
    /// Its path in the definition, as API servers write it:
    /// `spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule`.
    pub path: &'a str,
}

/// Reads the crate in a folder, as it is built with these features, for the places of spots: that of the attribute, the field
/// or the type, whatever is nearest. A kind that its sources don't show has none.
///
/// # Errors
/// When there is no crate, or a file of it can't be read or is not Rust.
pub fn find_places(
    folder: &Path,
    features: &Features,
    spots: &[Spot<'_>],
) -> Result<Vec<Option<Place>>, SourceError> {
    let sources = Sources::read(folder, features, is_known)?;
    let schemas = Schemas::with_places(&sources);
    let places = spots.iter().map(|spot| {
        let spec = spec_of(&sources, spot)?;
        Some(definition::place(&schemas, spec, spot.path))
    });
    let places = places.collect();
    sources.files()?;
    Ok(places)
}

/// The struct of the spec of the kind that a spot is in.
fn spec_of(sources: &Sources, spot: &Spot<'_>) -> Option<TypeId> {
    sources.types().find(|id| {
        sources.kind_of(*id).is_some()
            && definition::name(sources, *id).is_ok_and(|name| {
                name.group == spot.group
                    && name.kind == spot.kind
                    && spot.version.is_none_or(|version| name.version == version)
            })
    })
}
