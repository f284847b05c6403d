use myop::testing::{Cluster, Result};

/// It keeps what is written on it.
#[myop::test]
#[should_panic(expected = "no")]
async fn a_test(cluster: Cluster) -> Result {
    let _ = cluster;
    panic!("no");
}

#[myop::test(controllers)]
#[ignore = "flaky"]
async fn with_the_controller_manager(_cluster: Cluster) -> Result {
    Ok(())
}

fn main() {}
