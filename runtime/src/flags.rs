//! The command line of an operator, in the words of Kubebuilder's `main.go`.

use std::{fmt, num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing::Level;

#[derive(Debug, Parser)]
#[command(about = "A Kubernetes operator", disable_help_subcommand = true)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the CRDs and rules as one JSON document, from which `myop manifests` writes config/
    Manifests,
}

#[derive(Debug, Args)]
pub(crate) struct RunFlags {
    /// The kubeconfig to use [default: $KUBECONFIG, ~/.kube/config, or the pod's ServiceAccount]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,

    /// Where /healthz and /readyz are served; 0 serves none
    #[arg(long, value_name = "ADDRESS", default_value = ":8081", value_parser = parse_address)]
    pub(crate) health_probe_bind_address: Address,

    /// Where metrics are served; this edition has none, so only 0 is accepted
    #[arg(long, value_name = "ADDRESS", default_value = "0", value_parser = parse_no_address)]
    pub(crate) metrics_bind_address: Address,

    /// How many objects each controller reconciles at once [default: 1, or what the operator sets]
    #[arg(long, value_name = "N")]
    pub(crate) max_concurrent_reconciles: Option<NonZeroUsize>,

    /// Not in this edition: run one replica
    #[arg(long, value_parser = parse_no_election, num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub(crate) leader_elect: bool,

    /// The least severe messages to log; $RUST_LOG may say it by module, `myop=debug,kube=warn` for example
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "info",
        alias = "zap-log-level"
    )]
    pub(crate) log_level: Level,

    /// How messages are written
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "console",
        alias = "zap-encoder"
    )]
    pub(crate) log_encoder: Encoder,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Encoder {
    Console,
    Json,
}

/// Where something is served, if at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Nowhere,
    /// At this port of all the machine's addresses.
    Everywhere(u16),
    /// At `host:port`.
    At(String),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => f.write_str("0"),
            Self::Everywhere(port) => write!(f, ":{port}"),
            Self::At(address) => f.write_str(address),
        }
    }
}

/// Takes `host:port`, `:port` for all addresses, and `0` for none, as Go's operators do.
fn parse_address(text: &str) -> Result<Address, String> {
    let port = text
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match (text, port) {
        ("0", _) => Ok(Address::Nowhere),
        (_, Some(("", port))) => Ok(Address::Everywhere(port)),
        (_, Some(_)) => Ok(Address::At(text.to_owned())),
        _ => Err("an address is HOST:PORT, :PORT for all of them, or 0 for none".into()),
    }
}

fn parse_no_address(text: &str) -> Result<Address, String> {
    match parse_address(text)? {
        Address::Nowhere => Ok(Address::Nowhere),
        Address::Everywhere(_) | Address::At(_) => {
            Err("this edition of myop serves no metrics yet; leave the flag out".into())
        }
    }
}

fn parse_no_election(text: &str) -> Result<bool, String> {
    match text {
        "false" => Ok(false),
        "true" => Err(
            "this edition of myop elects no leader yet; run one replica and leave the flag out"
                .into(),
        ),
        _ => Err("true or false".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_in_go() {
        assert_eq!(parse_address("0"), Ok(Address::Nowhere));
        assert_eq!(parse_address(":8081"), Ok(Address::Everywhere(8081)));
        for address in ["127.0.0.1:9", "localhost:9", "[::1]:9"] {
            assert_eq!(parse_address(address), Ok(Address::At(address.into())));
        }
        assert!(parse_address("8081").is_err());
    }

    #[test]
    fn what_is_not_there_yet_is_refused() {
        let refused = |flag: &str| {
            Flags::try_parse_from(["operator", flag])
                .unwrap_err()
                .to_string()
        };
        assert!(refused("--leader-elect").contains("elects no leader yet"));
        assert!(refused("--metrics-bind-address=:8443").contains("serves no metrics yet"));
    }

    #[test]
    fn kubebuilder_s_flags_are_known() {
        let flags = Flags::try_parse_from([
            "operator",
            "--health-probe-bind-address=:8081",
            "--metrics-bind-address=0",
            "--leader-elect=false",
            "--zap-log-level=debug",
            "--zap-encoder=json",
        ]);
        assert!(flags.is_ok(), "{flags:?}");
    }
}
