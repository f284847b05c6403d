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
    let resources = ["scripts", "configmaps"];
    let (manager, mut runs) = followed(manager());
    let _operator = cluster.run(manager).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;
    runs.next().await?;
    runs.next().await?;

    let before = cluster.read_requests(&resources).await?;
    let mut reads = 0;
    for number in 0..20 {
        let touch = Patch::Merge(json!({"metadata": {"labels": {"touched": number.to_string()}}}));
        scripts
            .patch("keep", &PatchParams::default(), &touch)
            .await?;
        reads += runs.next().await?.reads.len();
    }
    assert!(reads >= 20, "a run reads its ConfigMap: {reads}");
    assert_eq!(cluster.read_requests(&resources).await?, before);
    Ok(())
}
