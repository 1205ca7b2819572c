//! The header is what cbindgen writes out of the sources.
//!
//! Not here: whether a C compiler takes it (`c.rs`).

#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use std::path::Path;

/// The files of the border, in the order of the header.
const SOURCES: [&str; 7] = [
    "src/ffi.rs",
    "src/ffi/errors.rs",
    "src/ffi/readers.rs",
    "src/ffi/options.rs",
    "src/ffi/prompt.rs",
    "src/ffi/report.rs",
    "src/ffi/login.rs",
];

fn written() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(here.join("cbindgen.toml")).unwrap();
    let builder = SOURCES
        .iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, source| {
            builder.with_src(here.join(source))
        });
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    String::from_utf8(header).unwrap()
}

#[test]
fn the_committed_header_is_what_the_sources_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/varco.h");
    let written = written();
    if std::env::var_os("VARCO_WRITE_HEADER").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == written,
        "include/varco.h is not what cbindgen writes. To write it:\n  \
         VARCO_WRITE_HEADER=1 cargo test -p varco-libvarco --test header"
    );
}

/// A file that is forgotten above would be missing in the header.
#[test]
fn every_function_of_the_border_stands_in_the_header() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let header = written();
    let mut functions = 0;
    let files = std::fs::read_dir(here.join("src/ffi")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    for file in files.chain([here.join("src/ffi.rs")]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for function in text.split("extern \"C\" fn ").skip(1) {
            let name = function.split('(').next().unwrap();
            assert!(header.contains(&format!("{name}(")), "{name} is missing");
            functions += 1;
        }
    }
    assert!(functions > 20, "the search finds too little: {functions}");
}
