use std::{error::Error as StdError, fs, sync::Arc};

use diesel_async::AsyncPgConnection;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
    SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{self, CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres::{CancelToken, Config, NoTls, config::SslMode as Negotiation};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::server::Fault;
use crate::{
    db::OpenError,
    settings::{PostgresSettings, SslMode},
};

/// A file of certificates.
pub(super) struct RootCert {
    path: String,
    named_by: &'static str,
}

impl RootCert {
    pub(super) fn of_url(path: String) -> Self {
        Self { path, named_by: "`sslrootcert` of DATABASE_URL" }
    }

    pub(super) fn of_settings(settings: &PostgresSettings) -> Option<Self> {
        let path = settings.ssl_root_cert.clone()?;
        Some(Self { path, named_by: "FASTSERVICE_POSTGRES_SSL_ROOT_CERT" })
    }
}

/// How the way to the server is encrypted.
pub(super) struct Tls {
    mode: SslMode,
    connector: Option<MakeRustlsConnect>,
}

impl Tls {
    /// Reads the certificates that the mode asks for.
    pub(super) fn new(mode: SslMode, root_cert: Option<&RootCert>) -> Result<Self, OpenError> {
        let connector = match mode {
            SslMode::Disable => None,
            SslMode::Allow | SslMode::Prefer => Some(connector(Check::Nothing)?),
            // As libpq does: who names a root does not want just anybody.
            SslMode::Require if root_cert.is_none() => Some(connector(Check::Nothing)?),
            // Anybody has a certificate of a public authority for a name of his own.
            SslMode::VerifyCa if root_cert.is_none() => {
                return Err(OpenError::new(
                    "the SSL mode `verify-ca` needs the authority of the server; set \
                     FASTSERVICE_POSTGRES_SSL_ROOT_CERT, or use `verify-full`",
                ));
            }
            SslMode::Require | SslMode::VerifyCa => {
                Some(connector(Check::Issuer(roots(root_cert)?))?)
            }
            SslMode::VerifyFull => Some(connector(Check::IssuerAndName(roots(root_cert)?))?),
        };
        Ok(Self { mode, connector })
    }

    pub(super) async fn connect(&self, config: &Config) -> Result<AsyncPgConnection, Fault> {
        let Some(connector) = &self.connector else { return plain(config).await };
        let negotiation = match self.mode {
            SslMode::Prefer => Negotiation::Prefer,
            SslMode::Allow => match plain(config).await {
                // Without TLS the server does not want us: it may with.
                Err(Fault::Connect(error)) if error.code().is_some() => Negotiation::Require,
                connected => return connected,
            },
            _ => Negotiation::Require,
        };
        let mut config = config.clone();
        config.ssl_mode(negotiation);
        let (client, connection) =
            config.connect(connector.clone()).await.map_err(Fault::Connect)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection)
            .await
            .map_err(Fault::SetUp)
    }

    pub(super) async fn cancel(&self, token: CancelToken) {
        let _ = match &self.connector {
            Some(connector) => token.cancel_query(connector.clone()).await,
            None => token.cancel_query(NoTls).await,
        };
    }
}

async fn plain(config: &Config) -> Result<AsyncPgConnection, Fault> {
    let mut config = config.clone();
    config.ssl_mode(Negotiation::Disable);
    let (client, connection) = config.connect(NoTls).await.map_err(Fault::Connect)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection)
        .await
        .map_err(Fault::SetUp)
}

/// What is checked of the server's certificate.
enum Check {
    Nothing,
    Issuer(RootCertStore),
    IssuerAndName(RootCertStore),
}

fn connector(check: Check) -> Result<MakeRustlsConnect, OpenError> {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let config = match check {
        Check::IssuerAndName(roots) => builder.with_root_certificates(roots).with_no_client_auth(),
        Check::Issuer(roots) => {
            let inner =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .build()
                    .map_err(unusable)?;
            let verifier = AnyName { inner: Some(inner), provider };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth()
        }
        Check::Nothing => {
            let verifier = AnyName { inner: None, provider };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth()
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn unusable(source: impl StdError + Send + Sync + 'static) -> OpenError {
    OpenError::new("TLS for PostgreSQL cannot be set up").with_source(source)
}

/// The roots of a file, or those of the system.
fn roots(root_cert: Option<&RootCert>) -> Result<RootCertStore, OpenError> {
    let mut roots = RootCertStore::empty();
    let Some(RootCert { path, named_by }) = root_cert else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(OpenError::new(
                "the system has no root certificates; install Debian's ca-certificates, or set \
                 FASTSERVICE_POSTGRES_SSL_ROOT_CERT",
            ));
        }
        return Ok(roots);
    };
    let wrong = || {
        OpenError::new(format!(
            "{named_by} names `{path}`, which is no file of certificates in PEM"
        ))
    };
    let pem = fs::read(path).map_err(|source| wrong().with_source(source))?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|source| wrong().with_source(source))?;
        roots.add(certificate).map_err(|source| wrong().with_source(source))?;
    }
    if roots.is_empty() { Err(wrong()) } else { Ok(roots) }
}

/// Asks who issued the certificate, or not even that, and not for whom: the
/// modes of libpq that encrypt without `verify-full`.
#[derive(Debug)]
struct AnyName {
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        let verified =
            inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The name is what is checked last.
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
