//! Pictures of users. Of what is uploaded only the small picture is kept.

use stack_files::picture;
use stack_live::Upload;

use super::{Files, UploadError};
use crate::{
    error::{Error, Result},
    models::{ObjectId, UserId, Variant},
    repositories::{files, pictures},
};

impl Files {
    /// Takes the picture of an upload as the avatar of a user, in the place of the one that they have.
    ///
    /// # Errors
    /// [`UploadError`]; the user has the one from before then.
    pub async fn set_avatar(
        &self,
        user: UserId,
        upload: &mut Upload,
        on_progress: impl Fn(u8),
    ) -> std::result::Result<(), UploadError> {
        let file = self.receive(upload, 0, picture::TYPES, on_progress).await?;
        let edge = Variant::Small.edge();
        let small = self.shrink(file.object, file.content_type, edge).await;
        files::give_up_object(self.db.pool(), file.object).await?;
        self.delete_soon();
        let Some(small) = small? else {
            let why = "The picture is damaged, or has too many pixels.";
            return Err(UploadError::Refused(why.to_owned()));
        };
        let object = self.store_picture(&small).await?;
        let small = &small;
        let keep = self.db.run(|tx| {
            Box::pin(async move {
                pictures::lock_user(&mut **tx, user).await?;
                pictures::drop_avatar(&mut **tx, user).await?;
                match pictures::keep_avatar(&mut **tx, object, user, small).await? {
                    true => Ok(()),
                    false => Err(Error::NotFound),
                }
            })
        });
        keep.await?;
        self.delete_soon();
        Ok(())
    }

    /// Removes the avatar of a user, if they have one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove_avatar(&self, user: UserId) -> Result<()> {
        pictures::drop_avatar(self.db.pool(), user).await?;
        self.delete_soon();
        Ok(())
    }

    /// The address of an avatar, for those who may see it.
    pub fn avatar_address(avatar: ObjectId) -> String {
        format!("/avatars/{avatar}")
    }
}
