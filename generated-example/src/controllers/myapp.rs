//! Runs each MyApp as a Deployment that a disruption budget protects.

mod children;
mod rollout;

use std::{sync::Arc, time::Duration};

use k8s_openapi::api::{apps::v1::Deployment, policy::v1::PodDisruptionBudget};
use myop::{Context, Controller, Outcome, Reconcile, exponential, order};

use crate::api::v1alpha1::MyApp;

/// Runs each MyApp as a Deployment that a disruption budget protects.
#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(Deployment, PodDisruptionBudget),
    queue = order::ByName,
    backoff = exponential(Duration::from_millis(5), Duration::from_secs(30)),
    skip(label = "reconciler=ignore"),
)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(
        &self,
        app: Arc<MyApp>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Self::Error> {
        let deployment = ctx.apply(children::deployment_for(&app)).await?;
        ctx.apply(children::disruption_budget_for(&app)).await?;
        ctx.status(rollout::status_of(&deployment));
        Ok(rollout::outcome_of(&deployment))
    }
}
