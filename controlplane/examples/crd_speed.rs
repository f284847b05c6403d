//! How long the functions of `crd` take for a create of a MyApp with five rules.
//!
//! `cargo run --release -p myop-controlplane --example crd_speed`

use std::time::Instant;

use myop_controlplane::crd::{Compiled, Kind};
use serde_json::{Value, json};

const TIMES: u32 = 2000;

#[expect(clippy::print_stdout, reason = "the figures are the purpose")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let definition: Value =
        serde_yaml::from_str(include_str!("../../crds/example.com_myapps.yaml"))?;
    let mut version = definition["spec"]["versions"][0].clone();
    version["schema"]["openAPIV3Schema"]["properties"]["spec"]["x-kubernetes-validations"] = json!([
        {"rule": "!has(self.replicas) || self.replicas <= 100"},
        {"rule": "!self.image.startsWith('http')"},
        {"rule": "!has(self.args) || self.args.all(a, a.size() < 100)"},
        {"rule": "!has(self.version) || self.version.matches('^[0-9.]+$')"},
        {"rule": "!has(self.args) || !self.args.exists(a, a == '--debug') || self.replicas == 1"},
    ]);
    let kind = Kind {
        group: "example.com".into(),
        version: "v1alpha1".into(),
        kind: "MyApp".into(),
        namespaced: true,
    };
    let start = Instant::now();
    let compiled = Compiled::of(kind, &version);
    println!("compile {:?}", start.elapsed());
    let object = json!({
        "apiVersion": "example.com/v1alpha1", "kind": "MyApp",
        "metadata": {"name": "one", "namespace": "default", "labels": {"a": "b"}},
        "spec": {"image": "nginx", "version": "1.27.0", "replicas": 3, "args": ["--one", "--two", "--three"]},
    });
    let start = Instant::now();
    for _ in 0..TIMES {
        let mut decoded = compiled
            .decode(object.clone())
            .map_err(|undecoded| undecoded.refusal.message)?
            .object;
        compiled.before_create(&mut decoded);
        assert!(
            compiled.check_create(&decoded).errors.is_empty(),
            "the object is right"
        );
        compiled.to_store(&mut decoded);
        compiled.read(&mut decoded);
    }
    println!("create  {:?}", start.elapsed() / TIMES);
    Ok(())
}
