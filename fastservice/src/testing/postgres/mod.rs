//! A server of PostgreSQL that ends with the test.

mod binaries;
mod process;

use std::{
    fmt,
    net::TcpListener,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tokio_postgres::NoTls;

use self::{binaries::Binaries, process::Process};
use crate::error::BoxError;

/// How long a server may take to answer, on a machine with much else to do.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const ASK_INTERVAL: Duration = Duration::from_millis(20);

/// A server of PostgreSQL of its own, from the binaries that are installed, on a
/// free port of the loopback interface.
///
/// It runs as an unprivileged user when the test runs as root, and ends with the
/// value or with the process, however that ends.
///
/// ```no_run
/// # use fastservice::{prelude::*, testing::{PostgresServer, TestClient}};
/// # async fn test(app: App) {
/// let Some(server) = PostgresServer::start("items_are_kept").await else { return };
/// let url = server.new_database().await;
/// let client = TestClient::with_settings(app, [("DATABASE_URL", &*url)]).await;
/// # }
/// ```
pub struct PostgresServer {
    process: Mutex<Option<Process>>,
    binaries: Binaries,
    port: u16,
    databases: AtomicU32,
    options: Vec<String>,
    // After the process, which has files open in it.
    folder: TempDir,
}

impl PostgresServer {
    /// Starts a server; data that it forgets when the machine crashes, for speed.
    ///
    /// Without binaries it says which test is left out, and returns nothing; or
    /// it fails the test if the variable `FASTSERVICE_TEST_POSTGRES` is `required`.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn start(test: &str) -> Option<Self> {
        Self::with_options(test, &["fsync=off", "synchronous_commit=off", "full_page_writes=off"])
            .await
    }

    /// Starts a server with some of its own settings, such as `fsync=on`.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn with_options(test: &str, options: &[&str]) -> Option<Self> {
        let Some(binaries) = Binaries::find() else {
            let is_required = std::env::var("FASTSERVICE_TEST_POSTGRES");
            assert!(
                is_required.as_deref() != Ok("required"),
                "no PostgreSQL server binaries for {test}; install Debian's postgresql"
            );
            eprintln!(
                "\nLEFT OUT: {test}: no PostgreSQL server binaries; install Debian's postgresql\n"
            );
            return None;
        };
        match Self::try_start(binaries, options).await {
            Ok(server) => Some(server),
            Err(error) => panic!("PostgreSQL does not start: {error}"),
        }
    }

    async fn try_start(binaries: Binaries, options: &[&str]) -> Result<Self, BoxError> {
        let folder = tempfile::Builder::new().prefix("fastservice-postgres-").tempdir()?;
        process::initialize(&binaries, folder.path())?;
        // The port is free a moment later too, but for much bad luck.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self {
            process: Mutex::default(),
            binaries,
            port,
            databases: AtomicU32::new(0),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            folder,
        };
        server.restart().await?;
        Ok(server)
    }

    /// Starts the server again, on the same port and with the same data.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn restart(&self) -> Result<(), BoxError> {
        self.stop();
        let process = Process::start(&self.binaries, self.folder.path(), self.port, &self.options)?;
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
        let end = Instant::now() + START_TIMEOUT;
        while let Err(error) = self.run("postgres", "SELECT 1").await {
            if Instant::now() > end {
                return Err(error);
            }
            sleep(ASK_INTERVAL).await;
        }
        Ok(())
    }

    /// Ends the server as a power cut would: nothing is written or said.
    pub fn kill(&self) {
        if let Some(process) = self.take() {
            process.kill();
        }
    }

    /// Ends the server in an orderly way; its clients are cut off.
    pub fn stop(&self) {
        drop(self.take());
    }

    fn take(&self) -> Option<Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The port on 127.0.0.1 where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn new_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        if let Err(error) = self.run("postgres", &format!("CREATE DATABASE {name}")).await {
            panic!("no database can be made: {error}");
        }
        self.url(&name)
    }

    /// The URL of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Writes a file of its data folder, such as `server.key`; after a
    /// [`restart`](Self::restart) the server has read it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_file(&self, name: &str, contents: &str) -> std::io::Result<()> {
        process::write_file(self.folder.path(), name, contents)
    }

    /// Runs SQL in a database, as the one who may do everything.
    ///
    /// # Errors
    /// What the server says.
    pub async fn run(&self, database: &str, sql: &str) -> Result<(), BoxError> {
        let (client, connection) = tokio_postgres::connect(&self.url(database), NoTls).await?;
        let connection = tokio::spawn(connection);
        let done = client.batch_execute(sql).await;
        drop(client);
        let _ = connection.await;
        Ok(done?)
    }
}

impl fmt::Debug for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresServer").field("port", &self.port).finish_non_exhaustive()
    }
}
