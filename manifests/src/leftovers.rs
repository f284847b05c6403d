//! Which files can have been written for a source that is gone: an author may copy a generated file, first line and
//! all, under a name of their own, and that one stays.

use crate::{Descriptions, Operator, Project, people, rbac};

const BASES: &str = "config/crd/bases";
const RBAC: &str = "config/rbac";

/// A folder that [`files`](crate::files) fills with a file per source. A file there that starts with
/// [`HEADER`](crate::HEADER), that can have been written, and that is not among them has lost its source.
#[derive(Debug, Clone, Copy)]
pub struct Folder {
    /// Its path.
    pub path: &'static str,
    /// Whether there is an operator for which a file of this name is written here.
    pub can_have: fn(&str) -> bool,
}

/// All such folders.
///
/// ```
/// let [bases, rbac] = myop_manifests::FOLDERS;
/// assert!((bases.can_have)("example.com_carts.yaml"));
/// assert!((rbac.can_have)("shop_cart_viewer_role.yaml"));
/// assert!(!(rbac.can_have)("my_extra_role.yaml"));
/// ```
pub const FOLDERS: [Folder; 2] = [
    Folder {
        path: BASES,
        can_have: can_be_definition,
    },
    Folder {
        path: RBAC,
        can_have: can_be_rbac,
    },
];

/// Whether a file can be that of a definition: `<group>_<plural>.yaml`. A group has a dot, and neither has an underscore.
pub fn can_be_definition(file: &str) -> bool {
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

fn can_be_rbac(file: &str) -> bool {
    people::can_be_role(file) || is_fixed(file)
}

/// Whether an operator has this file in `config/rbac`, whatever its kinds.
fn is_fixed(file: &str) -> bool {
    let project = Project {
        domain: "",
        namespaced: true,
        descriptions: Descriptions::Full,
    };
    let files = rbac::files(&Operator::default(), &project);
    files.contains_key(&format!("{RBAC}/{file}")) || rbac::CLUSTER_FILES.contains(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_authors_own_are_told_from_those_of_the_writer() {
        let [bases, rbac] = FOLDERS;
        for file in ["example.com_myapps.yaml", "a-shop.example.com_on-sale.yaml"] {
            assert!((bases.can_have)(file), "{file}");
        }
        for file in [
            "myapps.yaml",
            "my_apps.yaml",
            "example.com_my_apps.yaml",
            "example.com_.yaml",
            "example.com_myapps.yaml.orig",
            ".example.com_myapps.yaml.swp",
        ] {
            assert!(!(bases.can_have)(file), "{file}");
        }
        for file in [
            "role.yaml",
            "cluster_role_binding.yaml",
            "leader_election_role_binding.yaml",
            "kustomization.yaml",
            "myapp_admin_role.yaml",
            "store.eu_myapp_viewer_role.yaml",
        ] {
            assert!((rbac.can_have)(file), "{file}");
        }
        for file in [
            "my_extra_role.yaml",
            "role-2.yaml",
            "_admin_role.yaml",
            "admin_role.yaml",
            "my_own_extra_admin_role.yaml",
            "MyApp_admin_role.yaml",
        ] {
            assert!(!(rbac.can_have)(file), "{file}");
        }
    }
}
