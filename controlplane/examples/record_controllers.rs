//! Records what a real control plane with kube-controller-manager makes of the scenarios of the controllers' tests.
//!
//! ```text
//! kubectl proxy --port 8001 &
//! cargo run -p myop-controlplane --example record_controllers -- http://127.0.0.1:8001 \
//!   controlplane/src/controllers/scenarios/*.txt
//! ```

use std::{error::Error, fs, process::Command, thread, time::Duration};

use serde_json::Value;

#[path = "../src/controllers/scenarios/play.rs"]
mod play;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("give the server's URL and files")?;
    for file in arguments {
        let text = fs::read_to_string(&file)?;
        let mut server = || Box::new(Real(url.clone())) as Box<dyn play::Server>;
        fs::write(&file, play::play(&text, &mut server))?;
    }
    Ok(())
}

struct Real(String);

impl Real {
    fn curl(&self, arguments: &[&str], path: &str) -> String {
        let url = format!("{}{path}", self.0);
        let output = Command::new("curl")
            .arg("-s")
            .args(arguments)
            .arg(url)
            .output();
        let output = output.expect("curl runs");
        String::from_utf8(output.stdout).expect("the server writes UTF-8")
    }
}

impl play::Server for Real {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let content = match method {
            "PATCH" => "Content-Type: application/merge-patch+json",
            _ => "Content-Type: application/json",
        };
        let mut arguments = vec!["-X", method, "-H", content, "-w", "\n%{http_code}"];
        if !body.is_empty() {
            arguments.extend(["--data-binary", body]);
        }
        let answer = self.curl(&arguments, path);
        let (body, status) = answer.rsplit_once('\n').expect("curl adds a line");
        let body = serde_json::from_str(body).unwrap_or_default();
        (status.parse().expect("a status is a number"), body)
    }

    fn events(&mut self, path: &str, revision: &str) -> String {
        self.curl(
            &[],
            &format!("{path}?watch=1&timeoutSeconds=1&resourceVersion={revision}"),
        )
    }

    fn wait(&mut self, seconds: u64) {
        thread::sleep(Duration::from_secs(seconds));
    }
}
