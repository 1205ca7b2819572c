//! What is left of a PIN in the memory of a process that logged in with it: nothing, right or wrong.
//!
//! The process has a real pcscd before it and the card in another process. Pages that are left out of core files are looked at
//! too. Not here: what the kernel, pcscd and the reader keep.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;
use varco_scenario::canary::{Shape, shapes};
use varco_scenario::other_pin::{CardFolder, random_pin};
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::CardBehindPcscd;

/// Bytes that are read at once, and how many of the last ones are looked at again.
const PIECE_BYTES: usize = 1 << 20;
const OVERLAP_BYTES: usize = 256;

/// The names of the shapes that stand in the memory of a process; which mapping holds them differs from run to run.
fn found(process: &Child, shapes: &[Shape]) -> BTreeSet<String> {
    let folder = Path::new("/proc").join(process.id().to_string());
    let maps = std::fs::read_to_string(folder.join("maps")).unwrap();
    let memory = File::open(folder.join("mem")).unwrap();
    let mut found = BTreeSet::new();
    let mut looked_at = 0;
    let mut piece = vec![0; PIECE_BYTES];
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (from, to) = words.next().and_then(|range| range.split_once('-')).unwrap();
        let [from, to] = [from, to].map(|hex| u64::from_str_radix(hex, 16).unwrap());
        // What cannot be written to holds what its file does.
        if !words.next().unwrap().starts_with("rw") {
            continue;
        }
        let mut at = from;
        while at < to {
            let wanted = usize::try_from(to - at).unwrap().min(PIECE_BYTES);
            // Pages that nobody can read, such as those behind the end of a file.
            let Ok(read) = memory.read_at(&mut piece[..wanted], at) else {
                break;
            };
            looked_at += read;
            for (name, shape) in shapes {
                if !found.contains(name) && contains(&piece[..read], shape) {
                    let place = line.split_whitespace().nth(5).unwrap_or("anonymous");
                    println!("{name} in {place}");
                    found.insert(name.clone());
                }
            }
            if read < wanted || at + wanted as u64 == to {
                break;
            }
            at += (wanted - OVERLAP_BYTES) as u64;
        }
    }
    assert!(looked_at > 1 << 20, "only {looked_at} bytes were looked at");
    found
}

/// Goes from one place of a byte of the shape to the next; of a byte that is not zero, as most of memory is.
fn contains(memory: &[u8], shape: &[u8]) -> bool {
    let anchor = shape.iter().position(|byte| *byte != 0).unwrap();
    let (mut rest, mut end) = (memory, 0);
    loop {
        // The library's own search, which is fast in a test that is not optimised too.
        let skipped = rest.skip_until(shape[anchor]).unwrap();
        end += skipped;
        if skipped == 0 {
            return false;
        }
        let start = end.checked_sub(anchor + 1);
        if start.is_some_and(|start| memory[start..].starts_with(shape)) {
            return true;
        }
    }
}

/// A process that logs in twice, and stops in between.
struct Logins {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _home: TempDir,
}

impl Logins {
    fn start(service: &PrivatePcscd, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_two-logins"));
        command.args(arguments).envs(service.env());
        for name in [
            "HOME",
            "XDG_STATE_HOME",
            "XDG_DATA_HOME",
            "XDG_RUNTIME_DIR",
            "TMPDIR",
        ] {
            command.env(name, home.path());
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: process.stdin.take().unwrap(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
            _home: home,
        }
    }

    /// A login with this line; how it ended.
    fn login(&mut self, typed: &str) -> String {
        self.input.write_all(format!("g{typed}\n").as_bytes()).unwrap();
        let mut code = String::new();
        self.output.read_line(&mut code).unwrap();
        code.trim().to_owned()
    }
}

impl Drop for Logins {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What two logins with these PINs leave, the second one wrong, each looked for after its login.
fn left_behind(kind: &str, profile: &str, pin: &str, wrong: &str) -> BTreeSet<String> {
    let service = PrivatePcscd::start().unwrap();
    let card = CardFolder::new(profile, pin);
    let _card = CardBehindPcscd::insert(&service, card.as_str(), &[]).unwrap();
    let mut logins = Logins::start(&service, &[kind]);
    assert_eq!(logins.login(pin), "identified");
    let mut left = found(&logins.process, &shapes(pin));
    assert_eq!(logins.login(wrong), "pin-wrong");
    left.extend(found(&logins.process, &shapes(wrong)));
    left.extend(found(&logins.process, &shapes(pin)));
    left
}

/// Four bytes alone may stand in memory by accident, and are looked for with other PINs then. Anything longer is none.
fn nothing_is_left(kind: &str, profile: &str, seed: u64) {
    println!("seed {seed}");
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let mut run = || {
        let (pin, wrong) = (random_pin(&mut random), random_pin(&mut random));
        left_behind(kind, profile, &pin, &wrong)
    };
    let first = run();
    let short = ["BCD", "BCD reversed", "u32 LE", "u32 BE"].map(str::to_owned);
    let long: Vec<_> = first.iter().filter(|name| !short.contains(name)).collect();
    assert!(long.is_empty(), "{first:?}");
    if !first.is_empty() {
        let again: BTreeSet<_> = run().intersection(&first).cloned().collect();
        assert_eq!(again, BTreeSet::new(), "of the first: {first:?}");
    }
}

#[test]
fn a_login_with_a_cns_leaves_no_pin_in_memory() {
    nothing_is_left("cns", "cns-st", 20_261_128);
}

#[test]
fn a_login_with_an_identity_card_leaves_no_pin_in_memory() {
    nothing_is_left("cie", "cie-nxp", 20_261_129);
}

#[test]
fn a_pin_that_is_kept_is_found_in_every_shape_and_another_one_is_not() {
    let service = PrivatePcscd::start().unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(20_261_130);
    let (pin, never_typed) = (random_pin(&mut random), random_pin(&mut random));
    let card = CardFolder::new("cns-st", &pin);
    let _card = CardBehindPcscd::insert(&service, card.as_str(), &[]).unwrap();
    let mut logins = Logins::start(&service, &["cns", "keep"]);
    assert_eq!(logins.login(&pin), "identified");
    let sought = shapes(&pin);
    let names: BTreeSet<_> = sought.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(found(&logins.process, &sought), names);
    let ascii = ("as it is".to_owned(), never_typed.into_bytes());
    assert_eq!(found(&logins.process, &[ascii]), BTreeSet::new());
}

#[test]
fn only_the_numbers_and_pairs_of_digits_are_short() {
    for (name, shape) in shapes("48151623") {
        let is_short = name.starts_with("BCD") || name.starts_with("u32");
        assert_eq!(shape.len() < 8, is_short, "{name}");
    }
}

#[test]
fn a_shape_is_found_wherever_it_stands() {
    let memory = b"\0\x31\0\x32\0\x34\0\x31\0\x32\0\x33";
    assert!(contains(memory, b"\0\x31\0\x32\0\x33") && contains(memory, &memory[..]));
    assert!(contains(memory, b"\x33") && contains(memory, b"\0\x31"));
    assert!(!contains(memory, b"\x33\0") && !contains(memory, b"\x31\0\x33") && !contains(b"", b"\x31"));
}
