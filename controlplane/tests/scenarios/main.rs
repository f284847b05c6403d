//! Scenarios: requests in order, and what kube-apiserver 1.35 answered to them.
//!
//! A scenario is a file, `<area>/<name>.http`. `cargo test -p myop-controlplane --test scenarios` plays each. With
//! `KUBEBUILDER_ASSETS` set, the real server is asked too; `RECORD=1` then writes what it answers into the files instead
//! of comparing. `SCENARIOS=patch/` plays those whose names contain that.
//!
//! ```text
//! # What it shows.
//! @controllers                         kube-controller-manager runs
//! @alone                               no other scenario is played meanwhile: it changes what all see
//! @crd widgets                         crds/widgets.yaml is installed
//!
//! >>> POST /api/v1/namespaces/{{namespace}}/configmaps
//! @name first                          later requests may say {{first.metadata.uid}}
//! Content-Type: application/yaml
//!
//! metadata: {name: a}
//!
//! <<< 201                              from here on it is recorded
//! content-type: application/json
//!
//! {…}
//!
//! >>> GET /api/v1/namespaces/{{namespace}}/configmaps/a
//! @until status 404                    repeated until that holds: see `condition.rs`
//! @status                              only the status is recorded
//! @lines                               of the body only the number of its lines is recorded
//! @unordered                           the server tells causes and rules in any order
//! @anonymous                           without the administrator's certificate
//!
//! >>> WATCH /api/v1/namespaces/{{namespace}}/configmaps
//! @name changes                        it stays open …
//!
//! >>> EVENTS changes 2                 … and this awaits its next two events; `end` awaits its end
//! ```
//!
//! Bookmarks come at any time: they are passed over, but for the one that ends the initial events and in steps that say
//! `@bookmarks`.
//!
//! `{{namespace}}` is the scenario's name, `area-name`; that namespace is there before the first step. `{{group}}` is
//! `area-name.example.com`, for the scenario's own custom kinds: so scenarios don't disturb each other on one server.
//! `{{repeat a 100}}` is a text of that length.
//!
//! What differs from run to run is replaced by symbols: `symbols.rs`, `normal.rs`.

mod certificates;
mod condition;
mod embedded;
mod folder;
mod kubectl;
mod layout;
mod learnt;
mod managed;
mod normal;
mod play;
mod play_all;
mod program;
mod real;
mod scenario;
mod server;
mod sockets;
mod symbols;
mod tests;
mod verdict;

use std::{env, io::Write as _, path::Path};

use embedded::Embedded;
use managed::Managed;
use play_all::{Servers, play_all};
use real::Real;
use verdict::{Pending, complaints};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_server_answers_as_recorded() -> Result<()> {
    let pending = Pending::parse(&folder::text("pending.txt")?)?;
    agree(&Embedded::default(), &chosen()?, &pending).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_server_answers_as_recorded() -> Result<()> {
    let Some(assets) = env::var_os("KUBEBUILDER_ASSETS") else {
        return say("KUBEBUILDER_ASSETS is not set: no scenario was played on the real server");
    };
    let real = Real::new(Path::new(&assets));
    if env::var_os("RECORD").is_some() {
        return record(&real).await;
    }
    agree(&real, &chosen()?, &Pending::default()).await
}

/// What does not pass with the real controllers: that of budgets waits for ReplicationControllers, which are no kind
/// here; and while our own controllers are off, so is the admission plugin `ServiceAccount`.
const UNMANAGED: [&str; 4] = [
    "workloads/budgets",
    "workloads/budgets-unknown",
    "kinds/rollout",
    "pods/accounts",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_real_controllers_work_on_the_embedded_server() -> Result<()> {
    let Some(assets) = env::var_os("KUBEBUILDER_ASSETS") else {
        return say("KUBEBUILDER_ASSETS is not set: the real controllers were not tried");
    };
    let mut scenarios = chosen()?;
    scenarios.retain(|scenario| {
        let name = scenario.name.as_str();
        scenario.needs.controllers && !UNMANAGED.contains(&name)
    });
    for content in ["application/json", "application/vnd.kubernetes.protobuf"] {
        let servers = Managed::new(Path::new(&assets), content);
        agree(&servers, &scenarios, &Pending::default()).await?;
    }
    Ok(())
}

/// Fails where an answer is not the recorded one, but for the scenarios that are known not to pass.
async fn agree(
    servers: &impl Servers,
    scenarios: &[scenario::Scenario],
    pending: &Pending,
) -> Result<()> {
    let played = play_all(servers, scenarios, &folder::definitions()?, now()).await?;
    let complaints = complaints(&played, pending);
    if complaints.is_empty() {
        return say(&format!("{} scenarios were played", played.len()));
    }
    let count = complaints.len();
    panic!(
        "{count} of {} scenarios:\n\n{}",
        played.len(),
        complaints.join("\n\n")
    )
}

async fn record(real: &Real) -> Result<()> {
    let scenarios = chosen()?;
    let played = play_all(real, &scenarios, &folder::definitions()?, now()).await?;
    let (whole, broken): (Vec<_>, Vec<_>) = played.iter().partition(|played| played.is_whole());
    for played in &whole {
        folder::record(played)?;
    }
    let broken: Vec<_> = broken
        .iter()
        .map(|played| format!("{}: {}", played.scenario.name, played.answers.join("\n")))
        .collect();
    assert!(broken.is_empty(), "not recorded:\n{}", broken.join("\n"));
    say(&format!("{} scenarios were recorded", whole.len()))
}

fn chosen() -> Result<Vec<scenario::Scenario>> {
    folder::scenarios(&env::var("SCENARIOS").unwrap_or_default())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the real server has no other clock"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Past the test runner, which shows nothing of a test that passes.
fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stderr(), "\n{text}")?)
}
