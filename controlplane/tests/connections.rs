//! Connections that come to nothing: they must not take the server with them.

use std::time::Duration;

use myop_controlplane::ControlPlane;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{Instant, timeout},
};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn address(server: &ControlPlane) -> String {
    server.url().trim_start_matches("https://").to_owned()
}

#[tokio::test]
async fn who_never_says_hello_is_hung_up_on() -> Result {
    let server = ControlPlane::start().await?;
    let mut stream = TcpStream::connect(address(&server)).await?;
    // It is accepted before the clock leaps.
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::time::pause();
    let began = Instant::now();
    let read = timeout(Duration::from_secs(60), stream.read(&mut [0])).await;
    assert_eq!(read??, 0, "the server hangs up");
    assert!(began.elapsed() >= Duration::from_secs(31));
    Ok(())
}

/// File descriptors run out, so that nothing can be accepted: the server waits, and goes on when some are closed.
#[cfg(target_os = "linux")]
#[test]
fn without_file_descriptors_it_waits() -> Result {
    use std::{
        fs::{self, File},
        process::Command,
    };

    const ALONE: &str = "MYOP_TEST_FEW_DESCRIPTORS";
    if std::env::var_os(ALONE).is_none() {
        // All others in this process would be without, too.
        let own = std::env::current_exe()?;
        let command = format!(
            "ulimit -n 64; exec '{}' --exact without_file_descriptors_it_waits --nocapture",
            own.display()
        );
        let status = Command::new("sh")
            .args(["-c", &command])
            .env(ALONE, "1")
            .status()?;
        assert!(status.success());
        return Ok(());
    }
    let busy = || -> Result<u64> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let field = |at: usize| after_name.split_whitespace().nth(at).unwrap_or_default();
        Ok(field(11).parse::<u64>()? + field(12).parse::<u64>()?)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let server = ControlPlane::start().await?;
        let mut files = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        files.pop();
        let mut stream = TcpStream::connect(address(&server)).await?;
        // The one that was left is in use, and the server has none to accept it with.
        let before = {
            files.pop();
            let before = busy()?;
            files.push(File::open("/dev/null")?);
            before
        };
        tokio::time::sleep(Duration::from_secs(2)).await;
        files.clear();
        let hundredths = busy()? - before;
        assert!(
            hundredths < 100,
            "{hundredths} of 200 were spent in accepting"
        );
        let hung_up = timeout(Duration::from_secs(3), stream.read(&mut [0])).await;
        assert!(
            hung_up.is_err(),
            "it is served by now, and says nothing first"
        );
        let namespaces: kube::Api<k8s_openapi::api::core::v1::Namespace> =
            kube::Api::all(server.client());
        assert!(namespaces.get_opt("default").await?.is_some());
        Ok(())
    })
}
