//! OpenSC's `pkcs15-tool` and `opensc-explorer` at every played CNS: its certificate, its PIN and its PUK. What they say of
//! a change is held to what the card then has: tries, and the PIN itself. The table in docs/third-party.md is what this test
//! found; it must find the same again.
//!
//! `VARCO_WRITE_PROFILES=1 cargo test -p varco-conformance --test pkcs15` writes the table anew.
//!
//! Not here: PKCS#11 and signatures (`opensc.rs`), other strangers (`third_party.rs`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use varco_emulator::{Alteration, PinState, SECRET_BLOCK_BYTES};
use varco_testkit::program::run_with_input;
use varco_testkit::{Bench, VirtualCard};

const BEGIN: &str = "<!-- found by tests/conformance/tests/pkcs15.rs -->\n";
const END: &str = "<!-- until here: pkcs15.rs -->\n";
const HEAD: &str = "
| card | `--dump`: PINs, keys, certificates | `--read-certificate` | `--verify-pin` | `--change-pin` | `--unblock-pin` | explorer: `verify` | explorer: `change` | explorer: `unblock` |
|---|---|---|---|---|---|---|---|---|
";
const DONE: &str = "done";
/// The first objects of a card's state.
const PIN: usize = 0;
const PUK: usize = 1;
const WRONG: &str = "99999";
const NEW: [&str; 4] = ["54321", "13579", "24680", "11223"];

/// How the explorer comes to a card's PIN.
struct Way {
    /// A line before, which selects the PIN's application.
    before: String,
    /// Added to references: the search bit, where OpenSC does not.
    bit: u8,
    /// How the table tells it.
    told: String,
}

/// A card in a bench, and what a person knows of it.
struct Bearer {
    profile: String,
    bench: Bench,
    folder: tempfile::TempDir,
    pin: String,
    puk: String,
}

impl Bearer {
    fn of(profile: &str) -> Self {
        let card = VirtualCard::named(profile).unwrap();
        let (pin, puk) = (card.pin().to_owned(), card.puk().to_owned());
        Self {
            profile: profile.to_owned(),
            bench: Bench::with_card(card).unwrap(),
            folder: tempfile::tempdir().unwrap(),
            pin,
            puk,
        }
    }

    /// The card's PIN objects: the PIN, its PUK, those of a second key.
    fn state(&self) -> Vec<PinState> {
        let card = self.bench.card(0).unwrap();
        card.with_card(|card| card.snapshot().pins().to_vec())
    }

    fn reference(&self, object: usize) -> u8 {
        self.state().get(object).unwrap().reference
    }

    fn tries(&self) -> u8 {
        self.state().first().unwrap().tries_left
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(self.bench.env().iter().cloned())
            .env("LC_ALL", "C")
            .current_dir(self.folder.path());
        command
    }

    /// Whether it succeeded, and all that it said.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.command("pkcs15-tool", arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// The explorer reads commands, and tells success only in words.
    fn explore(&self, way: &Way, command: &str, success: &str) -> (bool, String) {
        let mut explorer = self.command("opensc-explorer", &[]);
        let lines = format!("{}{command}\nquit\n", way.before);
        let output = run_with_input(&mut explorer, lines.as_bytes()).unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (said.contains(success), said)
    }

    fn verify_by_explorer(&self, way: &Way, pin: &str) -> (bool, String) {
        let reference = self.reference(PIN) | way.bit;
        let command = format!("verify CHV{reference} {}", Self::block(pin));
        self.explore(way, &command, "Code correct.")
    }

    /// The first that leads to the PIN: none needed, its application, the search bit.
    fn way(&self) -> Way {
        let way = |before: &str, bit, told: String| Way {
            before: before.to_owned(),
            bit,
            told,
        };
        let mut ways = vec![way("", 0, String::new())];
        if let Some(application) = security_application(&self.profile) {
            let line = format!("cd aid:{application}");
            ways.push(way(&format!("{line}\n"), 0, format!(" behind `{line}`")));
            ways.push(way(
                &format!("{line}\n"),
                0x80,
                format!(" behind `{line}`, with the search bit"),
            ));
        }
        ways.push(way("", 0x80, " with the search bit".to_owned()));
        let leads = |way: &Way| self.verify_by_explorer(way, &self.pin).0;
        let leading = ways.iter().position(leads).unwrap_or(0);
        ways.swap_remove(leading)
    }

