//! Requests in the format of the scenarios.
#![no_main]

use libfuzzer_sys::fuzz_target;
use myop_controlplane_fuzz::{Server, requests};

/// More takes time and finds nothing.
const MOST_REQUESTS: usize = 12;

fuzz_target!(|text: &str| {
    let mut server = Server::new();
    for request in requests(text).take(MOST_REQUESTS) {
        server.ask(&request);
    }
    server.lives();
});
