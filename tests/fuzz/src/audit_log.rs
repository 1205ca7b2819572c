//! The record of decisions: its lines, its checkpoints, and a segment of any bytes under a head that is real.

use std::path::Path;
use std::sync::OnceLock;

use varco_access_policy::Effect;
use varco_auth::CodiceFiscale;
use varco_records::audit::{
    AuditKeys, AuditLog, AuditorKey, Checkpoint, CheckpointKey, Entry, LINE_LENGTH_MAX, Line, PseudonymKey,
    Settings, Sources, decisions, verify,
};

/// Where a smoke test leaves no disk busy.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

fn keys() -> AuditKeys {
    AuditKeys {
        checkpoint: CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[1; 32])).unwrap(),
        pseudonym: PseudonymKey::from_bytes([2; 32].into()),
        auditor: AuditorKey::from_bytes([3; 32].into()).public().unwrap(),
    }
}

fn open(
    path: &Path,
    open: impl Fn(&Path, AuditKeys, Settings, Sources) -> Option<AuditLog>,
) -> Option<AuditLog> {
    let sources = Sources {
        now: Box::new(|| "2026-11-28T09:00:00Z".parse().unwrap()),
        random: Box::new(|place| {
            place.fill(7);
            Ok(())
        }),
    };
    open(path, keys(), Settings::default(), sources)
}

/// A log of three decisions: its one segment and its head.
fn made() -> &'static (Vec<u8>, Vec<u8>) {
    static MADE: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = folder();
        let path = folder.path().join("log");
        let log = open(&path, |path, keys, settings, sources| {
            AuditLog::create(path, keys, settings, sources).ok()
        });
        let log = log.unwrap();
        let person = CodiceFiscale::parse("DMNNCL80C14H501S").unwrap();
        for evidence in ["e0", "e1", "e2"] {
            let at = "2026-11-28T08:59:59Z".parse().unwrap();
            let entry = Entry::new(Effect::Permit, "inps.estratto-conto", at)
                .because(&["consultation-card"], &["permit-consultation"])
                .about(&person, "CNS", "substantial", evidence);
            log.append(entry).unwrap();
        }
        let _ = log.checkpoint().unwrap();
        (
            std::fs::read(path.join("00000001.log")).unwrap(),
            std::fs::read(path.join("head")).unwrap(),
        )
    })
}

/// A line that is read is written so again, and no byte of it can be another; a log of these bytes is good only if it is the
/// one under the head, with what an interruption explains behind it, and then it is opened and good again.
pub fn target(data: &[u8]) {
    for line in data.split(|byte| *byte == b'\n').take(64) {
        if let Ok(read) = Line::parse(line) {
            assert!(line.len() < LINE_LENGTH_MAX);
            assert_eq!(serde_json::to_vec(&read).unwrap(), line);
        }
    }
    if let Some(checkpoint) = str::from_utf8(data)
        .ok()
        .and_then(|text| Checkpoint::parse(text).ok())
    {
        assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
    }
    let (segment, head) = made();
    let folder = folder();
    let path = folder.path();
    std::fs::write(path.join("00000001.log"), data).unwrap();
    std::fs::write(path.join("head"), head).unwrap();
    let believed = [keys().checkpoint.public()];
    let told = verify(path, &believed, &[]).unwrap();
    assert_eq!(told, verify(path, &believed, &[]).unwrap());
    assert_eq!(told.is_good(), data.starts_with(segment), "{:?}", told.findings);
    assert_eq!(decisions(path, &mut |_| Ok(())).is_ok(), told.is_good());
    let opened = open(path, |path, keys, settings, sources| {
        AuditLog::open(path, keys, settings, sources).ok()
    });
    assert_eq!(opened.is_some(), told.is_good());
    if told.is_good() {
        let mended = verify(path, &believed, &[]).unwrap();
        assert!(mended.is_good() && mended.torn.is_none() && mended.unacknowledged == 0);
    } else {
        assert_eq!(std::fs::read(path.join("00000001.log")).unwrap(), data);
    }
}

/// A log; it with a tail that was torn, and with one more record; a checkpoint.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let (segment, head) = made();
    let torn = [segment.as_slice(), b"{\"seq\":"].concat();
    let zeros = [segment.as_slice(), &[0; 300]].concat();
    let checkpoint = String::from_utf8_lossy(head).replace("-head", "-checkpoint");
    vec![segment.clone(), torn, zeros, checkpoint.into_bytes()]
}
