//! Logs by tracing, on stderr.

use std::io::{self, IsTerminal};

use tracing::Level;
use tracing_subscriber::{
    Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::flags::Encoder;

/// Starts logging. `RUST_LOG` says more than `level` where it is set.
pub(crate) fn start(level: Level, encoder: Encoder) {
    let from_env = std::env::var("RUST_LOG")
        .ok()
        .and_then(|text| text.parse::<Targets>().ok());
    let filter = from_env.unwrap_or_else(|| Targets::new().with_default(level));
    let layer = fmt::layer().with_writer(io::stderr);
    let layer = match encoder {
        Encoder::Console => layer.with_ansi(io::stderr().is_terminal()).boxed(),
        Encoder::Json => layer.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .init();
}
