//! An operator whose kinds and access are said by attributes, each family beside the same with controller-gen's markers, and
//! what controller-gen makes of these: `README.md` says how they are held against each other.

#![expect(
    unreachable_pub,
    reason = "kube's KubeSchema repeats a struct inside a function"
)]
#![expect(
    missing_docs,
    reason = "a comment on a field is a description in the CRD"
)]

pub mod access;
pub mod choices;
pub mod items;
pub mod kinds;
pub mod lists;
pub mod maps;
pub mod numbers;
pub mod presence;
pub mod rules;
pub mod shapes;
pub mod texts;
pub mod versions;
pub mod words;

/// The kinds.
pub mod api {
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
    use kube::CustomResourceExt as _;

    use crate::{
        access, choices, items, kinds, lists, maps, numbers, presence, rules, shapes, texts,
        versions, words,
    };

    /// The definition of each kind in each version.
    pub fn kinds() -> Vec<CustomResourceDefinition> {
        vec![
            access::Web::crd(),
            choices::Choice::crd(),
            choices::Fixed::crd(),
            items::Item::crd(),
            kinds::Columned::crd(),
            kinds::Datum::crd(),
            kinds::Global::crd(),
            kinds::Labelled::crd(),
            kinds::Observed::crd(),
            kinds::Scaled::crd(),
            kinds::Selected::crd(),
            kinds::Short::crd(),
            lists::List::crd(),
            maps::Map::crd(),
            numbers::Number::crd(),
            presence::Presence::crd(),
            rules::Checked::crd(),
            rules::Ruled::crd(),
            shapes::Shape::crd(),
            texts::Text::crd(),
            versions::v1::Stored::crd(),
            versions::v1alpha1::Stored::crd(),
            versions::v1beta1::Stored::crd(),
            versions::v1beta2::Stored::crd(),
            words::Word::crd(),
        ]
    }
}

/// The controllers.
pub mod controllers {
    use myop::Manager;

    /// The manager with each controller.
    pub fn register(manager: Manager) -> Manager {
        manager.controller::<crate::access::WebController>()
    }
}

/// The operator.
pub fn manager() -> myop::Manager {
    controllers::register(myop::Manager::new(env!("CARGO_PKG_NAME"), api::kinds()))
}
