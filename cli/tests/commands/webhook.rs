//! `myop create webhook` and `myop delete webhook`, which are not there yet.

use crate::sandbox::Sandbox;

#[test]
fn it_is_answered_by_name_and_changes_nothing() {
    let sandbox = Sandbox::with_shop();
    let before = sandbox.files();
    for arguments in [
        "create webhook",
        "create webhook --group= --version v1alpha1 --kind MyApp --defaulting --programmatic-validation",
        "create webhook --group shop --version v1 --kind Policy --conversion --spoke v1beta1,v2 --force",
        "create webhook --version=v1 --kind=MyApp --defaulting-path=/x --validation-path /y --plural=z --make=false",
    ] {
        assert_eq!(
            sandbox.run("shop", arguments).all(),
            "exit code 2\n--- stderr\n\
             error: webhooks are not supported yet\n\
             help: the schema does much of it: #[serde(default)] sets a default, #[x_kube(validation = \"...\")] checks a rule \
             in CEL, and versions of a kind that have the same fields need no conversion\n--- stdout\n"
        );
    }
    assert_eq!(
        sandbox
            .run("shop", "delete webhook --version v1 --kind MyApp")
            .all(),
        "exit code 2\n--- stderr\n\
         error: webhooks are not supported yet, so there is none to delete\n--- stdout\n"
    );
    assert_eq!(sandbox.files(), before);
}
