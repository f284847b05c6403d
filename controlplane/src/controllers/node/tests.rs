//! What becomes of Pods on the node: there is no real one without processes to compare it with.

use serde_json::{Value, json};

use crate::{
    RunningControllers,
    controllers::tests::{InMemory, play::Server},
};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const PODS: &str = "/api/v1/namespaces/default/pods";

fn cluster() -> InMemory {
    let mut cluster = InMemory::new(RunningControllers::Workloads);
    cluster.wait(1);
    cluster
}

fn get(cluster: &mut InMemory, path: &str) -> Value {
    let (status, value) = cluster.ask("GET", path, "");
    assert_eq!(status, 200, "{path}: {value}");
    value
}

fn create(cluster: &mut InMemory, path: &str, object: &Value) {
    let (status, answer) = cluster.ask("POST", path, &object.to_string());
    assert_eq!(status, 201, "{answer}");
}

fn deployment(image: &str) -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 2, "progressDeadlineSeconds": 30,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": image}]},
            },
        },
    })
}

/// Status and reason of each condition.
fn conditions(object: &Value) -> Vec<String> {
    let conditions = object["status"]["conditions"].as_array();
    let texts = conditions.into_iter().flatten().map(|one| {
        let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
        format!("{}={} {}", text("type"), text("status"), text("reason"))
            .trim_end()
            .to_owned()
    });
    texts.collect()
}

#[test]
fn a_deployment_becomes_available_and_goes() {
    let mut cluster = cluster();
    create(&mut cluster, DEPLOYMENTS, &deployment("nginx:1"));
    cluster.wait(0);
    let web = get(&mut cluster, &format!("{DEPLOYMENTS}/web"));
    assert_eq!(
        conditions(&web),
        [
            "Available=True MinimumReplicasAvailable",
            "Progressing=True NewReplicaSetAvailable"
        ]
    );
    let pods = get(&mut cluster, PODS);
    assert_eq!(pods["items"].as_array().map(Vec::len), Some(2));
    let pod = &pods["items"][0];
    assert_eq!(pod["status"]["phase"], "Running");
    assert_eq!(pod["spec"]["nodeName"], "myop-node");
    assert_eq!(
        conditions(pod),
        [
            "PodReadyToStartContainers=True",
            "Initialized=True",
            "Ready=True",
            "ContainersReady=True",
            "PodScheduled=True",
        ]
    );
    assert_eq!(pod["status"]["containerStatuses"][0]["ready"], true);
    assert_ne!(pod["status"]["podIP"], pods["items"][1]["status"]["podIP"]);
    cluster.ask("DELETE", &format!("{DEPLOYMENTS}/web"), "");
    cluster.wait(1);
    assert_eq!(get(&mut cluster, PODS)["items"], json!([]));
}

#[test]
fn an_image_that_is_not_there_is_waited_for() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        DEPLOYMENTS,
        &deployment("example.com/does-not-exist:1"),
    );
    let reason = |cluster: &mut InMemory| {
        let pods = get(cluster, PODS);
        let status = &pods["items"][0]["status"];
        assert_eq!(status["phase"], "Pending");
        status["containerStatuses"][0]["state"]["waiting"]["reason"].clone()
    };
    cluster.wait(1);
    assert_eq!(reason(&mut cluster), "ErrImagePull");
    cluster.wait(10);
    assert_eq!(reason(&mut cluster), "ImagePullBackOff");
    cluster.wait(30);
    let web = get(&mut cluster, &format!("{DEPLOYMENTS}/web"));
    assert_eq!(
        conditions(&web),
        [
            "Available=False MinimumReplicasUnavailable",
            "Progressing=False ProgressDeadlineExceeded"
        ]
    );
    let good = json!({"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "nginx:1"}]}}}});
    cluster.ask("PATCH", &format!("{DEPLOYMENTS}/web"), &good.to_string());
    cluster.wait(1);
    let web = get(&mut cluster, &format!("{DEPLOYMENTS}/web"));
    assert_eq!(
        conditions(&web),
        [
            "Available=True MinimumReplicasAvailable",
            "Progressing=True NewReplicaSetAvailable"
        ]
    );
}

#[test]
fn a_cordoned_node_takes_no_pods() {
    let mut cluster = cluster();
    let cordon = |truth: bool| json!({"spec": {"unschedulable": truth}}).to_string();
    cluster.ask("PATCH", "/api/v1/nodes/myop-node", &cordon(true));
    create(&mut cluster, DEPLOYMENTS, &deployment("nginx:1"));
    cluster.wait(1);
    let phase = |cluster: &mut InMemory| {
        let pods = get(cluster, PODS);
        pods["items"][0]["spec"]["nodeName"].clone()
    };
    assert_eq!(phase(&mut cluster), Value::Null);
    cluster.ask("PATCH", "/api/v1/nodes/myop-node", &cordon(false));
    cluster.wait(1);
    assert_eq!(phase(&mut cluster), "myop-node");
}

#[test]
fn a_pod_waits_for_its_readiness_gates() {
    let mut cluster = cluster();
    let pod = json!({
        "metadata": {"name": "gated"},
        "spec": {
            "readinessGates": [{"conditionType": "example.com/open"}],
            "containers": [{"name": "c", "image": "nginx:1"}],
        },
    });
    create(&mut cluster, PODS, &pod);
    cluster.wait(1);
    let gated = get(&mut cluster, &format!("{PODS}/gated"));
    assert!(conditions(&gated).contains(&"Ready=False ReadinessGatesNotReady".into()));
    let mut opened = gated["status"]["conditions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    opened.push(json!({"type": "example.com/open", "status": "True"}));
    let patch = json!({"status": {"conditions": opened}}).to_string();
    cluster.ask("PATCH", &format!("{PODS}/gated/status"), &patch);
    cluster.wait(1);
    let gated = get(&mut cluster, &format!("{PODS}/gated"));
    assert!(conditions(&gated).contains(&"Ready=True".into()), "{gated}");
}

#[test]
fn a_job_completes() {
    let mut cluster = cluster();
    let job = json!({
        "metadata": {"name": "work"},
        "spec": {"completions": 2, "template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "c", "image": "nginx:1"}],
        }}},
    });
    create(&mut cluster, "/apis/batch/v1/namespaces/default/jobs", &job);
    cluster.wait(5);
    let work = get(&mut cluster, "/apis/batch/v1/namespaces/default/jobs/work");
    assert_eq!(
        conditions(&work),
        [
            "SuccessCriteriaMet=True CompletionsReached",
            "Complete=True CompletionsReached"
        ]
    );
    assert_eq!(work["status"]["succeeded"], 2);
    let pods = get(&mut cluster, PODS);
    assert_eq!(pods["items"][0]["status"]["phase"], "Succeeded");
}
