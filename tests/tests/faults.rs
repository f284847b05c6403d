//! The API server in trouble: the operator goes on by itself, without a storm and without a silent stall.

use kube::Api;
use myop::testing::{Cluster, Fault, Result, Stop};
use myop_tests::{Act, Script, manager, scripts::create};

#[myop::test]
async fn skeleton(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "one", Act::Keep).await?;
    cluster.until_ready(&scripts, "one").await?;
    let faults = cluster.faults();
    for request in faults.requests() {
        println!("{request:?}");
    }
    faults.begin(
        Fault::answer(500)
            .when(|request| request.is_write())
            .times(6),
    );
    create(&scripts, "two", Act::Keep).await?;
    cluster.until_ready(&scripts, "two").await?;
    for stop in [Stop::Kill, Stop::Terminate] {
        let before = std::time::Instant::now();
        cluster.stop_api_server(stop).await?;
        println!("{stop:?} stopped after {:?}", before.elapsed());
        cluster.start_api_server().await?;
        println!("{stop:?} started after {:?}", before.elapsed());
        let name = format!("{stop:?}").to_lowercase();
        create(&scripts, &name, Act::Keep).await?;
        cluster.until_ready(&scripts, &name).await?;
        println!("{stop:?} ready after {:?}", before.elapsed());
    }
    for request in faults.requests() {
        println!("{request:?}");
    }
    Ok(())
}
