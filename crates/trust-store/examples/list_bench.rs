//! How long a trusted list of the Italian one's size takes: one line of JSON.
//!
//! `cargo run --release -p varco-trust-store --example list_bench` makes the list once, in `target/list-bench`, with
//! openssl and xmlsec1, then reads it eleven times and tells the median. With VARCO_SHARED_DATA it holds the authorities
//! of 2018, else those of the fixtures. `-- --small FILE` writes half of the small list instead, signed with the key of the
//! played card `cns-st`: so was `fixtures/vectors/list/list.xml` made. Not here: claims, which the tests make.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a bench: what fails here ends it"
)]

#[path = "../tests/lists/maker.rs"]
mod maker;
#[path = "../tests/lists/signer.rs"]
mod signer;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use varco_pki::Certificate;
use varco_trust_store::list::{ListError, TrustedList};

const ROUNDS: usize = 11;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [option, file] = arguments.as_slice() {
        assert_eq!(option, "--small");
        let signer = signer::Signer::of_card("cns-st");
        let mut list = maker::List::small();
        list.providers.truncate(1);
        let xml = signer.sign(&list.xml(), signer::RSA_SHA256);
        std::fs::write(file, xml).unwrap();
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/list-bench");
    make(&folder);
    let xml = std::fs::read_to_string(folder.join("list.xml")).unwrap();
    let signers = [Certificate::parse(&std::fs::read(folder.join("signer.der")).unwrap()).unwrap()];
    let whole = median(|| {
        TrustedList::open(xml.as_bytes(), "IT", &signers).unwrap();
    });
    // Of another territory, it is verified and not read.
    let verify = median(|| {
        let refused = TrustedList::open(xml.as_bytes(), "XX", &signers);
        assert_eq!(refused.unwrap_err(), ListError::Territory);
    });
    let xmlsec1 = median(|| {
        let arguments = ["--verify", "--pubkey-cert-pem", "signer.pem"];
        let id = [
            "--id-attr:Id",
            "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
        ];
        let mut command = Command::new("xmlsec1");
        command
            .args(arguments)
            .args(id)
            .arg("list.xml")
            .current_dir(&folder);
        assert!(command.output().unwrap().status.success());
    });
    let nodes = roxmltree::Document::parse(&xml).unwrap().descendants().count();
    println!(
        "{{\"nodes\":{nodes},\"bytes\":{},\"verify_ms\":{verify:.1},\"read_ms\":{:.1},\"whole_ms\":{whole:.1},\"xmlsec1_ms\":{xmlsec1:.1}}}",
        xml.len(),
        whole - verify
    );
}

/// Makes the list where it is not there yet.
fn make(folder: &Path) {
    if folder.join("list.xml").is_file() {
        return;
    }
    std::fs::create_dir_all(folder).unwrap();
    let signer = signer::Signer::rsa();
    let list = maker::List::of_real_size(&maker::many_authorities());
    std::fs::write(folder.join("signer.der"), &signer.der).unwrap();
    std::fs::write(folder.join("signer.pem"), certificate_pem(&signer.der)).unwrap();
    std::fs::write(
        folder.join("list.xml"),
        signer.sign(&list.xml(), signer::RSA_SHA256),
    )
    .unwrap();
}

fn certificate_pem(der: &[u8]) -> String {
    Certificate::parse(der).unwrap().to_pem()
}

/// The median of some rounds, in milliseconds.
fn median(mut round: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            round();
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}
