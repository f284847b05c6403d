pub mod myapp;
pub fn register(manager: myop::Manager) -> myop::Manager {
    manager.controller::<myapp::MyAppController>()
}
