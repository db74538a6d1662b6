use super::*;

#[test]
fn what_was_written_is_read() {
    let header = baseline_header(&[(1, vec![0, 255]), (12, vec![16, 1])]);
    assert_eq!(
        header,
        "-- Baseline: replaces the migrations up to 0012.\n\
         -- replaces 1 00ff\n\
         -- replaces 12 1001\n"
    );
    let baseline = Baseline::parse(&format!("{header}CREATE TABLE t ();\n"))
        .expect("well formed")
        .expect("a baseline");
    assert_eq!(baseline.replaced.len(), 2);
    assert_eq!(baseline.replaced[1].checksum, [16, 1]);
    assert_eq!(
        Baseline::parse("CREATE TABLE t ();").expect("no baseline"),
        None
    );
}

#[test]
fn lines_that_do_not_fit_are_refused() {
    let first = "-- Baseline: replaces the migrations up to 0002.\n";
    for rest in [
        "",
        "-- replaces 1 00\n",
        "-- replaces 2 0\n",
        "-- replaces 2 xx\n",
        "-- replaces 2\n",
        "-- replaces 2 00\n-- replaces 1 00\n",
    ] {
        assert!(
            Baseline::parse(&format!("{first}{rest}")).is_err(),
            "{rest}"
        );
    }
    assert!(Baseline::parse("-- Baseline: replaces the migrations up to x.\n").is_err());
}
