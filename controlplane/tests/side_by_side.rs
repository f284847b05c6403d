//! Servers in one process don't know of each other.

use futures::future::join_all;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client, Config,
    api::{ListParams, ObjectMeta, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use myop_controlplane::ControlPlane;

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const SERVERS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_servers_each_with_its_own_objects() -> Result {
    let started = join_all((0..SERVERS).map(|_| ControlPlane::start())).await;
    let servers = started.into_iter().collect::<Result<Vec<_>, _>>()?;
    for (index, server) in servers.iter().enumerate() {
        let maps: Api<ConfigMap> = Api::namespaced(over_https(server).await?, "default");
        maps.create(&PostParams::default(), &config_map(index))
            .await?;
    }
    for (index, server) in servers.iter().enumerate() {
        let maps: Api<ConfigMap> = Api::namespaced(server.client(), "default");
        let found = maps.list(&ListParams::default()).await?;
        let names = found.into_iter().filter_map(|map| map.metadata.name);
        let own: Vec<_> = names.filter(|name| name.starts_with("of-")).collect();
        assert_eq!(own, [format!("of-{index}")]);
    }
    Ok(())
}

async fn over_https(server: &ControlPlane) -> Result<Client> {
    let kubeconfig = Kubeconfig::from_yaml(&server.kubeconfig())?;
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
    Ok(Client::try_from(config)?)
}

fn config_map(index: usize) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta {
            name: Some(format!("of-{index}")),
            ..ObjectMeta::default()
        },
        ..ConfigMap::default()
    }
}
