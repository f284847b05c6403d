//! An operator under test, with the rights that it will have in production.

use std::time::Duration;

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, Client, Config, api::PostParams};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Result, SETTLE, installation::Installation};
use crate::{Manager, ManagerError, Rule};

/// An operator that runs in the background, until this value goes.
#[derive(Debug)]
pub struct Operator {
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), ManagerError>>,
}

impl Operator {
    /// Stops it as SIGTERM would, and waits until its runs have ended.
    pub async fn stop(mut self) -> Result {
        self.shutdown.cancel();
        Ok((&mut self.running).await??)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Starts what is installed, as the ServiceAccount that its rules are bound to.
pub(super) async fn start(
    config: &Config,
    installation: &Installation,
    mut manager: Manager,
) -> Result<Operator> {
    let mut config = config.clone();
    config.auth_info.impersonate = Some(installation.account());
    config.default_namespace = installation.namespace();
    let client = Client::try_from(config.clone())?;
    let election = manager.election.take();
    let connected = election.map(|election| election.connected_by(&config));
    manager.election = connected.transpose()?;
    wait_for_rules(&client, &manager.rules()).await?;

    let shutdown = CancellationToken::new();
    let started = manager.start(&client, shutdown.clone())?;
    let running = tokio::spawn(started.wait());
    Ok(Operator { shutdown, running })
}

/// The authorizer follows its watches: a rule that was written just now may not count yet, and nothing tells when it
/// does. So it is asked.
async fn wait_for_rules(client: &Client, rules: &[Rule]) -> Result {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let deadline = Instant::now() + SETTLE;
    for attributes in rules.iter().flat_map(questions) {
        loop {
            let review = SelfSubjectAccessReview {
                spec: SelfSubjectAccessReviewSpec {
                    resource_attributes: Some(attributes.clone()),
                    ..Default::default()
                },
                ..Default::default()
            };
            let answer = reviews.create(&PostParams::default(), &review).await?;
            if answer.status.is_some_and(|status| status.allowed) {
                break;
            }
            if Instant::now() > deadline {
                return Err(format!(
                    "the operator's rules do not count after {} s: {attributes:?}",
                    SETTLE.as_secs()
                )
                .into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

fn questions(rule: &Rule) -> Vec<ResourceAttributes> {
    let mut questions = Vec::new();
    for group in &rule.api_groups {
        for resource in &rule.resources {
            for verb in &rule.verbs {
                let (resource, subresource) = match resource.split_once('/') {
                    Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
                    None => (resource.as_str(), None),
                };
                questions.push(ResourceAttributes {
                    group: Some(group.clone()),
                    resource: Some(resource.to_owned()),
                    subresource,
                    verb: Some(verb.clone()),
                    name: rule.resource_names.first().cloned(),
                    ..Default::default()
                });
            }
        }
    }
    questions
}
