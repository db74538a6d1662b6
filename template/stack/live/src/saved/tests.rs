use super::*;

const ADA: StateBinding<'static> = StateBinding {
    visitor: "ada",
    path: "/notes",
};

fn state(lifetime: u64) -> String {
    let saved = SavedState {
        expires: expiry(Duration::from_secs(lifetime)),
        ..SavedState::default()
    };
    serde_json::to_string(&saved).unwrap()
}

#[test]
fn a_state_counts_only_for_its_visitor_its_page_and_its_time() {
    let signer = Signer::new(vec![[7; 32]]);
    let (fresh, old) = (state(60), state(0));
    let mac = signer.sign(ADA, &fresh);
    assert!(signer.open(ADA, &fresh, &mac, 1000).is_some());
    assert!(
        signer
            .open(
                StateBinding {
                    visitor: "eve",
                    ..ADA
                },
                &fresh,
                &mac,
                1000
            )
            .is_none()
    );
    assert!(
        signer
            .open(StateBinding { path: "/", ..ADA }, &fresh, &mac, 1000)
            .is_none()
    );
    assert!(signer.open(ADA, &fresh, &mac, 10).is_none(), "too large");
    assert!(
        signer
            .open(ADA, &old, &signer.sign(ADA, &old), 1000)
            .is_none(),
        "expired"
    );
}

#[test]
fn a_state_that_was_changed_or_signed_by_somebody_else_counts_for_nothing() {
    let signer = Signer::new(vec![[7; 32]]);
    let state = state(60);
    let mac = signer.sign(ADA, &state);
    assert!(
        signer
            .open(ADA, &state.replace('x', "y"), &mac, 1000)
            .is_none()
    );
    let other = Signer::new(vec![[8; 32]]);
    for forged in [other.sign(ADA, &state).as_str(), "", "AA", "!", &mac[..20]] {
        assert!(
            signer.open(ADA, &state, forged, 1000).is_none(),
            "`{forged}` was accepted"
        );
    }
}

#[test]
fn after_an_exchange_of_keys_the_old_one_is_still_accepted() {
    let state = state(60);
    let mac = Signer::new(vec![[7; 32]]).sign(ADA, &state);
    assert!(
        Signer::new(vec![[8; 32], [7; 32]])
            .open(ADA, &state, &mac, 1000)
            .is_some()
    );
}
