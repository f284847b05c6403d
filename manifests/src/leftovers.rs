//! Which files can have been written for a source that is gone: an author may copy a generated file, first line and
//! all, under a name of their own, and that one stays.

use std::path::Path;

use crate::facts::Facts;
use crate::{Project, people, rbac};

const BASES: &str = "config/crd/bases";
const RBAC: &str = "config/rbac";

/// The folders that [`files`](crate::files) fills with a file per source. A file there that starts with
/// [`HEADER`](crate::HEADER), that [`can_be_written`], and that is not among them has lost its source.
pub const FOLDERS: [&str; 2] = [BASES, RBAC];

/// Whether [`files`](crate::files) has this path for some operator.
///
/// ```
/// use myop_manifests::can_be_written;
///
/// assert!(can_be_written("config/rbac/shop_cart_viewer_role.yaml".as_ref()));
/// assert!(!can_be_written("config/rbac/my_extra_role.yaml".as_ref()));
/// ```
pub fn can_be_written(path: &Path) -> bool {
    let (Some(folder), Some(file)) = (
        path.parent(),
        path.file_name().and_then(|name| name.to_str()),
    ) else {
        return false;
    };
    if folder == Path::new(BASES) {
        can_be_definition(file)
    } else {
        folder == Path::new(RBAC) && (people::can_be_role(file) || is_fixed(file))
    }
}

/// Whether this can be `<group>_<plural>.yaml`; a group has a dot, and neither has an underscore.
fn can_be_definition(file: &str) -> bool {
    let name = file.strip_suffix(".yaml").unwrap_or_default();
    let is_made_of = |text: &str, others: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || others.contains(c))
    };
    name.split_once('_').is_some_and(|(group, plural)| {
        group.contains('.')
            && is_made_of(group, ".-")
            && !plural.is_empty()
            && is_made_of(plural, "-")
    })
}

/// Whether an operator has this file in `config/rbac`, whatever its kinds.
fn is_fixed(file: &str) -> bool {
    let project = Project {
        domain: "",
        namespaced: true,
    };
    let files = rbac::files(&Facts::none(""), &[], &project);
    files.contains_key(&format!("{RBAC}/{file}")) || rbac::CLUSTER_FILES.contains(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_authors_own_are_told_from_those_of_the_writer() {
        for path in [
            "config/crd/bases/example.com_myapps.yaml",
            "config/crd/bases/a-shop.example.com_on-sale.yaml",
            "config/rbac/role.yaml",
            "config/rbac/cluster_role_binding.yaml",
            "config/rbac/leader_election_role_binding.yaml",
            "config/rbac/kustomization.yaml",
            "config/rbac/myapp_admin_role.yaml",
            "config/rbac/store.eu_myapp_viewer_role.yaml",
        ] {
            assert!(can_be_written(path.as_ref()), "{path}");
        }
        for path in [
            "config/crd/bases/myapps.yaml",
            "config/crd/bases/my_apps.yaml",
            "config/crd/bases/example.com_my_apps.yaml",
            "config/crd/bases/example.com_.yaml",
            "config/crd/bases/example.com_myapps.yaml.orig",
            "config/crd/bases/.example.com_myapps.yaml.swp",
            "config/rbac/my_extra_role.yaml",
            "config/rbac/role-2.yaml",
            "config/rbac/_admin_role.yaml",
            "config/rbac/admin_role.yaml",
            "config/rbac/my_own_extra_admin_role.yaml",
            "config/rbac/MyApp_admin_role.yaml",
            "config/rbac/below/role.yaml",
            "config/default/role.yaml",
        ] {
            assert!(!can_be_written(path.as_ref()), "{path}");
        }
    }
}
