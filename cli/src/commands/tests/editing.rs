//! `edit` changes what `init` fixed, and nothing else.

use super::*;

/// A project of another domain or scope, with the same kinds.
fn made_anew(change: impl Fn(&mut Project)) -> Tree {
    let mut project = Project::new("shop", "example.com").unwrap();
    change(&mut project);
    let tree = init_project(&project, &Surroundings::default());
    let tree = create(&tree, MYAPP).unwrap();
    create(
        &tree,
        "--group store --version v1 --kind Cart --controller-name audit",
    )
    .unwrap()
}

#[test]
fn the_project_is_as_if_made_so() {
    let tree = made_anew(|_| ());
    for (request, change) in [
        (
            "edit --domain shop.org",
            (|project| project.domain = "shop.org".into()) as fn(&mut Project),
        ),
        ("edit --namespaced", |project| project.namespaced = true),
        ("edit --license apache2", |project| {
            project.license = Some(crate::license::License::Apache);
        }),
        ("edit --license MIT --owner Me", |project| {
            project.license = Some(crate::license::License::Mit);
            project.owner = Some("Me".into());
        }),
    ] {
        let edited = ask(&tree, request).unwrap();
        let mut wanted = made_anew(change);
        // What follows from the code is `myop manifests`' to write.
        wanted.retain(|path, _| !path.starts_with("config/rbac"));
        let mut found = edited.clone();
        found.retain(|path, _| !path.starts_with("config/rbac"));
        assert_eq!(found, wanted, "{request}");
        assert_eq!(ask(&edited, request).unwrap(), edited, "{request} again");
    }
}

#[test]
fn what_its_author_wrote_stays() {
    let mut tree = shop();
    let path = PathBuf::from("src/api/v1alpha1/myapp.rs");
    let text = tree.get_mut(&path).unwrap();
    *text = text.replace(
        "    pub message: String,",
        "    pub message: String,\n    pub more: u8,",
    );
    let edited = &ask(&tree, "edit --domain shop.org").unwrap()[&path];
    assert!(
        edited.contains("pub more: u8") && edited.contains("group = \"shop.org\""),
        "{edited}"
    );

    let text = tree.get_mut(&path).unwrap();
    *text = text.replace("group = \"example.com\"", "group = GROUP");
    tree.insert("README.md".into(), "# My own words\n".into());
    let error = ask(&tree, "edit --domain shop.org").unwrap_err();
    assert_eq!(error.code(), 2);
    insta::assert_snapshot!(format!("{error}\n{}", error.output()), @r#"
    what has to change was edited in src/api/v1alpha1/myapp.rs
    src/api/v1alpha1/myapp.rs
    -//! The kind `MyApp` of `example.com/v1alpha1`.
    +//! The kind `MyApp` of `shop.org/v1alpha1`.
    -    group = "example.com",
    +    group = "shop.org",
    "#);
    let edited = ask(&tree, "edit --domain shop.org --keep-edited").unwrap();
    assert_eq!(edited[&path], tree[&path]);
    assert_ne!(edited[&PathBuf::from(FILE)], tree[&PathBuf::from(FILE)]);
}

#[test]
fn what_is_refused() {
    let tree = create(&shop(), "--version v1 --kind Policy --namespaced=false").unwrap();
    for (request, told) in [
        (
            "edit --namespaced",
            "Policy v1 is in no namespace, which an operator of one namespace can't reconcile",
        ),
        ("edit --domain Shop.org", "`Shop.org` is not a valid domain"),
        ("edit --domain org", "`org` is not a valid API group"),
    ] {
        let error = ask(&tree, request).unwrap_err();
        assert_eq!(error.code(), 2, "{request}");
        assert!(error.to_string().starts_with(told), "{error}");
    }
}
