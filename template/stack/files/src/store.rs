//! The bytes of files, by their keys.

use std::{fmt, ops::Range, path::PathBuf, sync::Arc};

use axum::body::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, ObjectStore, ObjectStoreExt,
    aws::{AmazonS3, AmazonS3Builder},
    buffered::BufWriter,
    local::LocalFileSystem,
    memory::InMemory,
    path::Path,
};
use sha2::{Digest, Sha256};
use tokio::{io::AsyncWriteExt, runtime::Handle};

use crate::{Place, S3, content};

/// Bytes of a part. S3 takes none that is smaller, except for the last one.
const PART: usize = 5 * 1024 * 1024;

/// The bytes of a file, in pieces.
pub type Contents = BoxStream<'static, Result<Bytes, StoreError>>;

/// Where the bytes of files are. Clones share it.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    /// The folder of one that is a folder.
    folder: Option<PathBuf>,
}

/// The store does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
#[error("the store of files: {0}")]
pub struct StoreError(#[from] object_store::Error);

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self(object_store::Error::Generic {
            store: "files",
            source: Box::new(error),
        })
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.objects)
    }
}

impl Store {
    /// Opens a store; makes the folder if it is missing. A bucket is not asked for anything yet.
    ///
    /// # Errors
    /// [`StoreError`], if the folder cannot be made or the settings of the bucket do not fit.
    pub fn open(place: &Place, s3: &S3) -> Result<Self, StoreError> {
        let (objects, prefix, folder): (Arc<dyn ObjectStore>, _, _) = match place {
            Place::Memory => (Arc::new(InMemory::new()), "", None),
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                (Arc::new(objects), "", Some(folder.clone()))
            }
            Place::Bucket { name, prefix } => (Arc::new(bucket(name, s3)?), prefix.as_str(), None),
        };
        Ok(Self {
            objects,
            prefix: Path::from(prefix),
            folder,
        })
    }

    /// Begins to write what `key` stands for. It is there once it is [finished](Writer::finish), and not before.
    pub fn writer(&self, key: &str) -> Writer {
        let objects = Arc::clone(&self.objects);
        let out = BufWriter::with_capacity(objects, self.path(key), PART);
        Writer {
            out: Some(out.with_max_concurrency(1)),
            hash: Sha256::new(),
            size: 0,
            head: Vec::new(),
        }
    }

    /// The bytes within `range`.
    ///
    /// # Errors
    /// [`StoreError`], also if there are none.
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Contents, StoreError> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions::new().with_range(Some(range));
        let found = self.objects.get_opts(&self.path(key), options).await?;
        Ok(found.into_stream().map_err(StoreError::from).boxed())
    }

    /// All bytes of what `key` stands for, in memory.
    ///
    /// # Errors
    /// [`StoreError`], also if there are none.
    pub async fn read_whole(&self, key: &str) -> Result<Bytes, StoreError> {
        Ok(self.objects.get(&self.path(key)).await?.bytes().await?)
    }

    /// Removes what `key` stands for, if it is there, and what an interrupted [`Writer`] has left of it.
    ///
    /// # Errors
    /// [`StoreError`]: it may be there still.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let path = self.path(key);
        if let Some(folder) = &self.folder {
            // A process that was killed leaves the file that it was writing, under this name.
            let unfinished = folder.join(format!("{path}#1"));
            match tokio::task::spawn_blocking(move || std::fs::remove_file(unfinished)).await {
                Ok(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error)?,
                _ => {}
            }
        }
        match self.objects.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Folders of a folder have a part of the files each. The last digits of a key are random.
    fn path(&self, key: &str) -> Path {
        let shard = key.get(key.len().saturating_sub(2)..).unwrap_or_default();
        self.prefix.clone().join(shard).join(key)
    }
}

fn bucket(name: &str, s3: &S3) -> Result<AmazonS3, StoreError> {
    // Another part of the program may have chosen it before, and it is the same one.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let mut builder = AmazonS3Builder::new().with_bucket_name(name);
    if let Some(endpoint) = &s3.endpoint {
        builder = builder
            .with_endpoint(endpoint)
            .with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(region) = &s3.region {
        builder = builder.with_region(region);
    }
    if let (Some(id), Some(key)) = (&s3.key_id, &s3.key) {
        builder = builder
            .with_access_key_id(id)
            .with_secret_access_key(key.expose());
    }
    Ok(builder.build()?)
}

/// What is being written. Parts of 5 MiB are stored while the next one arrives, so that it costs some 10 MiB of memory. If it
/// is dropped, nothing is stored.
pub struct Writer {
    /// `None` once it is finished.
    out: Option<BufWriter>,
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: [u8; 32],
    /// What it is, see [`content::content_type`].
    pub content_type: &'static str,
}

impl Writer {
    /// Appends `bytes`. Waits while the store is behind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let missing = content::HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(missing));
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        if let Some(out) = &mut self.out {
            out.write_all(bytes).await?;
        }
        Ok(())
    }

    /// The bytes until now.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it is, once enough of it is known.
    pub fn content_type(&self) -> Option<&'static str> {
        (self.head.len() >= content::HEAD).then(|| content::content_type(&self.head))
    }

    /// Stores the rest. After that it is there.
    ///
    /// # Errors
    /// [`StoreError`]: it is not there.
    pub async fn finish(mut self) -> Result<Written, StoreError> {
        if let Some(mut out) = self.out.take() {
            out.shutdown().await?;
        }
        Ok(Written {
            size: self.size,
            sha256: std::mem::take(&mut self.hash).finalize().into(),
            content_type: content::content_type(&self.head),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The parts that are stored have to be removed, which takes a request.
        if let (Some(mut out), Ok(runtime)) = (self.out.take(), Handle::try_current()) {
            runtime.spawn(async move { out.abort().await });
        }
    }
}
