//! Where and to whom metrics are served, in the words of Kubebuilder's `main.go`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::flags::{Address, parse_address};

#[derive(Clone, Debug, Args)]
#[group(skip)]
pub(crate) struct MetricsFlags {
    /// Where /metrics is served: :8443 for HTTPS, :8080 for HTTP; 0 serves none
    #[arg(long, value_name = "ADDRESS", default_value = "0", value_parser = parse_address)]
    pub(crate) metrics_bind_address: Address,

    /// Serve metrics by HTTPS, and only to whom the API server allows to get /metrics
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
          default_value = "true", default_missing_value = "true", value_name = "BOOL")]
    pub(crate) metrics_secure: bool,

    /// The folder of the certificate for metrics [default: a self-signed one is made]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) metrics_cert_path: Option<PathBuf>,

    /// The certificate's file
    #[arg(long, value_name = "FILE", default_value = "tls.crt")]
    pub(crate) metrics_cert_name: PathBuf,

    /// The key's file
    #[arg(long, value_name = "FILE", default_value = "tls.key")]
    pub(crate) metrics_cert_key: PathBuf,

    /// Known for Kubebuilder's sake, and without effect: metrics are served by HTTP/1.1
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true", value_name = "BOOL")]
    pub(crate) enable_http2: bool,
}
