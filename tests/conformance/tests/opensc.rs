//! OpenSC 0.23 as witness: what it makes of every played card behind the real pcscd.
//!
//! Where it knows the card it must list, log in, sign, change and unblock the PIN, and openssl must verify. Where it
//! does not, its failure is the one that is known of it; one that goes away is worth knowing too.
//!
//! Not here: our own driver. A card that only our driver could read would prove nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

use std::path::Path;
use std::process::{Command, Output};

use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::CardBehindPcscd;

/// Tells OpenSC that the virtual reader passes extended length, which vpcd does not announce.
const LONG_COMMANDS: &str =
    "app default { reader_driver pcsc { max_send_size = 65535; max_recv_size = 65536; } }\n";
const MESSAGE: &[u8] = b"a message that nobody chose";

/// What OpenSC makes of a card.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    /// All of it works.
    Works,
    /// The same, once it was told that the reader passes extended length; before, signing fails with this.
    WorksWithLongCommands(&'static str),
    /// It logs in, and fails to sign with this.
    CannotSign(&'static str),
    /// What it signs is not by the certificate's key, which is what this card is for.
    SignsWithAnotherKey,
    /// Already the login fails with this; the card's name is told.
    CannotLogIn { name: &'static str, error: &'static str },
}

const CNS: &str = "CNS card";
const UNSUPPORTED: &str = "Unsupported card";
/// No certificate where it looks, and so no PIN object.
const NOTHING_FOUND: Made = Made::CannotLogIn {
    name: CNS,
    error: "CKR_USER_PIN_NOT_INITIALIZED",
};
/// Known by its label, and then EF.ID_Carta is not there.
const NOT_BOUND: Made = Made::CannotLogIn {
    name: CNS,
    error: "CKR_TOKEN_NOT_RECOGNIZED",
};
const NOT_KNOWN: Made = Made::CannotLogIn {
    name: UNSUPPORTED,
    error: "CKR_TOKEN_NOT_RECOGNIZED",
};

/// A card in a private pcscd, and a folder to work in.
struct Bench {
    service: PrivatePcscd,
    _card: CardBehindPcscd,
    folder: tempfile::TempDir,
    long_commands: bool,
}

impl Bench {
    fn new(profile: &str) -> Self {
        let service = PrivatePcscd::start().unwrap();
        let card = CardBehindPcscd::insert(&service, profile, &[]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("message"), MESSAGE).unwrap();
        std::fs::write(folder.path().join("opensc.conf"), LONG_COMMANDS).unwrap();
        Self {
            service,
            _card: card,
            folder,
            long_commands: false,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(self.service.env())
            .current_dir(self.path());
        if self.long_commands {
            command.env("OPENSC_CONF", self.path().join("opensc.conf"));
        }
        command.output().unwrap()
    }

    fn text(&self, program: &str, arguments: &[&str]) -> (bool, String) {
        let output = self.run(program, arguments);
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    fn succeed(&self, program: &str, arguments: &[&str]) -> String {
        let (success, text) = self.text(program, arguments);
        assert!(success, "{program} {arguments:?}: {text}");
        text
    }

    fn fail(&self, program: &str, arguments: &[&str], expected: &str) {
        let (success, text) = self.text(program, arguments);
        assert!(
            !success && text.contains(expected),
            "{program} {arguments:?}: {text}"
        );
    }

    /// Saves the first certificate's public key and gives its object's identifier.
    fn take_certificate(&self) -> String {
        let text = self.succeed("pkcs11-tool", &["-L", "-O"]);
        let (_, object) = text.split_once("Certificate Object").expect(&text);
        let (_, id) = object.split_once("ID:").expect(&text);
        let id = id.split_whitespace().next().unwrap().to_owned();
        let read = [
            "--read-object",
            "--type",
            "cert",
            "--id",
            &id,
            "--output-file",
            "cert.der",
        ];
        self.succeed("pkcs11-tool", &read);
        let convert = [
            "x509", "-inform", "DER", "-in", "cert.der", "-pubkey", "-noout", "-out", "key.pem",
        ];
        self.succeed("openssl", &convert);
        id
    }

    fn sign(&self, id: &str, mechanism: &str, input: &str, output: &str) -> (bool, String) {
        self.text(
            "pkcs11-tool",
            &[
                "--login",
                "--pin",
                "12345",
                "--sign",
                "--id",
                id,
                "--mechanism",
                mechanism,
                "--input-file",
                input,
                "--output-file",
                output,
            ],
        )
    }

    fn must_sign(&self, id: &str, mechanism: &str, input: &str, output: &str) {
        let (success, text) = self.sign(id, mechanism, input, output);
        assert!(success, "{mechanism}: {text}");
    }

    /// openssl on a signature over the message.
    fn verifies(&self, signature: &str, options: &[&str]) -> bool {
        let verify = ["dgst", "-sha256", "-verify", "key.pem", "-signature", signature];
        let (success, _) = self.text("openssl", &[&verify, options, &["message"]].concat());
        success
    }

    /// List, login, three ways to sign, dump, a PIN changed and changed back, blocked and unblocked.
    fn all_of_it(&self) {
        let id = self.take_certificate();
        self.must_sign(&id, "SHA256-RSA-PKCS", "message", "pkcs1.sig");
        assert!(self.verifies("pkcs1.sig", &[]));
        self.must_sign(&id, "SHA256-RSA-PKCS-PSS", "message", "pss.sig");
        let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];
        assert!(self.verifies("pss.sig", &pss));
        // RSA-PKCS pads what it is given: what openssl's own rules recover must be that.
        std::fs::write(self.path().join("short"), b"twenty bytes or less").unwrap();
        self.must_sign(&id, "RSA-PKCS", "short", "raw.sig");
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
        self.succeed("openssl", &recover);
        assert_eq!(
            std::fs::read(self.path().join("back")).unwrap(),
            b"twenty bytes or less"
        );

        let dump = self.succeed("pkcs15-tool", &["--dump"]);
        assert!(dump.contains("Serial number  : 6999"), "{dump}");
        for (old, new) in [("12345", "54321"), ("54321", "12345")] {
            let change = ["--login", "--pin", old, "--change-pin", "--new-pin", new];
            self.succeed("pkcs11-tool", &change);
            self.succeed("pkcs11-tool", &["--login", "--pin", new, "-O"]);
        }
        self.block_and_unblock();
        self.must_sign(&id, "SHA256-RSA-PKCS", "message", "again.sig");
        assert!(self.verifies("again.sig", &[]));
    }

    fn block_and_unblock(&self) {
        for _ in 0..3 {
            // Masks that say 6300 make it CKR_GENERAL_ERROR, others CKR_PIN_INCORRECT.
            self.fail("pkcs11-tool", &["--login", "--pin", "99999", "-O"], "CKR_");
        }
        self.fail(
            "pkcs11-tool",
            &["--login", "--pin", "12345", "-O"],
            "CKR_PIN_LOCKED",
        );
        let pins = self.succeed("pkcs15-tool", &["--list-pins"]);
        // The PIN is listed before its PUK.
        let id = pins
            .lines()
            .filter(|line| line.trim_start().starts_with("ID "))
            .find_map(|line| line.split_once(':'))
            .expect(&pins);
        let unblock = [
            "--unblock-pin",
            "--puk",
            "12345678",
            "--new-pin",
            "12345",
            "--auth-id",
            id.1.trim(),
        ];
        self.succeed("pkcs15-tool", &unblock);
    }
}

fn judge(profile: &str, made: Made) {
    let mut bench = Bench::new(profile);
    let (_, name) = bench.text("opensc-tool", &["--name"]);
    let expected = match made {
        Made::CannotLogIn { name, .. } => name,
        _ => CNS,
    };
    assert!(name.contains(expected), "{profile}: {name}");
    match made {
        Made::Works => bench.all_of_it(),
        Made::WorksWithLongCommands(error) => {
            let id = bench.take_certificate();
            let (success, text) = bench.sign(&id, "SHA256-RSA-PKCS", "message", "sig");
            assert!(!success && text.contains(error), "{text}");
            bench.long_commands = true;
            bench.all_of_it();
        }
        Made::CannotSign(error) => {
            let id = bench.take_certificate();
            bench.succeed("pkcs11-tool", &["--login", "--pin", "12345", "-O"]);
            let (success, text) = bench.sign(&id, "SHA256-RSA-PKCS", "message", "sig");
            assert!(!success && text.contains(error), "{text}");
        }
        Made::SignsWithAnotherKey => {
            let id = bench.take_certificate();
            bench.must_sign(&id, "SHA256-RSA-PKCS", "message", "sig");
            assert!(!bench.verifies("sig", &[]));
        }
        Made::CannotLogIn { error, .. } => {
            bench.fail("pkcs11-tool", &["--login", "--pin", "12345", "-O"], error);
        }
    }
}

/// A test for each card, and the list of them.
macro_rules! judged {
    ($($test:ident $profile:literal $made:expr;)*) => {
        const JUDGED: &[&str] = &[$($profile),*];
        $(#[test]
        fn $test() {
            judge($profile, $made);
        })*
    };
}

judged! {
    st "cns-st" Made::Works;
    st_2021 "cns-st-2021" Made::WorksWithLongCommands("CKR_GENERAL_ERROR");
    athena "cns-athena" Made::Works;
    last_try "cns-last-try" Made::Works;
    blocked "cns-blocked" Made::CannotLogIn { name: CNS, error: "CKR_PIN_LOCKED" };
    expired "cns-expired" Made::Works;
    no_certificate "cns-no-certificate" NOTHING_FOUND;
    minor "cns-minor" Made::Works;
    wrong_key "cns-wrong-key" Made::SignsWithAnotherKey;
    idemia_2021 "cns-idemia-2021" NOTHING_FOUND;
    gd_2025 "cns-gd-2025" NOTHING_FOUND;
    infocamere "cns-infocamere" Made::Works;
    infocert_1205 "cns-infocert-1205" Made::Works;
    cardos "cns-cardos" NOTHING_FOUND;
    chipdoc "cns-chipdoc" NOT_BOUND;
    bit4id "cns-bit4id" NOT_BOUND;
    t0 "cns-t0" NOT_KNOWN;
    nfc_st2022 "cns-nfc-st2022" NOT_KNOWN;
    digest_info "cns-digest-info" Made::CannotSign("CKR_GENERAL_ERROR");
    short "cns-short" Made::CannotSign("CKR_FUNCTION_NOT_SUPPORTED");
    // What was revoked is no matter of the card's.
    revoked "cns-revoked" Made::Works;
    suspended "cns-suspended" Made::Works;
}

#[test]
fn every_played_card_is_judged() {
    let played: Vec<&str> = varco::played::Profile::names()
        .filter(|name| name.starts_with("cns-"))
        .collect();
    assert_eq!(JUDGED, played);
}

#[test]
fn a_wrong_pin_is_wrong_where_the_card_counts_aloud() {
    let bench = Bench::new("cns-athena");
    bench.fail(
        "pkcs11-tool",
        &["--login", "--pin", "54321", "-O"],
        "CKR_PIN_INCORRECT",
    );
}