    /// The PIN as the card keeps it, in the explorer's words: it pads nothing.
    fn block(value: &str) -> String {
        let block: Vec<String> = padded(value).iter().map(|byte| format!("{byte:02X}")).collect();
        block.join(":")
    }

    /// What a program said, held to the card: it did what it says, or it left all as it was.
    fn step(&self, before: &[PinState], (done, said): (bool, String), pin: &str, tries: u8) -> String {
        let after = self.state();
        if !done {
            assert_eq!(after, before, "{}: {said}", self.profile);
            return last_line(&said);
        }
        let holder = after.first().unwrap();
        assert_eq!(
            (holder.block, holder.tries_left),
            (padded(pin), tries),
            "{}: {said}",
            self.profile
        );
        DONE.to_owned()
    }

    /// The right PIN gives all tries back; a wrong one costs one, and the right one gives it back.
    fn verify(&self, attempt: &dyn Fn(&str) -> (bool, String)) -> String {
        let tries_max = 3;
        let said = self.step(&self.state(), attempt(&self.pin), &self.pin, tries_max);
        if said == DONE {
            let (done, said) = attempt(WRONG);
            assert!(!done, "{}: {said}", self.profile);
            assert_eq!(self.tries(), tries_max - 1, "{}: {said}", self.profile);
            let again = self.step(&self.state(), attempt(&self.pin), &self.pin, tries_max);
            assert_eq!(again, DONE, "{}", self.profile);
        }
        said
    }

    fn change(&mut self, new: &str, attempt: &dyn Fn(&Self, &str) -> (bool, String)) -> String {
        let said = self.step(&self.state(), attempt(self, new), new, 3);
        if said == DONE {
            new.clone_into(&mut self.pin);
        }
        said
    }

    fn unblock(&mut self, new: &str, attempt: &dyn Fn(&Self, &str) -> (bool, String)) -> String {
        let card = self.bench.card(0).unwrap();
        assert!(card.with_card(|card| card.alter(Alteration::PinTries(0))));
        let said = self.change(new, attempt);
        if said != DONE {
            let card = self.bench.card(0).unwrap();
            assert!(card.with_card(|card| card.alter(Alteration::PinTries(3))));
        }
        said
    }

    /// How many objects there are, and the first certificate's and PIN's identifier.
    fn dump(&self) -> (String, Option<String>, Option<String>) {
        let (done, said) = self.run(&["--dump"]);
        if !done {
            return (last_line(&said), None, None);
        }
        let heads = ["PIN [", "Private RSA Key [", "X.509 Certificate ["];
        let count = heads.map(|head| {
            said.lines()
                .filter(|line| line.starts_with(head))
                .count()
                .to_string()
        });
        let [pin, _, certificate] = heads.map(|head| identifier(&said, head));
        (count.join(", "), certificate, pin)
    }

    /// Whether the certificate that is read stands in one of the card's files.
    fn certificate(&self, id: Option<String>) -> String {
        let Some(id) = id else {
            return "none".to_owned();
        };
        let (done, said) = self.run(&["--read-certificate", &id, "--output", "certificate.pem"]);
        if !done {
            return last_line(&said);
        }
        let convert = [
            "x509",
            "-in",
            "certificate.pem",
            "-outform",
            "DER",
            "-out",
            "certificate.der",
        ];
        assert!(self.command("openssl", &convert).status().unwrap().success());
        let read = fs::read(self.folder.path().join("certificate.der")).unwrap();
        let is_there = files(&self.profile).iter().any(|file| {
            let content = fs::read(file).unwrap();
            content.windows(read.len()).any(|part| part == read)
        });
        if is_there { "the card's" } else { "another" }.to_owned()
    }

