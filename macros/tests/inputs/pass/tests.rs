/// It keeps what is written on it.
#[myop::test]
#[should_panic(expected = "no")]
async fn a_test(cluster: myop::testing::Cluster) {
    let _ = cluster;
    panic!("no");
}

#[myop::test(controllers)]
#[ignore = "flaky"]
async fn with_the_controller_manager(_: myop::testing::Cluster) -> myop::testing::Result {
    Ok(())
}

#[myop::test(embedded)]
async fn on_the_embedded_server(_: myop::testing::Cluster) -> myop::testing::Result {
    Ok(())
}

fn main() {}
