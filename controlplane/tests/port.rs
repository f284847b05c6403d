//! The port of a server that crashed: connections to it are refused, and nobody else is given it. That of one that ended is free.

use std::{
    error::Error,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use myop_controlplane::{ControlPlane, Options};

/// Processes that are being started have all that this one has open, until they are another program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_kept_or_free_while_processes_are_started() -> Result<(), Box<dyn Error>> {
    static ENDED: AtomicBool = AtomicBool::new(false);
    let starting = std::thread::spawn(|| {
        while !ENDED.load(Ordering::Relaxed) {
            assert!(Command::new("no-such-program").spawn().is_err());
        }
    });
    let crashes = crash_often().await;
    let ends = end_often().await;
    ENDED.store(true, Ordering::Relaxed);
    starting.join().expect("there is no such program");
    crashes.and(ends)
}

async fn end_often() -> Result<(), Box<dyn Error>> {
    let mut control_plane = ControlPlane::start().await?;
    let port = control_plane
        .url()
        .rsplit_once(':')
        .ok_or("no port")?
        .1
        .parse()?;
    for _ in 0..100 {
        drop(control_plane);
        let options = Options {
            port,
            ..Options::default()
        };
        control_plane = ControlPlane::start_as(options).await?;
    }
    Ok(())
}

async fn crash_often() -> Result<(), Box<dyn Error>> {
    let mut control_plane = ControlPlane::start().await?;
    let kubeconfig = Kubeconfig::from_yaml(&control_plane.kubeconfig())?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    for _ in 0..200 {
        control_plane.hang_up().await?;
        let namespaces: Api<Namespace> = Api::all(Client::try_from(config.clone())?);
        assert!(namespaces.get("default").await.is_err());
        control_plane.listen_again().await?;
        let namespaces: Api<Namespace> = Api::all(Client::try_from(config.clone())?);
        namespaces.get("default").await?;
    }
    Ok(())
}
