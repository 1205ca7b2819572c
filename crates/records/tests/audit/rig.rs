//! A log in a folder in memory, with keys that are known.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use varco_access_policy::Effect;
use varco_auth::CodiceFiscale;
use varco_records::audit::*;

/// Two persons who do not exist.
pub(crate) const CAMILLA: &str = "DMNNCL80C14H501S";
pub(crate) const OTHER: &str = "RSSMRA80A01H501U";

pub(crate) const SMALL: Settings = Settings {
    segment_length: 6_000,
    checkpoint_every: 3,
};

pub(crate) fn person(text: &str) -> CodiceFiscale {
    CodiceFiscale::parse(text).unwrap()
}

pub(crate) fn checkpoint_key(seed: u8) -> CheckpointKey {
    CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[seed; 32])).unwrap()
}

pub(crate) fn auditor(seed: u8) -> AuditorKey {
    AuditorKey::from_bytes([seed; 32].into())
}

pub(crate) fn pseudonym_key(seed: u8) -> PseudonymKey {
    PseudonymKey::from_bytes([seed; 32].into())
}

pub(crate) fn keys() -> AuditKeys {
    keys_of(1, 2, 3)
}

pub(crate) fn keys_of(checkpoint: u8, pseudonym: u8, auditor_seed: u8) -> AuditKeys {
    AuditKeys {
        checkpoint: checkpoint_key(checkpoint),
        pseudonym: pseudonym_key(pseudonym),
        auditor: auditor(auditor_seed).public().unwrap(),
    }
}

/// A clock that goes on by a second each time, and bytes that are never the same.
pub(crate) fn sources() -> Sources {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let second = AtomicU64::new(0);
    Sources {
        now: Box::new(move || {
            let begin: jiff::Timestamp = "2026-11-28T09:00:00Z".parse().unwrap();
            begin + jiff::SignedDuration::from_secs(second.fetch_add(1, Ordering::Relaxed) as i64)
        }),
        random: Box::new(|place| {
            let mut dice = Dice(TURN.fetch_add(1, Ordering::Relaxed) ^ u64::from(std::process::id()) << 32);
            place.fill_with(|| dice.roll(256) as u8);
            Ok(())
        }),
    }
}

/// Numbers that are the same for the same seed (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// A decision with this evidence.
pub(crate) fn entry(evidence: &str) -> Entry {
    Entry::new(
        Effect::Permit,
        "inps.estratto-conto",
        "2026-11-28T08:59:59Z".parse().unwrap(),
    )
    .because(&["consultation-card"], &["permit-consultation"])
    .about(&person(CAMILLA), "CNS", "substantial", evidence)
    .acting_for(&person(OTHER), Some("guardian"), Some(7))
}

pub(crate) struct Rig(tempfile::TempDir);

impl Rig {
    pub(crate) fn new() -> Self {
        Self(
            tempfile::tempdir_in("/dev/shm")
                .or_else(|_| tempfile::tempdir())
                .unwrap(),
        )
    }

    /// With a log of so many decisions, `e0` and on.
    pub(crate) fn with(count: u64) -> Self {
        let rig = Self::new();
        let log = rig.create(SMALL);
        for number in 0..count {
            log.append(entry(&format!("e{number}"))).unwrap();
        }
        rig
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("log")
    }

    pub(crate) fn create(&self, settings: Settings) -> AuditLog {
        AuditLog::create(&self.path(), keys(), settings, sources()).unwrap()
    }

    pub(crate) fn open(&self) -> Result<AuditLog, AuditError> {
        AuditLog::open(&self.path(), keys(), SMALL, sources())
    }

    pub(crate) fn verify(&self) -> Verification {
        self.verify_with(&[])
    }

    pub(crate) fn verify_with(&self, kept: &[Checkpoint]) -> Verification {
        verify(&self.path(), &[checkpoint_key(1).public()], kept).unwrap()
    }

    /// After the key of the seed 1 was replaced by that of 11.
    pub(crate) fn verify_rotated(&self, kept: &[Checkpoint]) -> Verification {
        let believed = [checkpoint_key(1).public(), checkpoint_key(11).public()];
        verify(&self.path(), &believed, kept).unwrap()
    }

    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.verify()
            .findings
            .iter()
            .map(|finding| finding.fault.code())
            .collect()
    }

    /// The code with which opening is refused.
    pub(crate) fn refusal(&self) -> &'static str {
        match self.open().unwrap_err() {
            AuditError::Altered(finding) => finding.fault.code(),
            other => other.code(),
        }
    }

    pub(crate) fn segment(&self, number: u32) -> PathBuf {
        self.path().join(format!("{number:08}.log"))
    }

    pub(crate) fn last_segment(&self) -> PathBuf {
        let mut number = 1;
        while self.segment(number + 1).exists() {
            number += 1;
        }
        self.segment(number)
    }

    pub(crate) fn head(&self) -> PathBuf {
        self.path().join("head")
    }

    /// Every file with its bytes.
    pub(crate) fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
            .collect();
        files.sort();
        files
    }

    pub(crate) fn restore(&self, files: &[(PathBuf, Vec<u8>)]) {
        for entry in std::fs::read_dir(self.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (path, bytes) in files {
            std::fs::write(path, bytes).unwrap();
        }
    }

    pub(crate) fn evidences(&self) -> Vec<String> {
        evidences(&self.path())
    }
}

pub(crate) fn evidences(path: &Path) -> Vec<String> {
    let mut all = Vec::new();
    decisions(path, &mut |decision| {
        all.push(decision.decided.evidence.unwrap());
        Ok(())
    })
    .unwrap();
    all
}

/// The lines of a segment, each with its end.
pub(crate) fn lines(path: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(path).unwrap();
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

pub(crate) fn numbered(count: u64) -> Vec<String> {
    (0..count).map(|number| format!("e{number}")).collect()
}
