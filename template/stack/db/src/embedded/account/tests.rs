use super::*;

const USERS: &str = "root:x:0:0:root:/root:/bin/sh\n\
                     dev:x:1000:1001::/home/dev:/bin/sh\n\
                     postgres:x:101:104::/var/lib/postgresql:/bin/sh\n\
                     nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n";

#[test]
fn the_owner_of_the_project_is_preferred() {
    assert_eq!(
        choose(USERS, Some(1000)),
        Some(Account {
            uid: 1000,
            gid: 1001
        })
    );
}

#[test]
fn a_project_of_root_or_of_a_stranger_is_served_by_postgres() {
    let postgres = Some(Account { uid: 101, gid: 104 });
    assert_eq!(choose(USERS, Some(0)), postgres);
    assert_eq!(choose(USERS, Some(4242)), postgres);
}

#[test]
fn nobody_is_the_last_resort_also_where_its_number_is_negative() {
    let users = "root:*:0:0::/:/bin/sh\nnobody:*:-2:-2::/:/bin/false\n";
    let nobody = Account {
        uid: u32::MAX - 1,
        gid: u32::MAX - 1,
    };
    assert_eq!(choose(users, None), Some(nobody));
    assert_eq!(choose("", None), None);
}

#[cfg(unix)]
#[test]
fn a_folder_below_a_private_one_cannot_be_entered_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let private = std::env::temp_dir().join(format!("stack-db-private-{}", std::process::id()));
    let inner = private.join("inner");
    std::fs::create_dir_all(&inner).expect("create");
    let set = |mode| std::fs::set_permissions(&private, PermissionsExt::from_mode(mode));
    let stranger = Account {
        uid: 4_000_000,
        gid: 4_000_000,
    };
    set(0o700).expect("chmod");
    let before = stranger.can_enter(&inner);
    set(0o755).expect("chmod");
    let after = stranger.can_enter(&inner);
    std::fs::remove_dir_all(&private).expect("remove");
    assert_eq!((before, after), (false, true));
}
