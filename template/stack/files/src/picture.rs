//! Small pictures of large ones. Anybody may have made the large one, so what it costs to read it is limited: its bytes and
//! pixels, and the memory of its decoder. One is read at a time in a process, so that many of them do not cost more.
//!
//! A small picture is written anew: nothing of what the file says beside the picture is in it, such as a place. It stands as
//! the camera was held.

use std::io::Cursor;

use axum::body::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    error::{LimitError, LimitErrorKind},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::{JoinError, spawn_blocking},
};

/// What can be read. Of one that moves it is the first picture.
pub const TYPES: &[&str] = &["image/gif", "image/jpeg", "image/png", "image/webp"];
/// Bytes of a file that is read; they are in memory.
pub const MAX_BYTES: u64 = 20_000_000;
/// Pixels, of which each costs up to nine bytes: a progressive JPEG has three of the picture and six of its coefficients.
const MAX_PIXELS: u64 = 25_000_000;
/// Pixels of an edge.
const MAX_EDGE: u32 = 16_384;
/// Bytes that a decoder may take, as far as it counts them.
const MAX_MEMORY: u64 = 250_000_000;
/// Of a JPEG, out of 100.
const QUALITY: u8 = 80;

static TURN: Semaphore = Semaphore::const_new(1);

/// A picture that was written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// JPEG, or PNG if something shines through.
    pub content_type: &'static str,
}

/// There is no small picture of a file.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It cannot be read, or not within the limits.
    #[error("the picture cannot be read: {0}")]
    Unreadable(#[from] ImageError),
    /// A fault of its decoder.
    #[error("the decoder of the picture failed: {0}")]
    Panicked(#[from] JoinError),
}

/// Whether a file of this type and size may be a picture that can be read.
pub fn is_readable(content_type: &str, size: u64) -> bool {
    TYPES.contains(&content_type) && size <= MAX_BYTES
}

/// The right to read a picture. Whoever waits for it has not loaded the file yet.
pub struct Turn {
    _permit: SemaphorePermit<'static>,
}

/// Waits until no other picture is read.
///
/// # Panics
/// Never: nobody ends the turns.
pub async fn turn() -> Turn {
    let permit = TURN.acquire().await;
    Turn {
        _permit: permit.expect("the semaphore is never closed"),
    }
}

impl Turn {
    /// The picture of this content type, with no edge of more than `edge` pixels.
    ///
    /// # Errors
    /// [`PictureError`].
    pub async fn shrink(
        self,
        file: Bytes,
        content_type: &str,
        edge: u32,
    ) -> Result<Picture, PictureError> {
        let format = ImageFormat::from_mime_type(content_type);
        let shrunk = spawn_blocking(move || {
            // Whoever waits may go away; the turn ends with the work.
            let _turn = self;
            shrink(&file, format, edge)
        });
        Ok(shrunk.await??)
    }
}

fn shrink(file: &[u8], format: Option<ImageFormat>, edge: u32) -> ImageResult<Picture> {
    let mut reader = ImageReader::new(Cursor::new(file));
    if let Some(format) = format {
        reader.set_format(format);
    }
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_EDGE);
    limits.max_image_height = Some(MAX_EDGE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        let kind = LimitErrorKind::DimensionError;
        return Err(ImageError::Limits(LimitError::from_kind(kind)));
    }
    // What is wrong with the rest of its metadata does not make the picture worse.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if width.max(height) > edge {
        picture = picture.thumbnail(edge, edge);
    }
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    encode(&picture)
}

fn encode(picture: &DynamicImage) -> ImageResult<Picture> {
    let mut bytes = Vec::new();
    let shines_through =
        picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    if shines_through {
        let picture = DynamicImage::from(picture.to_rgba8());
        picture.write_with_encoder(PngEncoder::new(&mut bytes))?;
    } else {
        let picture = DynamicImage::from(picture.to_rgb8());
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    }
    Ok(Picture {
        bytes,
        content_type: match shines_through {
            true => "image/png",
            false => "image/jpeg",
        },
    })
}
