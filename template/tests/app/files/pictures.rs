//! Small pictures of files that are pictures, and none of those that are not.

use std::{io::Cursor, time::Duration};
{%- if jobs %}

use app::{models::Variant, services::files::variants::MakeVariants};
{%- else %}

use app::models::Variant;
{%- endif %}
use image::{
    DynamicImage, ImageEncoder, ImageError, ImageFormat, RgbImage, RgbaImage,
    codecs::jpeg::JpegEncoder,
};
use stack_files::picture::{self, Picture, PictureError};
{%- if jobs %}

use super::{Attached, Body, FileId, Files, Request, header, of_note, upload};
{%- else %}

use super::{Attached, Body, Files, Request, header, of_note};
{%- endif %}

/// A picture of this size in this format.
pub fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let shade = |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 100]);
    encoded(format, RgbImage::from_fn(width, height, shade).into())
}

fn encoded(format: ImageFormat, picture: DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = picture.write_to(&mut Cursor::new(&mut bytes), format);
    written.unwrap();
    bytes
}

/// A picture as a phone makes it that is held upright: it lies, and says so beside the place where it was made.
fn photo() -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend(b"51.5,-0.1");
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).unwrap();
    let picture = DynamicImage::from(RgbImage::new(60, 40));
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

/// A PNG that says it has so many pixels on each edge. `checksum` is that of its header.
fn bomb(edge: u32, checksum: u32) -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Png, RgbaImage::new(1, 1).into());
    bytes[16..20].copy_from_slice(&edge.to_be_bytes());
    bytes[20..24].copy_from_slice(&edge.to_be_bytes());
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn huge() -> Vec<u8> {
    bomb(50_000, 0x4baf_3dca)
}

impl Attached {
    /// A file whose variants are made.
    async fn picture(name: &str, content: &[u8]) -> Self {
        let mut ada = Self::new(name, content).await;
        ada.make_variants().await;
        ada
    }

    async fn make_variants(&mut self) {
{%- if jobs %}
        let (pool, state) = (self.app.database.pool(), &self.app.state);
        let ran = stack_jobs::testing::run_due(pool, &app::jobs::registry(), state).await;
        assert!(ran.unwrap().iter().all(|job| job.outcome.is_ok()));
{%- endif %}
        self.file = of_note(&self.app, &self.ada, &self.note).await.remove(0);
    }

    fn small(&self) -> Option<String> {
        Files::variant_address(&self.file, Variant::Small)
    }
}

async fn shrunk(file: &[u8], content_type: &str) -> Result<Picture, PictureError> {
    let file = file.to_vec().into();
    picture::turn().await.shrink(file, content_type, 256).await
}

fn size(picture: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(picture).unwrap();
    (picture.width(), picture.height())
}

#[tokio::test]
async fn a_picture_has_a_small_one_for_those_who_see_the_file() {
    let content = picture(ImageFormat::Png, 600, 300);
    let mut ada = Attached::picture("holiday.png", &content).await;
    let address = ada.small().unwrap();
    let answer = ada.client.get(&address).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("content-type"), "image/jpeg");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(size(&answer.body), (256, 128));
    let whole = ada.client.get(&Files::address(&ada.file)).await;
    assert_eq!(whole.body, content);

    let etag = answer.header("etag").to_owned();
    let request = Request::get(&address).header(header::IF_NONE_MATCH, &etag);
    let same = ada.client.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((same.status.as_u16(), same.text()), (304, ""));
    let whole = ada.get(header::IF_NONE_MATCH, &etag).await;
    assert_eq!(whole.status.as_u16(), 200);

    let (_, mut eve) = ada.app.logged_in("eve").await;
    eve.get(&address).await.problem(404, "not_found");
    let mut nobody = ada.app.client();
    nobody.get(&address).await.problem(401, "unauthenticated");
    let files = &ada.app.state.files;
    let shared = files.shared_address(&ada.file, Duration::from_secs(3600));
    let shared = nobody.get(&format!("{shared}&variant=small")).await;
    assert_eq!(size(&shared.body), (256, 128));
    let unknown = address.replace("small", "huge");
    assert_eq!(ada.client.get(&unknown).await.status.as_u16(), 400);
}

#[tokio::test]
async fn the_files_of_a_note_are_listed_with_their_small_pictures() {
    let content = picture(ImageFormat::Jpeg, 30, 20);
    let mut ada = Attached::picture("holiday.jpg", &content).await;
    let page = ada.client.open(&format!("/notes/{}", ada.note.id)).await;
    page.shows(&format!("src=\"{}\"", ada.small().unwrap()));
}

#[tokio::test]
async fn every_format_is_read_and_what_shines_through_still_does() {
    let formats = [
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Png, "image/png"),
        (ImageFormat::WebP, "image/webp"),
    ];
    for (format, content_type) in formats {
        assert!(picture::TYPES.contains(&content_type));
        let small = shrunk(&picture(format, 300, 600), content_type).await;
        let small = small.unwrap();
        assert_eq!(small.content_type, "image/jpeg", "{content_type}");
        assert_eq!(size(&small.bytes), (128, 256));
    }
    let glass = encoded(ImageFormat::Png, RgbaImage::new(300, 300).into());
    let small = shrunk(&glass, "image/png").await.unwrap();
    assert_eq!(small.content_type, "image/png");
    let small = image::load_from_memory(&small.bytes).unwrap().to_rgba8();
    assert_eq!(small.get_pixel(9, 9).0[3], 0);
    // One that is small already does not grow.
    let tiny = shrunk(&picture(ImageFormat::Png, 3, 2), "image/png").await;
    assert_eq!(size(&tiny.unwrap().bytes), (3, 2));
}

