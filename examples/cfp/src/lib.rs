//! The operator `cfp-operator`: its kinds are in [`api`], what it does about them is in [`controllers`], and [`cfp`] is the
//! service that it keeps in step with them.

pub mod api;
pub mod cfp;
pub mod controllers;
mod record;

/// How many requests to the service may be under way for each kind.
const AT_ONCE: usize = 10;

/// The operator with all its kinds and controllers: ready to run, to be tested, and to be asked for its manifests.
pub fn manager() -> myop::Manager {
    controllers::register(myop::Manager::new(env!("CARGO_PKG_NAME"), api::kinds()))
        .flags::<cfp::CfpFlags>()
        .max_concurrent_reconciles(AT_ONCE)
}

#[cfg(test)]
mod tests {
    #[test]
    fn config_says_what_the_program_declares() -> myop::testing::Result {
        myop::testing::check_config(&super::manager())
    }
}
