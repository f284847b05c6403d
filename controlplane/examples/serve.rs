//! A control plane in the foreground, for a try with kubectl.
use myop_controlplane::{ControlPlane, Options};
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let plane = ControlPlane::start_as(Options {
        port: 0,
        ..Options::default()
    })
    .await?;
    std::fs::write(std::env::args().nth(1).expect("a path"), plane.kubeconfig())?;
    std::future::pending().await
}
