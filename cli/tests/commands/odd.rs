//! Folders, files and machines that are not as usual.

use std::fs;
use std::process::Command;

use crate::sandbox::Sandbox;

const CREATE: &str = "create api --group store --version v1 --kind Cart";
const DELETE: &str = "delete api --group store --version v1 --kind Cart";

/// Creating and deleting a kind leaves what was there before.
fn comes_and_goes(sandbox: &Sandbox, folder: &str) {
    let before = sandbox.files();
    sandbox.run(folder, CREATE).succeeded();
    assert_ne!(sandbox.files(), before);
    assert_eq!(sandbox.run(folder, CREATE).stdout, "nothing to do\n");
    sandbox.run(folder, DELETE).succeeded();
    assert_eq!(sandbox.files(), before);
}

#[test]
fn folders_with_odd_names() {
    for folder in [
        "a folder",
        "größe",
        "{{ name }}",
        "a'b\"c",
        "--flag",
        "x/./y/../z",
    ] {
        let sandbox = Sandbox::new();
        fs::create_dir_all(sandbox.path(folder)).unwrap();
        let init = "init --domain example.com --project-name shop";
        sandbox.run(folder, init).succeeded();
        comes_and_goes(&sandbox, folder);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_whose_name_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::new();
    let folder = sandbox.path(OsStr::from_bytes(b"sh\xffop"));
    fs::create_dir(&folder).unwrap();
    let run = |arguments: &str| {
        let mut command = sandbox.command(".", arguments);
        sandbox.said(command.current_dir(&folder))
    };
    let said = run("init --domain example.com");
    assert_eq!(said.code, 2, "{said:?}");
    run("init --domain example.com --project-name shop").succeeded();
    run(CREATE).succeeded();
    assert_eq!(run(CREATE).stdout, "nothing to do\n");
}

#[cfg(unix)]
#[test]
fn links_stay_links() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::with_shop();
    fs::create_dir(sandbox.path("elsewhere")).unwrap();
    for name in ["src", "PROJECT"] {
        let (here, there) = (
            sandbox.path("shop").join(name),
            sandbox.path("elsewhere").join(name),
        );
        fs::rename(&here, &there).unwrap();
        symlink(&there, &here).unwrap();
    }
    symlink(sandbox.path("shop"), sandbox.path("link")).unwrap();
    sandbox.run("link", CREATE).succeeded();
    assert!(sandbox.path("elsewhere/src/api/store/v1/cart.rs").exists());
    assert!(sandbox.read("elsewhere/PROJECT").contains("kind: Cart"));
    for name in ["src", "PROJECT"] {
        assert!(sandbox.path("shop").join(name).is_symlink(), "{name}");
    }
}

/// As git checks a project out on Windows.
#[test]
fn line_ends_of_windows() {
    let sandbox = Sandbox::with_shop();
    for (path, text) in sandbox.files() {
        if let Some(text) = text {
            sandbox.write(path.to_str().unwrap(), &text.replace('\n', "\r\n"));
        }
    }
    comes_and_goes(&sandbox, "shop");
    sandbox.run("shop", "edit --domain shop.org").succeeded();
    let edited = sandbox.read("shop/src/api/v1alpha1/myapp.rs");
    assert!(edited.contains("group = \"shop.org\",\r\n"), "{edited}");
    let lone = |text: &str| text.replace("\r\n", "").contains('\n');
    for (path, text) in sandbox.files() {
        assert!(!text.as_deref().is_some_and(lone), "{}", path.display());
    }
    let request = "delete api --version v1alpha1 --kind MyApp";
    sandbox.run("shop", request).succeeded();
}

/// Where not even root may write.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_can_not_be_written() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(".", "init /proc/shop --domain example.com");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.stderr.contains("error: cannot write /proc/")
            && said.stderr.contains("nothing was changed"),
        "{said:?}"
    );
}

/// A file may have no more than a kilobyte: as on a disk that is full after so much.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full() {
    let sandbox = Sandbox::with_shop();
    let before = sandbox.files();
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_myop"),
        ])
        .args(CREATE.split(' '))
        .current_dir(sandbox.path("shop"));
    let said = sandbox.said(&mut limited);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.stderr.starts_with("error: cannot write ")
            && said.stderr.contains("nothing was changed"),
        "{said:?}"
    );
    assert_eq!(sandbox.files(), before);
}

#[test]
fn no_git() {
    let sandbox = Sandbox::new();
    let mut init = sandbox.command(".", "init shop --domain example.com");
    let said = sandbox.said(init.env("PATH", sandbox.path(""))).succeeded();
    assert!(
        said.stderr
            .contains("note: there is no git on the PATH, so the project is no repository yet\n"),
        "{said:?}"
    );
    assert!(sandbox.path("shop/PROJECT").exists() && !sandbox.path("shop/.git").exists());
}

/// A file where a folder has to be, and the reverse.
#[test]
fn files_and_folders_in_each_others_place() {
    let sandbox = Sandbox::with_shop();
    sandbox.write("shop/src/api/store", "no folder");
    let before = sandbox.files();
    let said = sandbox.run("shop", CREATE);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("src/api/store is a file"), "{said:?}");
    assert_eq!(sandbox.files(), before);

    fs::remove_file(sandbox.path("shop/src/api/store")).unwrap();
    fs::create_dir_all(sandbox.path("shop/src/api/store/v1/cart.rs")).unwrap();
    let before = sandbox.files();
    let said = sandbox.run("shop", CREATE);
    assert_ne!(said.code, 0, "{said:?}");
    assert_eq!(sandbox.files(), before);
}
