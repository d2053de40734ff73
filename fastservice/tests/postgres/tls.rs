use fastservice::{
    Error,
    db::{Db, OpenError},
    testing::PostgresServer,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::settings;

/// A server whose certificate is for `localhost`, and the root that has signed it.
struct Encrypted {
    server: PostgresServer,
    folder: TempDir,
}

async fn encrypted(test: &str) -> Option<&'static Encrypted> {
    static ENCRYPTED: OnceCell<Option<Encrypted>> = OnceCell::const_new();
    ENCRYPTED.get_or_init(|| start(test)).await.as_ref()
}

async fn start(test: &str) -> Option<Encrypted> {
    let server = PostgresServer::start(test).await?;
    let root = issuer();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &root).unwrap();
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
    std::fs::write(folder.path().join("other.pem"), issuer().pem()).unwrap();
    server.write_file("server.crt", &certificate.pem()).unwrap();
    server.write_file("server.key", &key.serialize_pem()).unwrap();
    server.run("postgres", "ALTER SYSTEM SET ssl = on").await.unwrap();
    server.run("postgres", "CREATE ROLE guarded LOGIN PASSWORD 'secret'").await.unwrap();
    let rules = "hostssl all guarded all scram-sha-256\nhost all guarded all reject\nhost all all all trust";
    server.write_file("pg_hba.conf", rules).unwrap();
    server.restart().await.unwrap();
    Some(Encrypted { server, folder })
}

fn issuer() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl Encrypted {
    async fn open(&self, host: &str, user: &str, query: &str) -> Result<Db, OpenError> {
        let folder = self.folder.path().display().to_string();
        let query = query.replace("FOLDER", &folder);
        let url =
            format!("postgres://{user}:secret@{host}:{}/postgres?{query}", self.server.port());
        Db::open(&settings(&[("DATABASE_URL", &url), ("DATABASE_START_TIMEOUT", "1ms")])).await
    }
}

#[tokio::test]
async fn each_mode_checks_what_its_name_says() {
    let Some(encrypted) = encrypted("each_mode_checks_what_its_name_says").await else { return };
    let root = "sslrootcert=FOLDER/root.pem";
    let other = "sslrootcert=FOLDER/other.pem";

    for (host, query, is_taken) in [
        ("localhost", "sslmode=require".to_owned(), true),
        ("127.0.0.1", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=require&{other}"), false),
        ("localhost", format!("sslmode=verify-ca&{root}"), true),
        ("127.0.0.1", format!("sslmode=verify-ca&{root}"), true),
        ("127.0.0.1", format!("sslmode=verify-ca&{other}"), false),
        ("localhost", "sslmode=verify-ca".to_owned(), false),
        ("localhost", format!("sslmode=verify-full&{root}"), true),
        ("127.0.0.1", format!("sslmode=verify-full&{root}"), false),
        ("localhost", format!("sslmode=verify-full&{other}"), false),
        ("localhost", "sslmode=prefer".to_owned(), true),
    ] {
        let opened = encrypted.open(host, "guarded", &query).await;

        assert_eq!(opened.is_ok(), is_taken, "{host} {query} {:?}", opened.err());
    }
}

#[tokio::test]
async fn a_server_that_asks_for_tls_gets_it_from_all_but_disable() {
    let Some(encrypted) = encrypted("a_server_that_asks_for_tls_gets_it").await else { return };

    let disabled = encrypted.open("localhost", "guarded", "sslmode=disable").await.unwrap_err();
    let default = encrypted.open("localhost", "guarded", "").await;
    let allowed = encrypted.open("localhost", "guarded", "sslmode=allow").await;

    let text = format!("{:?}", Error::internal(disabled));
    assert!(text.contains("pg_hba.conf") && !text.contains("secret"), "{text}");
    assert!(default.is_err());
    allowed.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_is_enough_for_prefer_only() {
    let test = "a_server_without_tls_is_enough_for_prefer_only";
    let Some(server) = super::server(test).await else { return };
    let open = |mode: &str| {
        let url = format!("{}?sslmode={mode}", server.url("postgres"));
        let settings = settings(&[("DATABASE_URL", &url), ("DATABASE_START_TIMEOUT", "1ms")]);
        async move { Db::open(&settings).await }
    };

    open("prefer").await.unwrap();
    open("allow").await.unwrap();
    assert!(open("require").await.is_err());
}
