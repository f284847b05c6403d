//! The operator `myapp-operator`: its kinds are in [`api`], what it does about them is in [`controllers`].

pub mod api;
pub mod controllers;

use api::v1alpha1::MyApp;

/// The operator with all its kinds and controllers: ready to run, to be tested, and to be asked for its manifests.
pub fn manager() -> myop::Manager {
    controllers::register(myop::Manager::new(env!("CARGO_PKG_NAME"), api::kinds())).count_objects(
        "myapp_objects",
        "MyApps by phase.",
        ["phase"],
        MyApp::phase,
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn config_says_what_the_program_declares() -> myop::testing::Result {
        myop::testing::check_config(&super::manager())
    }
}
