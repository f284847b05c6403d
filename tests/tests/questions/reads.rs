//! Where a reconcile reads from.

use kube::{
    Api,
    api::{Patch, PatchParams},
};
use myop::testing::{Cluster, Result};
use myop_tests::{Act, Script, manager, scripts::create};
use serde_json::json;

use crate::runs::followed;

#[myop::test]
async fn reads_come_from_the_cache(cluster: Cluster) -> Result {
    let (manager, mut runs) = followed(manager());
    let _operator = cluster.run(manager).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;
    let mut reads = 0;
    for number in 0..20 {
        reads += runs.next().await?.reads.len();
        let touch = Patch::Merge(json!({"metadata": {"labels": {"touched": number.to_string()}}}));
        scripts
            .patch("keep", &PatchParams::default(), &touch)
            .await?;
    }
    assert_eq!(reads, 20, "each run reads its ConfigMap");

    let sent = cluster.faults().requests();
    let mut read: Vec<_> = sent
        .iter()
        .filter(|request| !request.is_write())
        .map(|request| format!("{} {}", request.verb, request.resource))
        .collect();
    read.sort();
    let once_a_kind = [
        "list configmaps",
        "list scripts",
        "watch configmaps",
        "watch scripts",
    ];
    assert_eq!(read, once_a_kind);
    Ok(())
}
