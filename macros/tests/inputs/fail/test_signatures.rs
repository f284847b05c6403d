#[myop::test]
fn not_async(cluster: myop::testing::Cluster) -> myop::testing::Result {
    Ok(())
}

#[myop::test]
async fn no_cluster() -> myop::testing::Result {
    Ok(())
}

#[myop::test(controller)]
async fn unknown_argument(cluster: myop::testing::Cluster) -> myop::testing::Result {
    Ok(())
}

fn main() {}
