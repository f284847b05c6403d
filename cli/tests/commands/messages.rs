//! Every mistake, what is said of it, and that nothing was changed by it: docs/messages.md is made of this.
//!
//! `INSTA_UPDATE=always` writes the page anew.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::sandbox::Sandbox;

/// A mistake.
struct Mistake {
    /// What was done.
    title: &'static str,
    /// What is there before.
    before: fn(&Sandbox),
    folder: &'static str,
    arguments: &'static str,
    code: i32,
}

const fn mistake(title: &'static str, arguments: &'static str) -> Mistake {
    Mistake {
        title,
        before: |_| (),
        folder: "shop",
        arguments,
        code: 2,
    }
}

impl Mistake {
    const fn after(self, before: fn(&Sandbox)) -> Self {
        Self { before, ..self }
    }

    const fn inside(self, folder: &'static str) -> Self {
        Self { folder, ..self }
    }

    const fn with_code(self, code: i32) -> Self {
        Self { code, ..self }
    }

    /// Makes it, and tells of it.
    fn tell(&self) -> String {
        let sandbox = Sandbox::with_shop();
        (self.before)(&sandbox);
        let before = sandbox.files();
        let mut command = sandbox.command(self.folder, self.arguments);
        // Neither cargo nor kubectl nor git is to be found.
        command.env("PATH", sandbox.path("")).env_remove("CARGO");
        let said = sandbox.said(&mut command);
        assert_eq!(said.code, self.code, "{}: {said:?}", self.title);
        assert_eq!(sandbox.files(), before, "{}", self.title);
        let said = [said.stdout, said.stderr]
            .concat()
            .replace("[SANDBOX]/", "");
        let said = said.trim_end();
        format!(
            "### {}\n\n```console\n$ myop {}\n{said}\n```\n\n",
            self.title, self.arguments
        )
    }
}

/// The mistakes of the table in which Kubebuilder's answers were measured, as far as they can be made here.
const KUBEBUILDERS: &[Mistake] = &[
    mistake(
        "The same request again",
        "create api --version v1alpha1 --kind MyApp",
    )
    .after(|sandbox| sandbox.write("shop/src/controllers/myapp.rs", "// edited"))
    .with_code(0),
    mistake(
        "The same request with --force",
        "create api --version v1alpha1 --kind MyApp --force",
    )
    .after(|sandbox| sandbox.write("shop/src/controllers/myapp.rs", "// edited")),
    mistake(
        "A kind that begins in lower case",
        "create api --version v1 --kind myApp2",
    ),
    mistake(
        "A kind with a hyphen",
        "create api --version v1 --kind My-App",
    ),
    mistake(
        "A kind that differs only in case",
        "create api --version v1alpha1 --kind Myapp",
    ),
    mistake(
        "A version in upper case",
        "create api --version V1 --kind Other",
    ),
    mistake(
        "A version that is a number",
        "create api --version 1 --kind Other",
    ),
    mistake(
        "A group in upper case",
        "create api --group Apps --version v1 --kind Other",
    ),
    mistake("No kind", "create api --version v1"),
    mistake(
        "Outside of a project",
        "create api --version v1 --kind Other",
    )
    .inside("."),
    mistake("`init` again", "init --domain example.com").with_code(0),
    mistake(
        "`init` again, otherwise",
        "init --domain example.org --project-name shop",
    ),
    mistake("`init` where a Dockerfile is", "init --domain example.com")
        .inside("other")
        .after(|sandbox| sandbox.write("other/Dockerfile", "FROM scratch\n")),
    mistake(
        "`init` in a folder whose name is none for a project",
        "init --domain example.com",
    )
    .inside("My_App")
    .after(|sandbox| fs::create_dir(sandbox.path("My_App")).unwrap()),
    mistake("A domain that is none", "init other --domain Example_com").inside("."),
    mistake("No cargo to be found", "manifests --compiled").with_code(1),
    mistake("A CEL rule that is wrong", "manifests")
        .after(|sandbox| {
            let file = "shop/src/api/v1alpha1/myapp.rs";
            let rule = "#[x_kube(validation = \"self.mesage != ''\")]\npub struct MyAppSpec {";
            let api = sandbox.read(file).replace("pub struct MyAppSpec {", rule);
            sandbox.write(file, &api);
        })
        .with_code(1),
    mistake(
        "A PROJECT that is not YAML",
        "create api --version v1 --kind Other",
    )
    .after(|sandbox| {
        let text = sandbox
            .read("shop/PROJECT")
            .replace("kind: MyApp", "kind: [MyApp");
        sandbox.write("shop/PROJECT", &text);
    })
    .with_code(1),
    mistake(
        "A webhook",
        "create webhook --group shop --version v1 --kind Other --defaulting",
    ),
    mistake(
        "A flag that is misspelt",
        "create api --grp shop --version v1 --kind Other",
    ),
];

