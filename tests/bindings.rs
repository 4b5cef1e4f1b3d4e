//! The window's types are generated from the commands; a difference fails.

use std::{fs, path::Path};

use specta_typescript::Typescript;

const BINDINGS: &str = "ui/src/ipc/bindings.ts";

#[test]
fn the_windows_types_are_those_of_the_commands() {
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings.ts");
    clearsync_app::contract()
        .export(Typescript::default(), &fresh)
        .unwrap();
    let fresh = fs::read_to_string(fresh).unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(BINDINGS);
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        fs::write(&kept, &fresh).unwrap();
    }
    assert_eq!(
        fs::read_to_string(kept).unwrap_or_default(),
        fresh,
        "run UPDATE_BINDINGS=1 cargo test --test bindings"
    );
}
