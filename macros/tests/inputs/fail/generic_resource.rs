use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced, status = MyAppStatus)]
pub struct MyAppSpec<T> {
    #[schemars(length(min = 1))]
    pub image: String,
    #[x_kube(validation = "self != ''")]
    pub size: Option<T>,
}

#[status]
pub struct MyAppStatus<T: Clone> {
    #[x_kube(validation = "self != ''")]
    pub size: Option<T>,
}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, app: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.status(MyAppStatus { size: app.spec.size, ..MyAppStatus::default() });
        Ok(Outcome::done())
    }
}

fn main() {
    let _: MyAppSpec<u8> = MyAppSpec { image: "nginx".into(), size: Some(1) };
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into(), size: None });
}