/// Others.
const OTHERS: &[Mistake] = &[
    mistake("A command that is misspelt", "creat api"),
    mistake("A field of PROJECT that is misspelt", "edit --license MIT")
        .after(|sandbox| {
            let text = sandbox.read("shop/PROJECT").replace("projectName", "projectNam");
            sandbox.write("shop/PROJECT", &text);
        })
        .with_code(1),
    mistake("A PROJECT of Kubebuilder's", "create api --version v1 --kind Other")
        .after(|sandbox| sandbox.write("shop/PROJECT", "layout:\n- go.kubebuilder.io/v4\nrepo: shop\n")),
    mistake("A PROJECT of a newer myop", "create api --version v1 --kind Other")
        .after(|sandbox| sandbox.write("shop/PROJECT", "layout:\n- myop/v2\n"))
        .with_code(1),
    mistake("A PROJECT that is lost", "create api --version v1 --kind Other")
        .after(|sandbox| fs::remove_file(sandbox.path("shop/PROJECT")).unwrap()),
    mistake("A PROJECT with an entry that can't be", "create api --version v1 --kind Other")
        .after(|sandbox| {
            let text = sandbox.read("shop/PROJECT").replace("kind: MyApp", "kind: my-app");
            sandbox.write("shop/PROJECT", &text);
        })
        .with_code(1),
    mistake("A file of the author's in the way", "create api --version v1 --kind Other")
        .after(|sandbox| sandbox.write("shop/src/api/v1/other.rs", "// mine\n")),
    mistake("A kind of the same plural", "create api --version v1 --kind MyApps"),
    mistake("A kind whose name the code needs", "create api --version v1 --kind Context"),
    mistake("The whole group in place of its first part", "create api --group shop.example.com --version v1 --kind Cart"),
    mistake("Another scope than the kind's other version", "create api --version v1 --kind MyApp --namespaced=false"),
    mistake("A second controller without a name", "create api --version v1 --kind MyApp --controller"),
    mistake("A controller for a kind that nobody has", "create api --version v1 --kind MyAp --resource=false"),
    mistake("A misspelt kind of Kubernetes' own", "create api --group apps --version v1 --kind Deploymnet --resource=false"),
    mistake("A type of another crate that is no path", "create api --group a.io --version v1 --kind Cart --external-api-path Cart"),
    mistake("Nothing at all", "create api --version v1 --kind Cart --resource=false --controller=false"),
    mistake("To delete what is not there", "delete api --version v1 --kind Cart"),
    mistake("To delete what is misspelt", "delete api --version v1alpha1 --kind Myapp"),
    mistake("To delete what was edited", "delete api --version v1alpha1 --kind MyApp")
        .after(|sandbox| sandbox.write("shop/src/controllers/myapp.rs", "// edited")),
    mistake("To edit nothing", "edit"),
    mistake("A change where the author has edited", "edit --domain example.org")
        .after(|sandbox| {
            let path = "shop/config/samples/v1alpha1_myapp.yaml";
            let text = sandbox.read(path).replace("example.com/v1alpha1", "example.com/v1beta1");
            sandbox.write(path, &text);
        }),
    mistake("One namespace for a kind that is in none", "edit --namespaced")
        .after(|sandbox| {
            let request = "create api --version v1 --kind Zone --namespaced=false";
            sandbox.run("shop", request).succeeded();
        }),
    mistake("`init` onto a file", "init file --domain example.com --dry-run")
        .inside(".")
        .after(|sandbox| sandbox.write("file", "mine")),
    mistake("A licence that myop has no text of", "edit --license GPL"),
    mistake("A workspace without a package", "init --domain example.com")
        .inside("space")
        .after(|sandbox| sandbox.write("space/Cargo.toml", "[workspace]\nmembers = []\n")),
    mistake("A source that is gone", "manifests")
        .after(|sandbox| fs::remove_file(sandbox.path("shop/src/controllers/myapp.rs")).unwrap())
        .with_code(1),
    mistake("A source that is no Rust", "manifests")
        .after(|sandbox| {
            let path = "shop/src/api/v1alpha1/myapp.rs";
            sandbox.write(path, &sandbox.read(path).replace("message: String", "message String"));
        })
        .with_code(1),
    mistake("A misspelt argument, before any compiler sees it", "manifests")
        .after(|sandbox| {
            let path = "shop/src/api/v1alpha1/myapp.rs";
            sandbox.write(path, &sandbox.read(path).replace("namespaced", "namspaced"));
        })
        .with_code(1),
    mistake("What only the program knows, and --static", "manifests --static")
        .after(|sandbox| {
            let path = "shop/src/api/v1alpha1/myapp.rs";
            let computed = "#[serde(default = \"computed\")]\n    pub message: String";
            let text = sandbox.read(path).replace("pub message: String", computed);
            let function = "\nfn computed() -> String {\n    std::env::args().collect()\n}\n";
            sandbox.write(path, &(text + function));
        })
        .with_code(1),
    mistake("A setting that is misspelt", "manifests")
        .after(|sandbox| {
            let path = "shop/Cargo.toml";
            let setting = "\n[package.metadata.myop]\ndescription = \"none\"\n";
            sandbox.write(path, &(sandbox.read(path) + setting));
        })
        .with_code(1),
    mistake("A crate without kinds", "manifests --crate .")
        .inside("none")
        .after(|sandbox| {
            sandbox.write("none/Cargo.toml", "[package]\nname = \"none\"\n");
            sandbox.write("none/src/lib.rs", "");
        }),
    mistake("No kubectl to be found", "build-installer").with_code(1),
    mistake("A command that was interrupted, and --dry-run", "edit --license MIT --dry-run")
        .after(|sandbox| sandbox.write("shop/.myop-journal", "")),
    mistake("A command that was interrupted, and an edit since", "edit --license MIT")
        .after(|sandbox| {
            let journal = r#"{"command":"myop edit --owner Me","folders":[],"steps":[{"path":"README.md","old":"a","new":"b"}]}"#;
            sandbox.write("shop/.myop-journal", &format!("{journal}\nstaged\n"));
        }),
];