#[tokio::test]
async fn a_small_picture_stands_upright_and_says_nothing_of_the_place() {
    let photo = photo();
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|found| found == word);
    assert!(has(&photo, b"Exif") && has(&photo, b"51.5,-0.1"));
    assert_eq!(size(&photo), (60, 40));
    let small = shrunk(&photo, "image/jpeg").await.unwrap();
    assert_eq!(size(&small.bytes), (40, 60));
    assert!(!has(&small.bytes, b"Exif") && !has(&small.bytes, b"51.5,-0.1"));
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_has_no_small_one_and_is_still_a_file() {
    let whole = picture(ImageFormat::Png, 600, 300);
    for (content, what) in [
        (huge(), "a bomb"),
        (whole[..whole.len() / 2].to_vec(), "half a picture"),
        (b"GIF89a".to_vec(), "the beginning of a picture"),
        (b"<html>".to_vec(), "a page that is called a picture"),
    ] {
        let mut ada = Attached::picture("holiday.png", &content).await;
        assert_eq!(ada.small(), None, "{what}");
        let page = ada.client.open(&format!("/notes/{}", ada.note.id)).await;
        page.shows("holiday.png");
        page.lacks("class=\"thumbnail\"");
        // Who asks for the small one nevertheless gets the file.
        let address = format!("{}?variant=small", Files::address(&ada.file));
        for address in [Files::address(&ada.file), address] {
            let answer = ada.client.get(&address).await;
            assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &*content));
        }
    }
    // The name says nothing.
    let ada = Attached::picture("holiday.txt", &whole).await;
    assert!(ada.small().is_some());
}

#[tokio::test]
async fn pixels_are_counted_before_the_picture_is_decoded() {
    for content in [huge(), bomb(16_000, 0x417e_dfde)] {
        let error = shrunk(&content, "image/png").await.unwrap_err();
        let is_limit = matches!(error, PictureError::Unreadable(ImageError::Limits(_)));
        assert!(is_limit, "{error}");
    }
    assert!(!picture::is_readable("image/png", picture::MAX_BYTES + 1));
    assert!(!picture::is_readable("image/svg+xml", 100));
}

#[tokio::test]
async fn the_small_picture_goes_with_the_file() {
    for deletion in ["DELETE FROM files", "DELETE FROM users"] {
        let content = picture(ImageFormat::Png, 600, 300);
        let ada = Attached::picture("holiday.png", &content).await;
        let query = sqlx::query_scalar("SELECT id::text FROM file_objects");
        let keys: Vec<String> = query.fetch_all(ada.app.database.pool()).await.unwrap();
        assert_eq!(keys.len(), 2);
        let files = &ada.app.state.files;
        assert_eq!(files.delete_due().await.unwrap(), 0);
{%- if teams %}
        ada.app.execute("DELETE FROM teams").await;
{%- endif %}
        ada.app.execute(deletion).await;
        assert_eq!(files.delete_due().await.unwrap(), 2);
        for key in keys {
            assert!(files.store().read(&key, 0..1).await.is_err());
        }
        let left: i64 = ada.app.value("SELECT count(*) FROM file_objects").await;
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn a_file_gets_each_small_picture_once() {
    let content = picture(ImageFormat::Png, 600, 300);
    let ada = Attached::picture("holiday.png", &content).await;
    let files = &ada.app.state.files;
    assert!(!files.make_variants(ada.file.id).await.unwrap());
    files.delete(ada.ada.owner(), ada.file.id).await.unwrap();
    assert!(!files.make_variants(ada.file.id).await.unwrap());
}
{%- if jobs %}

#[tokio::test]
async fn a_job_makes_the_small_pictures_and_open_pages_show_them() {
    let mut ada = Attached::new("letters.txt", b"abc").await;
    let pool = ada.app.database.pool().clone();
    let enqueued = async || {
        let jobs: Vec<MakeVariants> = stack_jobs::testing::enqueued(&pool).await.unwrap();
        let files: Vec<FileId> = jobs.into_iter().map(|job| job.file).collect();
        files
    };
    assert_eq!(enqueued().await, []);
    let content = picture(ImageFormat::Png, 600, 300);
    let (app, client) = (&ada.app, &mut ada.client);
    let mut page = upload(app, client, ada.note.id, "holiday.png", &content).await;
    page.expect_text("holiday.png").await;
    assert_eq!(page.count("img.thumbnail"), 0);
    let found = of_note(app, &ada.ada, &ada.note).await;
    assert_eq!(enqueued().await, [found[1].id]);
    ada.make_variants().await;
    page.expect("img.thumbnail").await;
}
{%- endif %}
