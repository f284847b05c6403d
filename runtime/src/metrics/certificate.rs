//! The certificate of the metrics' endpoint: from files, which are read again when they change, or made at the start.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use rcgen::{CertifiedKey as MadeKey, generate_simple_self_signed};
use rustls::{
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tracing::{error, info};

use super::series::Counter;
use crate::error::{BoxError, chain};

/// The counters of controller-runtime's certificate watcher.
#[derive(Clone, Debug)]
pub(super) struct Reads {
    pub(super) all: Counter<0>,
    pub(super) failed: Counter<0>,
}

/// Where a certificate and its key lie, as PEM.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// When both files were changed last. A mounted Secret is a link to a new folder each time, which is followed.
type Version = [SystemTime; 2];

impl Files {
    fn version(&self) -> io::Result<Version> {
        let changed = |path| fs::metadata(path)?.modified();
        Ok([changed(&self.certificate)?, changed(&self.key)?])
    }

    fn read(&self) -> Result<CertifiedKey, BoxError> {
        let in_file = |path: &Path, error| format!("{}: {error}", path.display());
        let certificates = CertificateDer::pem_file_iter(&self.certificate);
        let certificates = certificates.map_err(|error| in_file(&self.certificate, error))?;
        let key = PrivateKeyDer::from_pem_file(&self.key);
        let key = key.map_err(|error| in_file(&self.key, error))?;
        Ok(CertifiedKey::from_der(
            certificates.collect::<Result<_, _>>()?,
            key,
            &ring::default_provider(),
        )?)
    }
}

/// The certificate in files: what was read last, for as long as nothing better is there.
pub(super) struct Read {
    files: Files,
    reads: Reads,
    current: Mutex<(Version, Arc<CertifiedKey>)>,
}

impl Read {
    /// Reads it for the first time.
    pub(super) fn first(files: Files, reads: Reads) -> Result<Self, BoxError> {
        let version = files.version()?;
        let key = read_counted(&files, &reads)?;
        Ok(Self {
            files,
            reads,
            current: Mutex::new((version, Arc::new(key))),
        })
    }

    /// The certificate, read again where a file has changed. One that cannot be read changes nothing: it may be half
    /// written.
    fn current(&self) -> Arc<CertifiedKey> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(version) = self.files.version()
            && version != current.0
        {
            current.0 = version;
            match read_counted(&self.files, &self.reads) {
                Ok(key) => {
                    info!("read the new certificate for metrics");
                    current.1 = Arc::new(key);
                }
                Err(error) => {
                    let error = chain(&*error);
                    error!(error, "cannot read the new certificate for metrics");
                }
            }
        }
        current.1.clone()
    }
}

fn read_counted(files: &Files, reads: &Reads) -> Result<CertifiedKey, BoxError> {
    reads.all.inc([]);
    files.read().inspect_err(|_| reads.failed.inc([]))
}

impl ResolvesServerCert for Read {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

/// A certificate that nobody has reason to trust: it keeps what is sent, and the token that is sent with a request, from
/// who listens.
pub(super) fn self_signed() -> Result<CertifiedKey, BoxError> {
    let MadeKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    let certificates = vec![cert.der().clone()];
    Ok(CertifiedKey::from_der(
        certificates,
        key,
        &ring::default_provider(),
    )?)
}