const HEAD: &str = "\
# What myop says when something is wrong

<!-- Made by `cli/tests/commands/messages.rs` and the cases of `macros/tests/inputs/fail`: \
`INSTA_UPDATE=always cargo test -p myop-cli --test commands messages` writes it anew. -->

None of these commands has changed a file: each test compares the whole tree before and after. Exit code 2 is a request that
is refused, 1 one that failed, 0 one that is done.

";

/// The other rows of that table.
const NOT_HERE: &str = "\
## Mistakes that were measured in Kubebuilder and controller-gen, and can't be made here

| there | here |
|---|---|
| a second group is refused | it works |
| `init` outside of a Go module's path | there is no such path: a package has its name in Cargo.toml |
| scaffold markers that were deleted, and a controller that is never registered | there are no markers: the lists are made from PROJECT as a whole, and one that was edited is put right |
| types that do not compile, before `create api` | `create api` compiles nothing |
| a field without a JSON tag, or of an unknown type | every field has its name; rustc refuses an unknown type |
| a default of another type than its field | a default is a value of the field's Rust type |
| `MinLength=abc`, a minimum on a text | rustc refuses the first; `schemars` ignores the second, which is **not found yet** |
| a misspelt marker, rule, verb or argument | below, at its place in the code |
| CRDs rewritten by a run that failed | a plan is carried out whole or not at all |

";

#[test]
fn the_page_says_what_the_program_says() {
    let mut page = HEAD.to_owned();
    for (title, mistakes) in [
        (
            "Mistakes for which Kubebuilder's answers were measured",
            KUBEBUILDERS,
        ),
        ("Other mistakes on the command line", OTHERS),
    ] {
        writeln!(page, "## {title}\n").unwrap();
        page.extend(mistakes.iter().map(Mistake::tell));
    }
    page.push_str(NOT_HERE);
    page.push_str(&macro_messages());
    let page = format!("{}\n", page.trim_end());

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/messages.md");
    if env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(&found, &page);
    let diff = diff
        .unified_diff()
        .header("docs/messages.md", "the program")
        .to_string();
    assert!(diff.is_empty(), "{diff}");
}

/// What rustc shows of each mistake in an attribute.
fn macro_messages() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../macros/tests/inputs/fail");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "stderr")
        })
        .collect();
    paths.sort();
    let mut page = "## Mistakes in attributes, as rustc shows them\n\n".to_owned();
    for path in paths {
        let title = path
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .replace('_', " ");
        let text = fs::read_to_string(&path)
            .unwrap()
            .replace("tests/inputs/fail/", "");
        writeln!(page, "### {title}\n\n```text\n{}\n```\n", text.trim_end()).unwrap();
    }
    page
}

/// In a pipe nothing is coloured, and nowhere where that is not wanted.
#[test]
fn they_are_plain_text() {
    let sandbox = Sandbox::with_shop();
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("COLUMNS", "30")] {
        let mut command: Command = sandbox.command("shop", "create api --grp x");
        let said = sandbox.said(command.env(variable, value));
        assert!(!said.stderr.contains('\u{1b}'), "{variable}: {said:?}");
    }
}
