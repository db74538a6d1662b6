//! A transaction that is never committed, for a test of a few statements.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, raw_sql};
use tokio::sync::Mutex;

use super::{Error, TestDatabase};
use crate::Schema;

/// A transaction on a database with the schema that is shared by all such tests of a process. What a
/// test writes no other sees, and nothing of it is left.
///
/// It is a connection: hand it to repositories as `&mut *transaction`. For what commits, opens
/// transactions of its own or needs a pool there is [`TestDatabase`].
#[derive(Debug)]
pub struct TestTransaction {
    connection: PgConnection,
    /// Keeps the shared database, which the next process drops when this one has ended.
    _shared: Arc<TestDatabase>,
}

impl TestTransaction {
    /// Begins.
    ///
    /// # Panics
    /// With the text of [`Error`], if there is no database: a test cannot go on without.
    pub async fn begin(schema: &Schema) -> Self {
        match Self::try_begin(schema).await {
            Ok(transaction) => transaction,
            Err(error) => panic!("error: {error}"),
        }
    }

    async fn try_begin(schema: &Schema) -> Result<Self, Error> {
        let shared = shared(schema).await?;
        let options: PgConnectOptions = shared.url().parse()?;
        let mut connection = PgConnection::connect_with(&options).await?;
        raw_sql("begin").execute(&mut connection).await?;
        Ok(Self {
            connection,
            _shared: shared,
        })
    }
}

/// The shared database of a schema, made on first use.
async fn shared(schema: &Schema) -> Result<Arc<TestDatabase>, Error> {
    type All = Mutex<HashMap<String, Arc<TestDatabase>>>;
    static ALL: LazyLock<All> = LazyLock::new(Mutex::default);
    let mut all = ALL.lock().await;
    if let Some(known) = all.get(schema.checksum()) {
        return Ok(known.clone());
    }
    let database = Arc::new(TestDatabase::try_create(schema).await?);
    all.insert(schema.checksum().to_owned(), database.clone());
    Ok(database)
}

// Dropping the connection ends it, and the server rolls back what was not committed.
impl Deref for TestTransaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for TestTransaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
