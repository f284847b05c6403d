//! A template that is new alone must be embedded too: the folders are watched, not only their files.

fn main() {
    for folder in [
        "project",
        "license",
        "standalone",
        "member",
        "patch",
        "api",
        "controller",
        "observer",
        "lists",
        "exercise",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
