//! Kinds that kube refuses are still refused, in the words that stand beside them; the others are not.

use std::{
    panic,
    sync::{Arc, Mutex},
};

#[test]
fn kube_says_of_each_kind_what_is_written_down() {
    let said = Arc::new(Mutex::new(String::new()));
    let hears = Arc::clone(&said);
    panic::set_hook(Box::new(move |panic| {
        *hears.lock().unwrap() = panic.to_string()
    }));
    let fine = corpus::kinds().into_iter().map(|kind| (kind, None));
    let refused = corpus::refused::REFUSED
        .iter()
        .map(|(kind, words)| (*kind, Some(*words)));
    let mut wrong = Vec::new();
    for ((path, crd), words) in fine.chain(refused) {
        let refused = panic::catch_unwind(crd).is_err();
        let said = said.lock().unwrap();
        match words {
            None if refused => wrong.push(format!("{path} is refused: {said}")),
            Some(_) if !refused => wrong.push(format!("{path} is not refused any more")),
            Some(words) if !said.contains(words) => {
                wrong.push(format!("{path}: not `{words}`, but `{said}`"))
            }
            _ => {}
        }
    }
    drop(panic::take_hook());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
