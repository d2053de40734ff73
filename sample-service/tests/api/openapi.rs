//! The interface as it is committed: a change of it shows in a diff.

#[test]
fn the_committed_document_is_the_services() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        crate::program().arg("openapi").current_dir(folder.path()).env_clear().output().unwrap();
    let document = String::from_utf8(output.stdout).unwrap();

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        document == include_str!("../../openapi.json"),
        "the interface has changed; look at it, and write it down:\n\
         cargo run -p sample-service -- openapi > sample-service/openapi.json"
    );
}
