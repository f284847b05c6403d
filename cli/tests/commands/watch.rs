//! `myop manifests --watch`, beside an editor.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::sandbox::Sandbox;

/// How long something may take that comes at once otherwise.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that goes on.
struct Going {
    child: Child,
    lines: Receiver<String>,
}

impl Going {
    fn start(sandbox: &Sandbox, folder: &str, arguments: &str) -> Self {
        let mut command = sandbox.command(folder, arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (told, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = told.send(line);
            }
        });
        Self { child, lines }
    }

    /// What it says up to a line with this text.
    fn until(&self, text: &str) -> String {
        let mut said = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("no `{text}`, {error}, in\n{said}"));
            said.push_str(&line);
            said.push('\n');
            if line.contains(text) {
                return said;
            }
        }
    }

    /// Ctrl-C
    fn interrupt(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

const LIB: &str = "\
/// A cart.
#[derive(kube::CustomResource, schemars::JsonSchema)]
#[kube(group = \"example.com\", version = \"v1\", kind = \"Cart\")]
pub struct CartSpec { pub owner: types::Owner }
";

const TYPES: &str = "#[derive(schemars::JsonSchema)]\npub struct Owner { pub name: String }\n";

#[test]
fn definitions_follow_each_save() {
    let sandbox = Sandbox::new();
    let manifest =
        |name: &str| format!("[package]\nname = \"{name}\"\n\n[dependencies]\nschemars = \"1\"\n");
    let depends = "types = { path = \"../types\" }\n";
    sandbox.write("api/Cargo.toml", &(manifest("api") + depends));
    sandbox.write("api/src/lib.rs", LIB);
    sandbox.write("types/Cargo.toml", &manifest("types"));
    sandbox.write("types/src/lib.rs", TYPES);
    let watch = Going::start(&sandbox, ".", "manifests --crate api --watch");
    watch.until("wrote  created api/crds/example.com_carts.yaml");

    sandbox.write("api/src/lib.rs", &LIB.replace("owner", "user"));
    let said = watch.until("+            - user");
    assert!(said.contains("    edited  src/lib.rs\n"), "{said}");
    assert!(
        said.contains("     wrote  updated api/crds/example.com_carts.yaml (+2 -2)\n"),
        "{said}"
    );

    sandbox.write("types/src/lib.rs", &TYPES.replace("name", "mail"));
    watch.until("+                - mail");

    sandbox.write("types/src/lib.rs", &TYPES.replace("name:", "name"));
    let said = watch.until("help: nothing was written");
    assert!(
        said.contains("failed  the manifests stay as they were\n"),
        "{said}"
    );
    assert!(said.contains("types/src/lib.rs:2:"), "{said}");

    sandbox.write("types/src/lib.rs", TYPES);
    watch.until("+                - name");
    sandbox.write(
        "api/src/lib.rs",
        &format!("// words\n{}", LIB.replace("owner", "user")),
    );
    watch.until("up to date  api/crds");
    assert_eq!(watch.interrupt(), Some(0));
}

#[test]
fn a_project_follows_each_save() {
    let sandbox = Sandbox::with_shop();
    sandbox.run("shop", "manifests").succeeded();
    let watch = Going::start(&sandbox, "shop", "manifests --watch");
    watch.until("up to date  config");
    let request = "create api --version v1 --kind Cart";
    sandbox.run("shop", request).succeeded();
    watch.until("created config/crd/bases/example.com_carts.yaml");
    assert_eq!(watch.interrupt(), Some(0));
}
