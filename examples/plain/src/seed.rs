//! Demo data for development: `cargo dev seed`.
//!
//! It is created with the models and repositories of the application, so it is valid.

use stack_web::StartError;

use crate::{
    error::{Error, Result},
    models::{ClientInfo, NoteDraft, NoteId, Registration, User},
    repositories::{
        notes,
        users::{self, addresses},
    },
    state::AppState,
};

/// The address of the demo user.
pub const EMAIL: &str = "ada@example.com";
/// The password of the demo user.
pub const PASSWORD: &str = "analytical engine";

/// Title and body of each note, oldest first.
const NOTES: &[(&str, &str)] = &[
    ("Groceries", "Milk, bread, and something for the weekend."),
    (
        "The engine weaves algebraic patterns",
        "Just as the Jacquard loom weaves flowers and leaves.",
    ),
    (
        "Bernoulli numbers",
        "Put in something about them in one of the notes, as an example of how a function may be worked out by the \
         engine without having been worked out by human head and hands first.",
    ),
    (
        "Call Charles",
        "About the drawings. He promised them for May.",
    ),
];

/// Adds the demo user and notes, unless they exist.
///
/// # Errors
/// In production, since the password is public.
pub async fn run(state: &AppState) -> Result<User, Box<dyn std::error::Error>> {
    if state.config.environment.is_production() {
        let text = "seeds are for development: the password of the demo user is public\n\
                    hint: set `APP_ENV=development` if this is not a production database";
        return Err(StartError(text.to_owned()).into());
    }
    let user = user(state).await?;
    if notes::list(state.db.pool(), user.owner(), None, 1)
        .await?
        .is_empty()
    {
        for (title, body) in NOTES {
            let draft = NoteDraft::parse(title, body).map_err(Error::Invalid)?;
            notes::insert(state.db.pool(), NoteId::generate(), user.owner(), &draft).await?;
        }
    }
    Ok(user)
}

async fn user(state: &AppState) -> Result<User> {
    let registration = Registration::parse(EMAIL, "Ada", PASSWORD).map_err(Error::Invalid)?;
    let email = registration.email.clone();
    let client = ClientInfo::default();
    let user = match state.accounts.register(registration, &client).await {
        Err(Error::Conflict(_)) => {
            let known = users::credentials(state.db.pool(), &email, false).await?;
            known.map(|(user, _)| user).ok_or(Error::NotFound)
        }
        registered => registered,
    }?;
    addresses::confirm_email(state.db.pool(), user.id).await?;
    Ok(user)
}
