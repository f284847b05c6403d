//! The myapp-operator operator.
pub mod api;
pub mod controllers;

/// The operator: its kinds and its controllers.
pub fn manager() -> myop::Manager {
    controllers::register(myop::Manager::new(env!("CARGO_PKG_NAME"), api::kinds()))
}
