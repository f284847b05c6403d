//! Names of types, modules and packages.

/// Every word that Rust 2024 keeps for itself, now or for later.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Types that derived code names without a path; a kind of the same name would hide them.
const PRELUDE: &[&str] = &[
    "Box", "Default", "Err", "None", "Ok", "Option", "Result", "Some", "String", "Vec",
];

/// What a project depends on, and what cargo or Rust has of its own.
const TAKEN_CRATES: &[&str] = &[
    "myop",
    "kube",
    "k8s_openapi",
    "schemars",
    "serde",
    "serde_json",
    "tokio",
    "std",
    "core",
    "alloc",
    "proc_macro",
    "test",
    "build",
    "deps",
    "examples",
    "incremental",
];

/// The Rust module of a kind, a group or a version: lowercase, and a valid identifier whatever
/// comes in.
///
/// ```
/// # use myop_model::names::module_name;
/// assert_eq!(module_name("MyApp"), "myapp");
/// assert_eq!(module_name("apps.example.com"), "apps_example_com");
/// assert_eq!(module_name("Type"), "type_");
/// assert_eq!(module_name("3scale"), "_3scale");
/// ```
#[must_use]
pub fn module_name(name: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let mut module: String = name.chars().map(letter).collect();
    // rustc finds two in a row odd.
    while module.contains("__") {
        module = module.replace("__", "_");
    }
    if module.is_empty() || module.starts_with(|first: char| first.is_ascii_digit()) {
        module.insert(0, '_');
    }
    if KEYWORDS.contains(&module.as_str()) || module == "_" {
        module.push('_');
    }
    module
}

/// The name under which Rust code finds the library of a project.
///
/// ```
/// assert_eq!(myop_model::names::crate_name("my-shop"), "my_shop");
/// ```
#[must_use]
pub fn crate_name(project: &str) -> String {
    project.replace('-', "_")
}

pub(super) fn check_type_name(name: &str) -> Result<(), String> {
    if !name.starts_with(|first: char| first.is_ascii_uppercase())
        || !name.chars().all(|c| c.is_ascii_alphanumeric())
    {
        return Err("must be the name of a Rust type: a to z, A to Z and digits, the first an uppercase letter".into());
    }
    if KEYWORDS.contains(&name) {
        return Err("must not be a keyword of Rust".into());
    }
    if PRELUDE.contains(&name) {
        return Err(format!(
            "must not hide Rust's own `{name}`, which the code of every kind uses"
        ));
    }
    Ok(())
}

/// Whether this is an identifier of Rust's.
#[must_use]
pub fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Whether a type can have the name, be it good or not.
pub(crate) fn is_type_name(name: &str) -> bool {
    is_identifier(name) && !PRELUDE.contains(&name)
}

pub(super) fn check_package_name(name: &str) -> Result<(), String> {
    let library = crate_name(name);
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return Err("must start with a letter, as it becomes a cargo package".into());
    }
    if KEYWORDS.contains(&library.as_str()) {
        return Err("must not be a keyword of Rust, as it becomes a cargo package".into());
    }
    if TAKEN_CRATES.contains(&library.as_str()) {
        return Err("must not be the name of a crate or folder that its build needs".into());
    }
    Ok(())
}
