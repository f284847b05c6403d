//! Whether PROJECT says only what `create api` could have made.

use std::collections::BTreeSet;
use std::path::Path;

use myop_model::names;

use super::error::{InvalidError, ProjectError};
use super::{Project, Resource};
use crate::layout;

impl Project {
    /// Whether each entry is one that `create api` could have made.
    pub(super) fn check(&self, path: &Path) -> Result<(), ProjectError> {
        self.check_entries()
            .map_err(|(resource, wrong)| ProjectError::Invalid {
                path: path.to_owned(),
                resource,
                wrong: Box::new(wrong),
            })
    }

    /// The first entry that can't be, and why.
    pub(crate) fn check_entries(&self) -> Result<(), (String, InvalidError)> {
        let invalid = |resource: String, wrong| (resource, wrong);
        let of_project = || format!("the project {}", self.name);
        names::check_project_name(&self.name)
            .map_err(|error| invalid(of_project(), error.into()))?;
        names::check_own_domain(&self.domain)
            .map_err(|error| invalid(of_project(), error.into()))?;
        let mut controllers = BTreeSet::new();
        for (at, resource) in self.resources.iter().enumerate() {
            let which = format!("{} {}", resource.kind, resource.version);
            let earlier = &self.resources[..at];
            let checked = self.check_resource(resource, earlier).and_then(|()| {
                let mut names = layout::controllers(resource).map(|one| one.name);
                match names.find(|name| !controllers.insert(name.clone())) {
                    Some(name) => Err(InvalidError::Controllers(name)),
                    None => Ok(()),
                }
            });
            checked.map_err(|wrong| invalid(which, wrong))?;
        }
        Ok(())
    }

    fn check_resource(
        &self,
        resource: &Resource,
        earlier: &[Resource],
    ) -> Result<(), InvalidError> {
        if resource.is_own() != resource.api.crd_version.is_some() {
            return Err(InvalidError::Origin);
        }
        names::check_kind(&resource.kind)?;
        names::check_version(&resource.version)?;
        if resource.is_own() && resource.domain != self.domain {
            return Err(InvalidError::Domain {
                domain: resource.domain.clone(),
                projects: self.domain.clone(),
            });
        }
        names::check_group(&resource.group)?;
        if resource.is_own() {
            names::check_api_group(&resource.api_group())?;
        }
        names::check_plural(&resource.plural())?;
        for name in &resource.controllers {
            names::check_controller_name(name)?;
        }
        if earlier.iter().any(|one| one.is_same(resource)) {
            return Err(InvalidError::Twice);
        }
        let mut before = self.clone();
        before.resources = earlier.to_vec();
        Ok(layout::check(&before, resource)?)
    }
}
