use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt as _;
pub mod v1alpha1 {
    pub mod myapp;
    pub use self::myapp::MyApp;
}
pub fn kinds() -> Vec<CustomResourceDefinition> {
    vec![v1alpha1::MyApp::crd()]
}
