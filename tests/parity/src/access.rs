//! Access.
//!
//! What a controller declares gives its rules; `rbac(...)`, in `#[controller(...)]`, is for what does not follow from it. A
//! word that is no verb, or `create` on objects by name, does not compile.
//!
//! | marker | argument |
//! |---|---|
//! | `+kubebuilder:rbac:groups=example.com,resources=webs,verbs=list;watch` | `reconciles = Web` |
//! | `+kubebuilder:rbac:groups=example.com,resources=webs/finalizers,verbs=update` | it `owns` something |
//! | `+kubebuilder:rbac:groups=apps,resources=deployments,verbs=create;delete;list;patch;watch` | `owns(Deployment)` |
//! | `+kubebuilder:rbac:groups="",resources=configmaps;secrets,verbs=list;watch` | `watches(ConfigMap, index = config_of), reads(Secret)` |
//! | `+kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch` | nothing: every controller has `ctx.event` |
//! | `+kubebuilder:rbac:groups="",resources=pods/log,verbs=get` | `rbac(groups = [""], resources = ["pods/log"], verbs = ["get"])` |
//! | `+kubebuilder:rbac:groups=apps;batch,resources=*,verbs=get` | `rbac(groups = ["apps", "batch"], resources = ["*"], verbs = ["get"])` |
//! | `+kubebuilder:rbac:groups="",resources=secrets,resourceNames=token,verbs=get` | `rbac(groups = [""], resources = ["secrets"], names = ["token"], verbs = ["get"])` |
//! | `+kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=*` | `rbac(groups = ["policy"], resources = ["poddisruptionbudgets"], verbs = ["*"])` |
//! | `+kubebuilder:rbac:urls=/metrics;/healthz,verbs=get` | `rbac(urls = ["/metrics", "/healthz"], verbs = ["get"])` |

use std::sync::Arc;

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Secret},
};
use myop::{Context, Controller, Failure, NamespacedName, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "Web", namespaced)]
pub struct WebSpec {
    pub config_map: String,
}

/// Does nothing: it is here for its rules.
#[derive(Controller)]
#[controller(
    reconciles = Web,
    owns(Deployment),
    watches(ConfigMap, index = config_of),
    reads(Secret),
    rbac(groups = [""], resources = ["pods/log"], verbs = ["get"]),
    rbac(groups = ["apps", "batch"], resources = ["*"], verbs = ["get"]),
    rbac(groups = [""], resources = ["secrets"], names = ["token"], verbs = ["get"]),
    rbac(groups = ["policy"], resources = ["poddisruptionbudgets"], verbs = ["*"]),
    rbac(urls = ["/metrics", "/healthz"], verbs = ["get"]),
)]
pub struct WebController;

fn config_of(web: &Web) -> [NamespacedName; 1] {
    let namespace = web.metadata.namespace.clone();
    [NamespacedName {
        namespace,
        name: web.spec.config_map.clone(),
    }]
}

impl Reconcile for WebController {
    type Error = Failure;

    async fn reconcile(&self, _: Arc<Web>, _: &Context<Self>) -> Result<Outcome, Failure> {
        Ok(Outcome::done())
    }
}
