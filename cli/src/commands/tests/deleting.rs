//! `delete api` is the inverse of `create api`, and loses nothing.

use super::*;

#[test]
fn what_was_created_is_taken_away() {
    let fresh = init(&Surroundings::default());
    for arguments in [
        MYAPP,
        "--group shop --version v1 --kind Cart --namespaced=false",
        "--group shop --version v1 --kind Cart --controller=false",
        "--group apps --version v1 --kind Deployment --resource=false",
    ] {
        let with = create(&fresh, arguments).unwrap();
        let names = arguments.split(" --kind ").collect::<Vec<_>>();
        let kind = names[1].split(' ').next().unwrap();
        let request = format!("{} --kind {kind}", names[0]);
        assert_eq!(delete(&with, &request).unwrap(), fresh, "{arguments}");
    }
}

#[test]
fn controllers_go_by_themselves() {
    let without = create(
        &init(&Surroundings::default()),
        &format!("{MYAPP} --controller=false"),
    )
    .unwrap();
    assert_eq!(
        delete(&shop(), &format!("{MYAPP} --resource=false")).unwrap(),
        without
    );
    let with_audit = create(&shop(), &format!("{MYAPP} --controller-name audit")).unwrap();
    assert_eq!(
        delete(&with_audit, &format!("{MYAPP} --controller-name audit")).unwrap(),
        shop()
    );
    assert_eq!(
        delete(&with_audit, &format!("{MYAPP} --resource=false")).unwrap(),
        without
    );
}

#[test]
fn the_next_version_becomes_the_stored_one() {
    let both = create(&shop(), "--group= --version v1 --kind MyApp").unwrap();
    let rest = delete(&both, MYAPP).unwrap();
    let alone = create(
        &init(&Surroundings::default()),
        "--group= --version v1 --kind MyApp --controller=false",
    );
    assert_eq!(rest, alone.unwrap());

    let path = PathBuf::from("src/api/v1/myapp.rs");
    let mut edited = both.clone();
    let text = edited.get_mut(&path).unwrap();
    *text = text.replace(
        "pub message: String,",
        "pub message: String,\n    pub more: u8,",
    );
    let rest = delete(&edited, MYAPP).unwrap();
    assert!(rest[&path].contains("pub more: u8") && !rest[&path].contains("storage"));

    let text = edited.get_mut(&path).unwrap();
    *text = text.replace("    storage = false,\n", "    storage = STORED,\n");
    let error = delete(&edited, MYAPP).unwrap_err();
    insta::assert_snapshot!(
        format!("{error}\n{}", error.output()),
        @r"
    what has to change was edited in src/api/v1/myapp.rs
    src/api/v1/myapp.rs
    -    storage = false,
    "
    );
}

#[test]
fn what_was_edited_is_kept_unless_it_is_to_go() {
    let mut tree = shop();
    let path = PathBuf::from("src/controllers/myapp.rs");
    tree.insert(path.clone(), "// edited".into());
    let error = delete(&tree, MYAPP).unwrap_err();
    assert_eq!((error.code(), error.help().is_some()), (2, true));
    assert_eq!(
        error.to_string(),
        "files would go that you have edited, or another myop has written: src/controllers/myapp.rs"
    );
    let fresh = init(&Surroundings::default());
    let mut kept = fresh.clone();
    kept.insert(path, "// edited".into());
    assert_eq!(
        delete(&tree, &format!("{MYAPP} --keep-edited")).unwrap(),
        kept
    );
    assert_eq!(delete(&tree, &format!("{MYAPP} --force")).unwrap(), fresh);
}

#[test]
fn what_is_gone_already_is_no_hindrance() {
    let mut tree = shop();
    tree.remove(&PathBuf::from("tests/myapp.rs"));
    assert_eq!(
        delete(&tree, MYAPP).unwrap(),
        init(&Surroundings::default())
    );
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let told = |tree: &Tree, arguments: &str| {
        let error = delete(tree, arguments).unwrap_err();
        assert_eq!(error.code(), 2);
        format!("{error}\n{}\n", error.help().unwrap())
    };
    let fresh = init(&Surroundings::default());
    insta::assert_snapshot!(
        [
            told(&fresh, MYAPP),
            told(&shop(), "--version v1alpha1 --kind MyAp"),
            told(&shop(), "--group shop --version v1 --kind MyApp"),
            told(&shop(), "--version v1 --kind Cart"),
            told(&shop(), &format!("{MYAPP} --controller-name audit")),
        ]
        .concat(),
        @r#"
    there is no MyApp v1alpha1 of group example.com in PROJECT
    PROJECT has no kinds
    there is no MyAp v1alpha1 of group example.com in PROJECT
    did you mean --group "" --version v1alpha1 --kind MyApp?
    there is no MyApp v1 of group shop in PROJECT
    did you mean --group "" --version v1alpha1 --kind MyApp?
    there is no Cart v1 of group example.com in PROJECT
    there is --group "" --version v1alpha1 --kind MyApp
    MyApp v1alpha1 has no controller audit
    its controllers are myapp
    "#
    );
}
