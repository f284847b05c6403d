//! Logs by tracing, on stderr.

use std::io::{self, IsTerminal};

use tracing::{Level, level_filters::LevelFilter, warn};
use tracing_subscriber::{
    Layer,
    filter::{ParseError, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::flags::Encoder;

/// Starts logging. `RUST_LOG` says more than `level` where it is set.
pub(crate) fn start(level: Level, encoder: Encoder) {
    let from_env: Option<Result<Targets, ParseError>> =
        std::env::var("RUST_LOG").ok().map(|text| text.parse());
    let (filter, wrong) = match from_env {
        None => (of_operator(level), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (of_operator(level), Some(error)),
    };
    let layer = fmt::layer().with_writer(io::stderr);
    let layer = match encoder {
        Encoder::Console => layer.with_ansi(io::stderr().is_terminal()).boxed(),
        Encoder::Json => layer.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .init();
    if let Some(error) = wrong {
        warn!(%error, "RUST_LOG is not understood; write it as in myop=debug,kube=warn");
    }
}

/// What concerns an operator's user at this level. What goes wrong on the wire, the runtime tells itself.
pub(crate) fn of_operator(level: Level) -> Targets {
    let on_the_wire =
        ["h2", "hyper", "hyper_util", "rustls", "tower"].map(|target| (target, LevelFilter::WARN));
    Targets::new()
        .with_default(level)
        .with_targets(on_the_wire)
        .with_target("kube_client", LevelFilter::OFF)
        .with_target("kube_runtime", LevelFilter::OFF)
}
