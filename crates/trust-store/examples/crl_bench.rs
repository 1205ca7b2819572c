//! Measures reading, indexing and asking a revocation list: `cargo run --release -p varco-trust-store --example crl_bench
//! [entries] [folder]` prints one line of JSON.
//!
//! The list is made first, by this program; then it starts itself again, so that the memory measured is that of the index
//! alone. Not here: what the figures should be.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a tool for developers: what fails here fails the measurement"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use varco_pki::{Certificate, KnownList as _, RevocationList, Timestamp};
use varco_testkit::crl::{CrlDraft, Signer, entry, name, reason};
use varco_trust_store::CrlIndex;

const LOOKUPS: usize = 100_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "1000000".to_owned());
    let folder = arguments.next();
    if first == "measure" {
        return measure(Path::new(&folder.unwrap()));
    }
    let folder = folder
        .map_or_else(tempfile::tempdir, tempfile::tempdir_in)
        .unwrap();
    make(first.parse().unwrap(), folder.path());
    let status = Command::new(std::env::current_exe().unwrap())
        .arg("measure")
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(status.success());
}

/// A positive serial number of 16 bytes.
fn serial(random: &mut ChaCha20Rng) -> [u8; 16] {
    let mut serial = [0; 16];
    random.fill_bytes(&mut serial);
    serial[0] = serial[0] & 0x3F | 0x40;
    serial
}

/// Every third entry has a reason, as in real lists.
fn make(entries: usize, folder: &Path) {
    let signer = Signer::of_fixture("ca-cns").unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(1);
    let entries = (0..entries).map(|index| {
        let reasons = [reason(4)];
        let reasons = if index % 3 == 0 { &reasons[..] } else { &[] };
        entry(&serial(&mut random), "250102030405Z", reasons)
    });
    let list = CrlDraft::new(&name("TEST authority")).with_entries(entries);
    std::fs::write(folder.join("list.crl"), list.signed(&signer).unwrap()).unwrap();
}

fn measure(folder: &Path) {
    let path = folder.join("list.crl");
    let der = std::fs::read(&path).unwrap();
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/ca-cns.der");
    let authority = Certificate::parse(&std::fs::read(authority).unwrap()).unwrap();

    let ((entries, parse_ms), parse_cpu_ms) =
        on_cpu(|| timed(|| RevocationList::parse(&der).unwrap().header().entries));
    // From here on the peak counts anew.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before_kb = peak_kb();
    let place = folder.join("list.index");
    let ((index, index_ms), index_cpu_ms) =
        on_cpu(|| timed(|| CrlIndex::build(&der, &authority, Timestamp::UNIX_EPOCH, &place).unwrap()));
    let growth_mb = (peak_kb() - before_kb) as f64 / 1024.0;
    let (_, open_ms) = timed(|| CrlIndex::open(&place).unwrap());

    let mut known: Vec<[u8; 16]> = RevocationList::parse(&der)
        .unwrap()
        .entries()
        .map(|entry| entry.unwrap().0.try_into().unwrap())
        .collect();
    let mut random = ChaCha20Rng::seed_from_u64(2);
    for place in 0..known.len() {
        let other = usize::try_from(random.next_u64() % known.len() as u64).unwrap();
        known.swap(place, other);
    }
    let hits: Vec<[u8; 16]> = known.iter().copied().cycle().take(LOOKUPS).collect();
    let misses: Vec<[u8; 16]> = (0..LOOKUPS).map(|_| serial(&mut random)).collect();
    let lookup_us = |serials: &[[u8; 16]], expected: usize| {
        let (found, ms) = timed(|| {
            serials
                .iter()
                .filter(|serial| index.find(&serial[..]).unwrap().is_some())
                .count()
        });
        assert_eq!(found, expected);
        ms * 1000.0 / LOOKUPS as f64
    };
    let (hit_us, miss_us) = (lookup_us(&hits, LOOKUPS), lookup_us(&misses, 0));

    let mut openssl = Command::new("openssl");
    openssl
        .args(["crl", "-inform", "DER", "-noout", "-in"])
        .arg(&path)
        .stdout(Stdio::null());
    let (status, openssl_ms) = timed(|| openssl.status().unwrap());
    assert!(status.success());
    let round = |value: f64| (value * 100.0).round() / 100.0;
    let line = serde_json::json!({
        "entries": entries,
        "list_mb": round(der.len() as f64 / 1_048_576.0),
        "parse_ms": round(parse_ms),
        "parse_cpu_ms": round(parse_cpu_ms),
        "index_ms": round(index_ms),
        "index_cpu_ms": round(index_cpu_ms),
        "open_ms": round(open_ms),
        "peak_rss_growth_mb": round(growth_mb),
        "lookup_hit_us": round(hit_us),
        "lookup_miss_us": round(miss_us),
        "openssl_parse_ms": round(openssl_ms),
    });
    println!("{line}");
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let value = work();
    (value, begun.elapsed().as_secs_f64() * 1000.0)
}

/// With the time that this thread was on a processor (proc/pid/schedstat), which other processes do not lengthen.
fn on_cpu<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let used = || -> f64 {
        let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    };
    let before = used();
    let value = work();
    (value, (used() - before) / 1_000_000.0)
}

/// The most memory that this process had since the count was begun (proc_pid_status(5), VmHWM).
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
