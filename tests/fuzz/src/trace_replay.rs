//! Traces that are played by a reader, to somebody who says what the trace has, and something else.

use core::time::Duration;

use varco_card::{Disposition, ReaderDriver as _, ReaderName};
use varco_reader_replay::{Mode, ReplayReaders, Script};

/// More than this is said to no trace.
const SAID_MAX: usize = 64;

/// Whatever the trace is, each call ends, moves on, and the outcome fits it.
pub fn target(data: &[u8]) {
    // The first byte says how it is spoken to.
    let Some((how, text)) = data.split_first() else {
        return;
    };
    let mode = if how & 1 == 0 {
        Mode::Strict
    } else {
        Mode::Tolerant
    };
    let Ok(script) = Script::parse(text) else { return };
    let readers = ReplayReaders::new("replay", script, mode);
    let name = ReaderName::new("replay");
    let commands: [&[u8]; 4] = [
        &[0, 0xA4, 8, 0x0C, 4, 0x11, 0, 0x11, 1],
        &[0, 0x20, 0, 0x90],
        &[0x0C, 0x20, 0, 0x81, 1, 0x8E],
        text.get(..16).unwrap_or_default(),
    ];
    for round in 0..3 {
        let Ok(mut link) = readers.connect(&name, Duration::ZERO) else {
            break;
        };
        for (at, command) in commands.iter().cycle().take(SAID_MAX).enumerate() {
            let before = link.epoch();
            if link.transmit(command).is_err() {
                assert!(link.epoch() > before);
                if link.rejoin(Duration::ZERO).is_err() && at > 8 {
                    break;
                }
            }
            if at == usize::from(how >> 2) {
                let _ = link.reset();
            }
        }
        if round == 1 {
            let _ = link.close(Disposition::Leave);
        }
    }
    let outcome = readers.outcome();
    assert!(outcome.said <= outcome.commands && outcome.secured <= outcome.commands);
    assert!(!outcome.needs_keys || outcome.difference.is_none());
    if let Some(difference) = outcome.difference {
        assert!(difference.line >= 1);
    }
}

/// Those of the lines, spoken to in four ways.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = crate::trace_lines::seeds();
    let seeds = (0..4_u8).flat_map(|how| {
        texts.iter().map(move |text| {
            let mut seed = vec![how];
            seed.extend_from_slice(text);
            seed
        })
    });
    seeds.collect()
}
