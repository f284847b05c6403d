use myop::testing::{Cluster, Result};

#[myop::test]
fn not_async(cluster: Cluster) -> Result {
    Ok(())
}

#[myop::test]
async fn no_cluster() -> Result {
    Ok(())
}

#[myop::test(controller)]
async fn unknown_argument(cluster: Cluster) -> Result {
    Ok(())
}

fn main() {}
