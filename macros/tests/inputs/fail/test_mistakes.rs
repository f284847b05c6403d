use myop::testing::{Cluster, Result};

#[myop::test]
async fn two_clusters(one: Cluster, other: Cluster) -> Result {
    Ok(())
}

#[myop::test]
async fn generic<T>(cluster: Cluster) -> Result {
    Ok(())
}

#[myop::test]
#[test]
async fn a_test_twice(cluster: Cluster) -> Result {
    Ok(())
}

#[myop::test]
#[tokio::test]
async fn a_test_of_tokio(cluster: Cluster) -> Result {
    Ok(())
}

#[myop::test(controllers, controllers)]
async fn controllers_twice(cluster: Cluster) -> Result {
    Ok(())
}

#[myop::test(controllers = "yes")]
async fn controllers_in_words(cluster: Cluster) -> Result {
    Ok(())
}

#[myop::test(timeout = 5)]
async fn unknown(cluster: Cluster) -> Result {
    Ok(())
}

fn main() {}
