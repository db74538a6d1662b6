//! Smaller pictures of files. They are made once a file is attached to something, are seen by whom the file is seen by, and
//! go with it.

use std::time::Duration;
{%- if jobs %}

use serde::{Deserialize, Serialize};
use sqlx::PgExecutor;
use stack_files::picture::{self, Picture};
use stack_jobs::Job;
{%- else %}

use stack_files::picture::{self, Picture};
{%- endif %}

use super::Files;
use crate::{
    error::Result,
    models::{FileId, ObjectId, StoredFile, Variant},
    repositories::{files, pictures},
};

/// How long a picture may take, from its first byte to whom it belongs to.
const WRITING: Duration = Duration::from_secs(60 * 60);
{%- if jobs %}

/// Makes the variants of a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeVariants {
    /// The file.
    pub file: FileId,
}

impl Job for MakeVariants {
    const KIND: &'static str = "make_variants";
    // A picture that brings a process down is not tried for a day.
    const ATTEMPTS: u16 = 3;
}

/// Enqueues it for a file that may be a picture.
pub(super) async fn enqueue(
    db: impl PgExecutor<'_>,
    file: FileId,
    content_type: &str,
    size: u64,
) -> sqlx::Result<()> {
    if picture::is_readable(content_type, size) {
        stack_jobs::enqueue(db, &MakeVariants { file }).await?;
    }
    Ok(())
}
{%- endif %}

impl Files {
    /// Makes those variants that a file lacks, if it is a picture that can be read; returns whether it has got any.
    ///
    /// # Errors
    /// Those of the store and of the database.
    pub async fn make_variants(&self, id: FileId) -> Result<bool> {
        let Some(file) = files::find(self.db.pool(), None, id).await? else {
            return Ok(false);
        };
        let mut has_new = false;
        for variant in Variant::ALL {
            if !file.variants.contains(&variant) {
                has_new |= self.make_variant(&file, variant).await?;
            }
        }
        Ok(has_new)
    }
{%- if jobs == false %}

    /// Makes the variants of files, also if the page that waits for them is left. One that fails has none.
    pub(super) async fn make_variants_of(&self, attached: Vec<FileId>) {
        let files = self.clone();
        let made = tokio::spawn(async move {
            for id in attached {
                if let Err(error) = files.make_variants(id).await {
                    tracing::warn!(%error, %id, "cannot make the variants of a file");
                }
            }
        });
        made.await.ok();
    }
{%- endif %}

    async fn make_variant(&self, file: &StoredFile, variant: Variant) -> Result<bool> {
        if !picture::is_readable(&file.content_type, file.size) {
            return Ok(false);
        }
        let edge = variant.edge();
        let picture = self.shrink(file.object, &file.content_type, edge).await?;
        let Some(picture) = picture else {
            return Ok(false);
        };
        let object = self.store_picture(&picture).await?;
        let pool = self.db.pool();
        let is_kept = pictures::keep_variant(pool, object, file.id, variant, &picture).await?;
        if !is_kept {
            files::give_up_object(pool, object).await?;
            self.delete_soon();
        }
        Ok(is_kept)
    }

    /// A smaller picture of what is in the store, if that can be read.
    pub(super) async fn shrink(
        &self,
        object: ObjectId,
        content_type: &str,
        edge: u32,
    ) -> Result<Option<Picture>> {
        let turn = picture::turn().await;
        let file = self.store.read_whole(&object.to_string()).await?;
        match turn.shrink(file, content_type, edge).await {
            Ok(picture) => Ok(Some(picture)),
            Err(error) => {
                tracing::info!(%error, %object, "a file has no smaller picture");
                Ok(None)
            }
        }
    }

    /// Stores a picture, which belongs to nobody yet.
    pub(super) async fn store_picture(&self, picture: &Picture) -> Result<ObjectId> {
        let object = ObjectId::generate();
        files::expect_object(self.db.pool(), object, WRITING).await?;
        let mut writer = self.store.writer(&object.to_string());
        writer.write(&picture.bytes).await?;
        writer.finish().await?;
        Ok(object)
    }

    /// The address of a variant of a file, if there is one.
    pub fn variant_address(file: &StoredFile, variant: Variant) -> Option<String> {
        let is_there = file.variants.contains(&variant);
        is_there.then(|| format!("{}?variant={}", Self::address(file), variant.name()))
    }
}