    fn row(&mut self) -> String {
        let (dumped, certificate, pin_id) = self.dump();
        let certificate = self.certificate(certificate);
        let verified = self.verify(&|pin| self.run(&["--verify-pin", "--pin", pin]));
        let [first, second, third, fourth] = NEW;
        let changed = self.change(first, &|bearer, new| {
            bearer.run(&["--change-pin", "--pin", &bearer.pin, "--new-pin", new])
        });
        let unblocked = self.unblock(second, &|bearer, new| {
            let mut words = vec!["--unblock-pin", "--puk", &bearer.puk, "--new-pin", new];
            words.extend(pin_id.iter().flat_map(|id| ["--auth-id", id]));
            bearer.run(&words)
        });
        let way = self.way();
        let explored = self.verify(&|pin| self.verify_by_explorer(&way, pin));
        let reference = self.reference(PIN) | way.bit;
        let explorer_changed = self.change(third, &|bearer, new| {
            let (old, new) = (Self::block(&bearer.pin), Self::block(new));
            bearer.explore(
                &way,
                &format!("change CHV{reference} {old} {new}"),
                "PIN changed.",
            )
        });
        let unblock = |bearer: &Self, verified: &str, new: &str| {
            let (puk, new) = (Self::block(&bearer.puk), Self::block(new));
            let command = format!("{verified}unblock CHV{reference} {puk} {new}");
            bearer.explore(&way, &command, "PIN unblocked.")
        };
        let mut explorer_unblocked = self.unblock(fourth, &|bearer, new| unblock(bearer, "", new));
        if explorer_unblocked != DONE {
            let puk = self.reference(PUK) | way.bit;
            let verified = format!("verify CHV{puk} {}\n", Self::block(&self.puk));
            let again = self.unblock(fourth, &|bearer, new| unblock(bearer, &verified, new));
            if again == DONE {
                explorer_unblocked = format!("{again} behind `verify CHV{puk}` of the PUK");
            }
        }
        let cells = [
            dumped,
            certificate,
            verified,
            changed,
            unblocked,
            format!("{explored}{}", way.told),
            explorer_changed,
            explorer_unblocked,
        ];
        format!("| `{}` | {} |\n", self.profile, cells.join(" | "))
    }
}

fn padded(value: &str) -> [u8; SECRET_BLOCK_BYTES] {
    let mut block = [0xFF; SECRET_BLOCK_BYTES];
    for (byte, digit) in block.iter_mut().zip(value.bytes()) {
        *byte = digit;
    }
    block
}

/// The application in which the profile has the PIN, where it is not the default one.
fn security_application(profile: &str) -> Option<String> {
    let file = workspace().join("fixtures/cards").join(profile).join("card.toml");
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix("security_application = "))?;
    Some(value.trim_matches('"').to_owned())
}

/// Where a program says why it failed.
fn last_line(said: &str) -> String {
    let lines = said.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with("OpenSC Explorer"));
    lines.next_back().unwrap_or_default().replace('|', "/")
}

/// The identifier of the first object whose entry in a dump begins so.
fn identifier(dump: &str, head: &str) -> Option<String> {
    let entry = dump.lines().skip_while(|line| !line.starts_with(head));
    let mut ids = entry.filter_map(|line| line.trim_start().strip_prefix("ID "));
    let (_, id) = ids.next()?.split_once(':')?;
    Some(id.trim().to_owned())
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(profile: &str) -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace().join("fixtures/cards").join(profile)).unwrap();
    folder.map(|file| file.unwrap().path()).collect()
}

#[test]
fn what_opensc_does_with_each_cards_pin_is_what_the_table_says() {
    let profiles: Vec<&str> = varco::played::Profile::names()
        .filter(|name| name.starts_with("cns-"))
        .collect();
    let rows: String = profiles.iter().map(|profile| Bearer::of(profile).row()).collect();
    let path = workspace().join("docs/third-party.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    let found = format!("{HEAD}{rows}\n");
    if std::env::var_os("VARCO_WRITE_PROFILES").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{found}{END}{after}")).unwrap();
    } else {
        assert_eq!(found, written, "docs/third-party.md");
    }
}
