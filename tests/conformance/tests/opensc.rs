//! OpenSC as witness: what it makes of our played cards behind the real pcscd.
//!
//! Not here: our own driver. A card that only our driver could read would prove nothing.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::path::Path;
use std::process::{Command, Output};

use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::CardBehindPcscd;

fn run(service: &PrivatePcscd, folder: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .envs(service.env())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn succeed(service: &PrivatePcscd, folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = run(service, folder, program, arguments);
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

/// Lists, logs in and signs with both mechanisms; openssl verifies against the certificate on the card.
fn opensc_signs_with(profile: &str) {
    let service = PrivatePcscd::start().unwrap();
    let _card = CardBehindPcscd::insert(&service, profile, &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = succeed(&service, folder, "opensc-tool", &["--name"]);
    assert!(text.contains("CNS"), "{text}");

    let text = succeed(&service, folder, "pkcs11-tool", &["-L", "-O"]);
    assert!(text.contains("Certificate Object"), "{text}");

    let read = [
        "--read-object",
        "--type",
        "cert",
        "--id",
        "01",
        "--output-file",
        "cert.der",
    ];
    succeed(&service, folder, "pkcs11-tool", &read);
    let convert = [
        "x509", "-inform", "DER", "-in", "cert.der", "-pubkey", "-noout", "-out", "key.pem",
    ];
    succeed(&service, folder, "openssl", &convert);

    let message = folder.join("message");
    std::fs::write(&message, b"a message that nobody chose").unwrap();
    let sign = |mechanism: &str, input: &str, output: &str| {
        let arguments = [
            "--login",
            "--pin",
            "12345",
            "--sign",
            "--id",
            "01",
            "--mechanism",
            mechanism,
            "--input-file",
            input,
            "--output-file",
            output,
        ];
        succeed(&service, folder, "pkcs11-tool", &arguments);
    };
    sign("SHA256-RSA-PKCS", "message", "hashed.sig");
    let verify = [
        "dgst",
        "-sha256",
        "-verify",
        "key.pem",
        "-signature",
        "hashed.sig",
        "message",
    ];
    assert!(succeed(&service, folder, "openssl", &verify).contains("Verified OK"));

    // RSA-PKCS pads what it is given: a DigestInfo made by openssl's own rules is checked by recovery.
    std::fs::write(folder.join("short"), b"twenty bytes or less").unwrap();
    sign("RSA-PKCS", "short", "raw.sig");
    let recover = [
        "pkeyutl",
        "-verifyrecover",
        "-pubin",
        "-inkey",
        "key.pem",
        "-in",
        "raw.sig",
        "-out",
        "back",
    ];
    succeed(&service, folder, "openssl", &recover);
    assert_eq!(
        std::fs::read(folder.join("back")).unwrap(),
        b"twenty bytes or less"
    );
}

#[test]
fn opensc_lists_logs_in_and_signs_with_the_st_card() {
    opensc_signs_with("cns-st");
}

#[test]
fn opensc_lists_logs_in_and_signs_with_the_athena_card() {
    opensc_signs_with("cns-athena");
}

#[test]
fn opensc_finds_a_wrong_pin_wrong_and_a_blocked_card_blocked() {
    for (profile, pin, expected) in [
        ("cns-athena", "54321", "CKR_PIN_INCORRECT"),
        ("cns-blocked", "12345", "CKR_PIN_LOCKED"),
    ] {
        let service = PrivatePcscd::start().unwrap();
        let _card = CardBehindPcscd::insert(&service, profile, &[]).unwrap();
        let output = run(
            &service,
            Path::new("/"),
            "pkcs11-tool",
            &["--login", "--pin", pin, "-O"],
        );
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(expected), "{profile}: {text}");
    }
}
