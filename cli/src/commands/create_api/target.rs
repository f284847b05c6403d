//! The version of a kind that a request is about: the project's own, Kubernetes' own or another crate's.

use myop_model::names;
use myop_model::nearest;

use super::{CreateApi, Refusal};
use crate::builtin::{self, Builtin};
use crate::error::Error;
use crate::project::{Api, Project, Resource};

impl CreateApi {
    /// The version of a kind that the request is about, as it is there or new.
    pub(super) fn target(&self, project: &Project) -> Result<Resource, Error> {
        if let Some(path) = &self.external_api_path {
            return self.external(project, path);
        }
        let builtin = builtin::find(&self.group, &self.version, &self.kind);
        let own_group = names::api_group(&self.group, &project.domain);
        let known = own_group.as_ref().ok().and_then(|group| {
            let mut versions = project.of_kind(group, &self.kind);
            versions.find(|old| old.version == self.version)
        });
        match (known, builtin) {
            (Some(known), _) => Ok(self.same_as(known.clone())?),
            (None, Some(builtin)) if !self.resource => {
                let new = self.builtin(builtin)?;
                let known = project.resources.iter().find(|old| old.is_same(&new));
                Ok(known.unwrap_or(&new).clone())
            }
            (None, _) if self.resource => {
                let group = own_group?;
                if project.namespaced && self.namespaced == Some(false) {
                    return Err(Refusal::ClusterScoped(self.kind.clone()).into());
                }
                Ok(self.new_resource(project, &group))
            }
            (None, _) => {
                own_group.as_ref().map_err(Clone::clone)?;
                Err(self
                    .no_resource(project, own_group.unwrap_or_default())
                    .into())
            }
        }
    }

    fn no_resource(&self, project: &Project, group: String) -> Refusal {
        let own = project.own().map(|own| own.kind.as_str());
        let near_own = nearest(&self.kind, own);
        let near_builtin = builtin::like(&self.kind);
        let help = match (near_own, near_builtin.first()) {
            (Some(kind), _) if kind != self.kind => format!("did you mean --kind {kind}?"),
            (None, Some(builtin)) => {
                format!("did you mean Kubernetes' own, {}?", builtin.flags())
            }
            _ => "leave --resource=false away to create it, or name the type of another crate by --external-api-path".into(),
        };
        Refusal::NoResource {
            kind: self.kind.clone(),
            version: self.version.clone(),
            group,
            help,
        }
    }

    /// A kind of Kubernetes' own.
    fn builtin(&self, builtin: Builtin) -> Result<Resource, Refusal> {
        let Builtin { namespaced, .. } = builtin;
        if self.namespaced.is_some_and(|asked| asked != namespaced) {
            let kind = self.kind.clone();
            return Err(Refusal::ForeignScope { kind, namespaced });
        }
        Ok(Resource {
            api: Api {
                crd_version: None,
                namespaced,
            },
            controller: false,
            controllers: Vec::new(),
            domain: builtin.domain.to_owned(),
            group: builtin.group.to_owned(),
            kind: self.kind.clone(),
            path: Some(builtin.path()),
            plural: None,
            version: self.version.clone(),
        })
    }

    /// A kind that another crate defines.
    fn external(&self, project: &Project, path: &str) -> Result<Resource, Error> {
        let mut segments = path.split("::");
        let is_path = path.contains("::") && segments.clone().all(names::is_identifier);
        let library = names::crate_name(&project.name);
        let starts_here = ["crate", "self", "super", "k8s_openapi", library.as_str()]
            .contains(&segments.next().unwrap_or_default());
        if !is_path || starts_here {
            return Err(Refusal::Path(path.to_owned()).into());
        }
        let (path, kind) = (path.to_owned(), self.kind.clone());
        if path.rsplit("::").next() != Some(&kind) {
            return Err(Refusal::PathOfAnother { path, kind }.into());
        }
        let domain = self.external_api_domain.clone().unwrap_or_default();
        match domain.as_str() {
            "" => names::check_api_group(&self.group)?,
            domain => drop(names::api_group(&self.group, domain)?),
        }
        let new = Resource {
            api: Api {
                crd_version: None,
                namespaced: self.namespaced.unwrap_or(true),
            },
            controller: false,
            controllers: Vec::new(),
            domain,
            group: self.group.clone(),
            kind,
            path: Some(path),
            plural: None,
            version: self.version.clone(),
        };
        match project.resources.iter().find(|old| old.is_same(&new)) {
            Some(old) if old.path != new.path => Err(Refusal::OtherPath {
                kind: new.kind,
                version: new.version,
                path: old
                    .path
                    .clone()
                    .unwrap_or_else(|| "a kind of the project's own".to_owned()),
            }
            .into()),
            Some(old) => Ok(old.clone()),
            None => Ok(new),
        }
    }

    /// The version that is there, if the request says nothing else of it.
    fn same_as(&self, old: Resource) -> Result<Resource, Refusal> {
        let (kind, version, plural) = (old.kind.clone(), old.version.clone(), old.plural());
        if self
            .namespaced
            .is_some_and(|namespaced| namespaced != old.api.namespaced)
        {
            return Err(Refusal::OtherScope {
                kind,
                version,
                namespaced: old.api.namespaced,
            });
        }
        if self.plural.as_ref().is_some_and(|other| *other != plural) {
            return Err(Refusal::OtherPlural {
                kind,
                version,
                plural,
            });
        }
        Ok(old)
    }

    /// A version that is not there yet; what is not said of it is as in the kind's other versions.
    fn new_resource(&self, project: &Project, group: &str) -> Resource {
        let other = project.of_kind(group, &self.kind).next();
        let given = self
            .plural
            .clone()
            .filter(|plural| *plural != names::plural(&self.kind));
        Resource {
            api: Api {
                crd_version: Some("v1".to_owned()),
                namespaced: self
                    .namespaced
                    .or(other.map(|other| other.api.namespaced))
                    .unwrap_or(true),
            },
            controller: false,
            controllers: Vec::new(),
            domain: project.domain.clone(),
            group: self.group.clone(),
            kind: self.kind.clone(),
            path: None,
            plural: if self.plural.is_some() {
                given
            } else {
                other.and_then(|other| other.plural.clone())
            },
            version: self.version.clone(),
        }
    }
}
