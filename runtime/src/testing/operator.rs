//! An operator under test, with the rights that it will have in production.

use std::time::Duration;

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, Client, Config, api::PostParams};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Result, SETTLE, installation::Installation};
use crate::{Manager, ManagerError, Rule, access::ScopedRules, namespaces::Namespaces};

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
    manager: Manager,
) -> Result<Operator> {
    let mut config = config.clone();
    config.auth_info.impersonate = Some(installation.account());
    let client = Client::try_from(config)?;
    for question in questions(&manager) {
        wait_until_allowed(&client, question).await?;
    }

    let shutdown = CancellationToken::new();
    let started = manager.start(&client, shutdown.clone())?;
    let running = tokio::spawn(started.wait());
    Ok(Operator { shutdown, running })
}

/// The authorizer follows its watches: a rule that was written just now may not count yet, and nothing tells when it
/// does. So it is asked.
async fn wait_until_allowed(client: &Client, attributes: ResourceAttributes) -> Result {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let deadline = Instant::now() + SETTLE;
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
            return Ok(());
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

/// Whether each rule counts: everywhere, or in each of the namespaces that it is for.
fn questions(manager: &Manager) -> Vec<ResourceAttributes> {
    let rules = manager.rules();
    if manager.namespaces == Namespaces::All {
        return rules.iter().flat_map(questions_on).collect();
    }
    let ScopedRules {
        namespaced,
        cluster,
    } = rules.into_iter().collect();
    let mut questions: Vec<_> = cluster.iter().flat_map(questions_on).collect();
    for namespace in manager.namespaces.names() {
        let asked = namespaced.iter().flat_map(questions_on);
        questions.extend(asked.map(|question| ResourceAttributes {
            namespace: Some(namespace.to_owned()),
            ..question
        }));
    }
    questions
}

fn questions_on(rule: &Rule) -> Vec<ResourceAttributes> {
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
