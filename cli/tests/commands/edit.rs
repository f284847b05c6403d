//! `myop edit`, and `init` where something is already.

use crate::sandbox::Sandbox;

#[test]
fn another_domain() {
    let sandbox = Sandbox::with_shop();
    let said = sandbox.run("shop", "edit --domain shop.org");
    insta::assert_snapshot!(said.all());
    let again = sandbox.run("shop", "edit --domain shop.org");
    assert_eq!(again.stdout, "nothing to do\n");
}

#[test]
fn a_package_becomes_an_operator() {
    let sandbox = Sandbox::new();
    let manifest = "\
[package]
name = \"mine\"
version = \"1.2.3\"
edition = \"2021\"

[dependencies]
# The newest of last year.
kube = { version = \"2.0\", features = [\"client\"] }
";
    sandbox.write("mine/Cargo.toml", manifest);
    sandbox.write("mine/src/main.rs", "fn main() {}\n");
    sandbox.write("mine/README.md", "# Mine\n");
    let said = sandbox.run("mine", "init --domain example.com").succeeded();
    let checkout = env!("CARGO_MANIFEST_DIR").trim_end_matches("cli");
    insta::assert_snapshot!(said.all().replace(checkout, "[MYOP]/"));
    assert!(
        sandbox
            .read("mine/Cargo.toml")
            .starts_with(manifest.trim_end())
    );
    assert_eq!(sandbox.read("mine/src/main.rs"), "fn main() {}\n");
    assert!(sandbox.read("mine/src/lib.rs").contains("pub fn manager()"));
    sandbox
        .run("mine", "create api --version v1 --kind Cart")
        .succeeded();

    let said = sandbox.run("mine", "init --domain example.com");
    assert_eq!(said.stdout, "nothing to do\n");
}
