//! What the application writes by mail. Each function is a mail.
//!
//! No mail repeats what a stranger has typed, such as a name: whoever enters somebody else's address cannot send them words.

use stack_mail::{Mail, MailBuilder};

use crate::models::Email;

/// Confirms the address of a new account.
pub fn confirm(url: &str) -> MailBuilder {
    Mail::builder("Confirm your e-mail address")
        .paragraph("An account was registered with this address. To confirm it and log in, open this link within a day:")
        .link("Confirm your e-mail address", url)
        .paragraph("If that was not you, ignore this mail: without the link nobody can use the account.")
}

/// To somebody who has an account, and whose address was registered again or is wanted for another account.
pub fn already_registered(log_in: &str, forgot: &str) -> MailBuilder {
    Mail::builder("You already have an account")
        .paragraph("Somebody tried to use this address for an account. You already have one:")
        .link("Log in", log_in)
        .link("Choose a new password, or log in without one", forgot)
        .paragraph("If that was not you, there is nothing to do. They were not told that you have an account.")
}

/// Sets a new password.
pub fn reset(url: &str) -> MailBuilder {
    Mail::builder("Choose a new password")
        .paragraph(
            "With this link you can choose a new password. It works once, within half an hour:",
        )
        .link("Choose a new password", url)
        .paragraph("If you did not ask for it, ignore this mail. Your password stays as it is.")
}

/// Logs in without a password.
pub fn log_in(url: &str) -> MailBuilder {
    Mail::builder("Your link to log in")
        .paragraph("With this link you are logged in. It works once, within ten minutes:")
        .link("Log in", url)
        .paragraph("If you did not ask for it, ignore this mail, and give the link to nobody.")
}

/// To the new address of an account.
pub fn change_email(url: &str) -> MailBuilder {
    Mail::builder("Confirm your new e-mail address")
        .paragraph("This address is to become that of an account. To confirm it, open this link within a day:")
        .link("Confirm your new e-mail address", url)
        .paragraph("If that was not you, ignore this mail.")
}

/// To the old address of an account, when a change was asked for.
pub fn change_email_requested(new: &Email, forgot: &str) -> MailBuilder {
    Mail::builder("Your e-mail address is about to change")
        .paragraph(format!("Somebody who is logged in to your account wants to change its address to {new}. It changes when \
                            the link is opened that was sent there."))
        .paragraph("If that was not you, choose a new password at once, which ends all sessions and that link:")
        .link("Choose a new password", forgot)
}

/// To the old and the new address, after a change.
pub fn email_changed(new: &Email) -> MailBuilder {
    Mail::builder("Your e-mail address was changed")
        .paragraph(format!(
            "The address of your account is now {new}. Log in with it from now on."
        ))
        .paragraph("If that was not you, answer this mail.")
}

/// To the address of an account that was deleted.
pub fn account_deleted() -> MailBuilder {
    Mail::builder("Your account was deleted")
        .paragraph("Your account was deleted, with everything in it. It cannot be brought back.")
        .paragraph("If that was not you, answer this mail.")
}

/// After a change of the password.
pub fn password_changed(forgot: &str) -> MailBuilder {
    Mail::builder("Your password was changed")
        .paragraph("The password of your account was changed, and all other sessions have ended.")
{%- if openapi %}
        .paragraph("API tokens are valid as before, unless they were revoked with it.")
{%- endif %}
        .paragraph("If that was not you, choose a new one at once:")
        .link("Choose a new password", forgot)
}
{%- if openapi %}

/// After a token of the API was made. It does not say what the token is called: a thief may have typed it.
pub fn api_token_made(scopes: &str, tokens: &str) -> MailBuilder {
    Mail::builder("An API token was made")
        .paragraph(format!(
            "A program that has it may do this for you: {scopes}."
        ))
        .paragraph("If that was not you, revoke it, and choose a new password, which ends all other sessions:")
        .link("API tokens of your account", tokens)
}
{%- endif %}
{%- if oidc or passkeys or totp %}

/// After a way to log in was added or removed.
pub fn method_changed(what: &str, method: &str, security: &str) -> MailBuilder {
    Mail::builder(what)
        .paragraph(format!("{what}: {method}."))
        .paragraph("If that was not you, log in, undo it, and choose a new password, which ends all other sessions:")
        .link("Security of your account", security)
}
{%- endif %}
{%- if teams %}

/// Invites somebody to a team. `from` is the address of who invites, which a mail has confirmed.
pub fn invitation(url: &str, from: &Email) -> MailBuilder {
    Mail::builder("You are invited to a team")
        .paragraph(format!("{from} invites you to work in a team. The link works once, within seven days, for the account with this address:"))
        .link("Look at the invitation", url)
        .paragraph("If you do not know who that is, ignore this mail.")
}
{%- endif %}
