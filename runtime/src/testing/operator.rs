//! An operator under test, with the rights that it will have in production.

use std::{any::TypeId, collections::BTreeSet, sync::Arc, time::Duration};

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, Client, Config, api::PostParams};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Faults, Result, SETTLE, footprint::Footprint, installation::Installation};
use crate::{
    Manager, ManagerError, Object, Rule, access::ScopedRules, metrics::Metrics,
    namespaces::Namespaces, ready::Readiness,
};

/// An operator that runs in the background, until this value goes.
#[derive(Debug)]
pub struct Operator {
    metrics: Metrics,
    shutdown: CancellationToken,
    readiness: Arc<Readiness>,
    running: JoinHandle<Result<(), ManagerError>>,
}

impl Operator {
    /// The page that `/metrics` would show.
    pub fn metrics(&self) -> String {
        self.metrics.page()
    }

    /// Waits until this line stands on that page, and returns the page.
    ///
    /// # Errors
    ///
    /// After 30 s, with the lines of the same metric.
    pub async fn until_metric(&self, line: &str) -> Result<String> {
        let deadline = Instant::now() + SETTLE;
        loop {
            let page = self.metrics();
            if page.lines().any(|found| found == line) {
                return Ok(page);
            }
            if Instant::now() > deadline {
                let name = line.split(['{', ' ']).next().unwrap_or_default();
                let found = page.lines().filter(|found| found.starts_with(name));
                let found = found.collect::<Vec<_>>().join("\n");
                return Err(format!("there is no `{line}`, but:\n{found}").into());
            }
            // Metrics are only ever asked for.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What its `/readyz` says.
    ///
    /// # Errors
    ///
    /// What it waits for, where it is not ready.
    pub fn readyz(&self) -> Result<(), String> {
        self.readiness.check()
    }

    /// Waits until it watches all objects of this kind.
    ///
    /// # Errors
    ///
    /// After 30 s, with what it waits for: a rule that it lacks, or a kind that is not installed.
    pub async fn until_watched<K: Object>(&self) -> Result {
        let kind = BTreeSet::from([TypeId::of::<K>()]);
        let watched = timeout(SETTLE, self.readiness.wait_for(&kind)).await;
        watched.map_err(|_| self.readyz().err().unwrap_or_default())?;
        Ok(())
    }

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

/// Where an operator runs.
#[derive(Debug)]
pub(super) struct Place<'p> {
    pub(super) config: &'p Config,
    pub(super) faults: &'p Faults,
    /// Who remembers what it makes, where that has to be removed.
    pub(super) footprint: Option<&'p Footprint>,
    /// All that run there.
    pub(super) operators: &'p TaskTracker,
}

/// Starts what is installed, as the ServiceAccount that its rules are bound to.
pub(super) async fn start(
    place: &Place<'_>,
    installation: &Installation,
    mut manager: Manager,
) -> Result<Operator> {
    let mut config = place.config.clone();
    config.default_retry = false;
    config.auth_info.impersonate = Some(installation.account());
    config.default_namespace = installation.namespace();
    let client = Client::try_from(config.clone())?;
    let election = manager.election.take();
    let connected = election.map(|election| election.connected_by(&config));
    manager.election = connected.transpose()?;
    for question in questions(&manager) {
        wait_until_allowed(&client, question).await?;
    }

    let shutdown = CancellationToken::new();
    let client = place.faults.between(match place.footprint {
        Some(footprint) => footprint.between(client),
        None => client,
    });
    let started = manager.start(&client, shutdown.clone())?;
    let (metrics, readiness) = (started.metrics.clone(), started.readiness.clone());
    let running = place.operators.spawn(started.wait());
    Ok(Operator {
        metrics,
        shutdown,
        readiness,
        running,
    })
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
