//! Files of users: taking an upload, sharing, removing. [`variants`] are smaller pictures of them, [`avatars`] those of users.
//!
//! A row says what is in the store before the first byte is there, and a file takes it over in the transaction that attaches
//! it to something. So whatever fails, and wherever, no byte is without a row: what no file has is removed when its
//! time is over. A foreign key lets go of the object when its file is deleted, also by the deletion of a note or an account.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use stack_db::Db;
use stack_files::{Signer, Store, StoreError, serve};
use stack_live::{Upload, UploadAborted};
use stack_web::StartError;

use crate::{
    config::Config,
    error::{Error, Result},
    models::{FieldErrors, FileId, FileName, NewFile, NoteId, ObjectId, Owner, StoredFile},
    repositories::files,
};

pub mod avatars;
pub mod variants;

/// How long an upload may take, from its first byte to the row of the file.
const UPLOAD: Duration = Duration::from_secs(24 * 60 * 60);
/// How often what no file has is looked for.
const INTERVAL: Duration = Duration::from_secs(10 * 60);
/// How many objects are looked for at once.
const BATCH: i64 = 100;

/// Takes, shares and removes files. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    db: Db,
    store: Store,
    signer: Arc<Signer>,
    bytes_per_owner: u64,
}

/// Why an upload has no files.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The visitor has cancelled it, or does not go on.
    #[error(transparent)]
    Aborted(#[from] UploadAborted),
    /// What the visitor is told.
    #[error("{0}")]
    Refused(String),
    /// The store or the database.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<sqlx::Error> for UploadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl Files {
    /// With the store and the keys of the settings.
    ///
    /// # Errors
    /// [`StartError`] if the store cannot be opened.
    pub fn new(db: Db, config: &Config) -> std::result::Result<Self, StartError> {
        let settings = &config.files;
        let store = Store::open(&settings.place, &settings.s3).map_err(|error| {
            StartError(format!(
                "{error}\nhint: `FILES_URL` and `AWS_…` say where files are stored, see `docs/files.md`"
            ))
        })?;
        let keys = config.encryption_keys.derive("addresses of files");
        Ok(Self {
            db,
            store,
            signer: Arc::new(Signer::new(keys)),
            bytes_per_owner: settings.bytes_per_owner,
        })
    }

    /// The bytes of the files.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Takes the files of an upload, and attaches all of them to a note of `owner`, or none. Those are refused that are by
    /// their content none of `types`, as [`Accept`](stack_live::Accept) has them.
    ///
    /// # Errors
    /// [`UploadError`]; nothing is attached then.
    pub async fn attach(
        &self,
        owner: Owner,
        note: NoteId,
        upload: &mut Upload,
        types: &[&str],
        on_progress: impl Fn(u8),
    ) -> std::result::Result<(), UploadError> {
        self.check_room(files::bytes(self.db.pool(), owner).await?, upload.size())?;
        let mut received = Vec::new();
        for index in 0..upload.files.len() {
            received.push(self.receive(upload, index, types, &on_progress).await?);
        }
{%- if jobs %}
        self.attach_all(owner, note, &received).await
{%- else %}
        let attached = self.attach_all(owner, note, &received).await?;
        self.make_variants_of(attached).await;
        Ok(())
{%- endif %}
    }

    /// Stores one file of an upload.
    async fn receive(
        &self,
        upload: &mut Upload,
        index: usize,
        types: &[&str],
        on_progress: impl Fn(u8),
    ) -> std::result::Result<NewFile, UploadError> {
        let file = upload.files[index].clone();
        let object = ObjectId::generate();
        files::expect_object(self.db.pool(), object, UPLOAD).await?;
        let mut writer = self.store.writer(&object.to_string());
        let name = FileName::of(&file.name);
        let check = |content_type: &str| match stack_files::content::is_allowed(content_type, types)
        {
            true => Ok(()),
            false => Err(UploadError::Refused(format!(
                "“{}” has a content that is not taken here.",
                name.as_str()
            ))),
        };
        while writer.size() < file.size {
            // Files come one after the other; a browser sends them so.
            let chunk = upload.chunk().await?.filter(|chunk| chunk.file == index);
            writer.write(&chunk.ok_or(UploadAborted)?.bytes).await?;
            if let Some(content_type) = writer.content_type() {
                check(content_type)?;
            }
            on_progress(upload.percent());
        }
        let written = writer.finish().await?;
        check(written.content_type)?;
        Ok(NewFile {
            object,
            name,
            content_type: written.content_type,
            size: written.size,
            sha256: written.sha256,
        })
    }

    /// Attaches files whose bytes are in the store to a note of `owner`.
    async fn attach_all(
        &self,
        owner: Owner,
        note: NoteId,
        received: &[NewFile],
{%- if jobs %}
    ) -> std::result::Result<(), UploadError> {
{%- else %}
    ) -> std::result::Result<Vec<FileId>, UploadError> {
{%- endif %}
        let size: u64 = received.iter().map(|file| file.size).sum();
        let attach = self.db.run(|tx| {
            Box::pin(async move {
                files::lock_owner(&mut **tx, owner).await?;
                let bytes = files::bytes(&mut **tx, owner).await?;
                if bytes.saturating_add(size) > self.bytes_per_owner {
                    return Err(Error::from(FieldErrors::one("files", "are too large")));
                }
{%- if jobs == false %}
                let mut attached = Vec::new();
{%- endif %}
                for file in received {
                    let id = FileId::generate();
                    let is_there = files::insert(&mut **tx, id, owner, note, file).await?
                        && files::keep_object(&mut **tx, file.object, id).await?;
                    if !is_there {
                        return Err(Error::NotFound);
                    }
{%- if jobs %}
                    variants::enqueue(&mut **tx, id, file.content_type, file.size).await?;
{%- else %}
                    attached.push(id);
{%- endif %}
                }
{%- if jobs %}
                Ok::<_, Error>(())
{%- else %}
                Ok::<_, Error>(attached)
{%- endif %}
            })
        });
        match attach.await {
            Ok(attached) => Ok(attached),
            Err(Error::Invalid(_)) => Err(self.no_room(files::bytes(self.db.pool(), owner).await?)),
            Err(error) => Err(error.into()),
        }
    }

    fn check_room(&self, used: u64, wanted: u64) -> std::result::Result<(), UploadError> {
        match used.saturating_add(wanted) > self.bytes_per_owner {
            true => Err(self.no_room(used)),
            false => Ok(()),
        }
    }

    fn no_room(&self, used: u64) -> UploadError {
        let left = self.bytes_per_owner.saturating_sub(used) / 1_000_000;
        UploadError::Refused(format!("There is room for {left} MB more."))
    }

    /// Deletes a file of `owner`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `owner` has no such file.
    pub async fn delete(&self, owner: Owner, id: FileId) -> Result<()> {
        if !files::delete(self.db.pool(), owner, id).await? {
            return Err(Error::NotFound);
        }
        self.delete_soon();
        Ok(())
    }

    /// Removes what no file has any more from the store, without keeping anybody waiting. What goes wrong is done by
    /// [`clean_up`](Self::clean_up).
    pub fn delete_soon(&self) {
        let files = self.clone();
        tokio::spawn(async move {
            if let Err(error) = files.delete_due().await {
                tracing::warn!(%error, "cannot remove files from the store now");
            }
        });
    }

    /// Removes what no file has from the store, every ten minutes. Never returns; a failure is logged, and tried again.
    pub async fn clean_up(self) {
        let mut interval = tokio::time::interval(INTERVAL);
        loop {
            interval.tick().await;
            match self.delete_due().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "removed files from the store"),
                Err(error) => tracing::warn!(%error, "cannot remove files from the store"),
            }
        }
    }

    /// Removes what no file has and whose time is over, and returns how many there were. Any process may do it at any time.
    ///
    /// # Errors
    /// Those of the store and of the database; the rest is still to be removed.
    pub async fn delete_due(&self) -> Result<u64> {
        let mut count = 0;
        loop {
            let due = files::due_objects(self.db.pool(), BATCH).await?;
            if due.is_empty() {
                return Ok(count);
            }
            for object in due {
                self.store.delete(&object.to_string()).await?;
                files::forget_object(self.db.pool(), object).await?;
                count += 1;
            }
        }
    }

    /// The address of a file, for its owner.
    pub fn address(file: &StoredFile) -> String {
        format!(
            "/files/{}/{}",
            file.id,
            serve::path_segment(file.name.as_str())
        )
    }

    /// The address of a file, for everybody who has it, until `lifetime` is over. Who makes it has asked for the owner.
    pub fn shared_address(&self, file: &StoredFile, lifetime: Duration) -> String {
        let until = (SystemTime::now() + lifetime).duration_since(UNIX_EPOCH);
        let until = until.unwrap_or_default().as_secs();
        let signature = self.signer.sign(&file.id.to_string(), until);
        format!(
            "{}?until={until}&signature={signature}",
            Self::address(file)
        )
    }

    /// Whether this is a signature of the file, whose time is not over.
    ///
    /// # Errors
    /// [`Error::LinkExpired`] if it is over.
    pub fn is_shared(&self, id: FileId, until: u64, signature: &str) -> Result<bool> {
        if !self.signer.accepts(&id.to_string(), until, signature) {
            return Ok(false);
        }
        match UNIX_EPOCH + Duration::from_secs(until.min(u64::from(u32::MAX))) > SystemTime::now() {
            true => Ok(true),
            false => Err(Error::LinkExpired),
        }
    }
}
