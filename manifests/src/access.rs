//! The access that a controller's declarations need, from its attribute: what `myop::Definition` makes of the same.

use syn::Path;
use syn::spanned::Spanned as _;

use crate::builtin::{self, Scope};
use crate::cluster_scoped;
use crate::definition::{self, Resource};
use crate::facts::Controller;
use crate::rules::Rule;
use crate::schema::builtin_path;
use crate::source::{Found, ModuleId, Read, Sources};

const READ: [&str; 2] = ["list", "watch"];
const OWN: [&str; 5] = ["create", "delete", "list", "patch", "watch"];

/// Reads the rules of a controller in a module.
pub(crate) fn read(
    sources: &Sources,
    module: ModuleId,
    controller: &myop_model::Controller,
) -> Read<Controller> {
    let find = |path: &Path| resource(sources, module, path);
    let mut access = Controller {
        name: controller.name.clone(),
        ..Controller::default()
    };
    let kind = find(&controller.reconciles)?;
    access.allow(&kind, None, &READ);
    if controller.finalizer.is_some() {
        access.allow(&kind, None, &["patch"]);
    }
    if controller.keeps_status && kind.has_status {
        access.allow(&kind, Some("status"), &["patch"]);
    }
    if !controller.owns.is_empty() {
        access.allow(&kind, Some("finalizers"), &["update"]);
    }
    for owned in &controller.owns {
        access.allow(&find(&owned.kind)?, None, &OWN);
    }
    for read in &controller.reads {
        access.allow(&find(read)?, None, &READ);
    }
    for watch in &controller.watches {
        access.allow(&find(&watch.kind)?, None, &READ);
    }
    for rule in &controller.rules {
        access.allow_by_hand(rule);
    }
    Ok(access)
}

fn resource(sources: &Sources, module: ModuleId, path: &Path) -> Read<Resource> {
    let unread = |why: String| Err(sources.unread(module, path.span(), why));
    match sources.find_type(module, path) {
        Found::Kind(spec) => definition::resource(sources, spec),
        Found::Outside(outside) => {
            let known = builtin_path(&outside).and_then(|path| builtin::resource(&path));
            match known {
                Some(known) => Ok(Resource {
                    group: known.group.to_owned(),
                    plural: known.plural.to_owned(),
                    is_namespaced: known.scope != Scope::Cluster,
                    // The runtime keeps the statuses of the operator's own kinds only.
                    has_status: false,
                }),
                None => unread(format!("the kind `{}` is not known here", outside.path())),
            }
        }
        _ => unread("which kind this is can not be seen".to_owned()),
    }
}

impl Controller {
    /// Allows verbs on the objects of a kind, or on a subresource of theirs.
    fn allow(&mut self, kind: &Resource, subresource: Option<&str>, verbs: &[&str]) {
        let resource = match subresource {
            Some(subresource) => format!("{}/{subresource}", kind.plural),
            None => kind.plural.clone(),
        };
        let rule = Rule {
            api_groups: vec![kind.group.clone()],
            resources: vec![resource],
            verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
            ..Rule::default()
        };
        let rules = if kind.is_namespaced {
            &mut self.rules
        } else {
            &mut self.cluster_rules
        };
        rules.push(rule);
    }

    /// A rule that is written out: what is in no namespace goes to a ClusterRole.
    fn allow_by_hand(&mut self, rule: &myop_model::Rule) {
        let texts = |list: &[syn::LitStr]| list.iter().map(syn::LitStr::value).collect::<Vec<_>>();
        match rule {
            myop_model::Rule::Urls { urls, verbs } => self.cluster_rules.push(Rule {
                non_resource_urls: texts(urls),
                verbs: texts(verbs),
                ..Rule::default()
            }),
            myop_model::Rule::Resources {
                groups,
                resources,
                verbs,
                names,
            } => {
                let groups = texts(groups);
                let (cluster, namespaced): (Vec<_>, Vec<_>) = texts(resources)
                    .into_iter()
                    .partition(|resource| cluster_scoped::are_all(&groups, resource));
                for (rules, resources) in [
                    (&mut self.rules, namespaced),
                    (&mut self.cluster_rules, cluster),
                ] {
                    if !resources.is_empty() {
                        rules.push(Rule {
                            api_groups: groups.clone(),
                            resources,
                            resource_names: texts(names),
                            verbs: texts(verbs),
                            ..Rule::default()
                        });
                    }
                }
            }
        }
    }
}
