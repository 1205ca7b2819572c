//! Logs of OpenSC.

use varco_trace::import::LogKind;

use crate::trace_logs::check;

/// Whatever the log says: see `trace_logs`.
pub fn target(data: &[u8]) {
    check(LogKind::OpenSc, data);
}

/// Short conversations.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        b"P:1; T:0x1 23:59:59.900 [a] card.c:1:match_atr_table: ATR     : 3b:00\n\
P:1; T:0x1 23:59:59.973 [a] reader-pcsc.c:335:pcsc_transmit: \nOutgoing APDU (17 bytes):\n\
00 A4 04 00 0B E8 2B 06 01 04 01 81 C3 1F 02 01 ......+.........\n00                                              .\n\n\
P:1; T:0x1 00:00:00.173 [a] reader-pcsc.c:335:pcsc_transmit: \nIncoming APDU (2 bytes):\n6A 82 j.\n\n\
Outgoing APDU (13 bytes):\n00 20 00 90 08 31 32 33 34 35 FF FF FF . ...12345...\nIncoming APDU (2 bytes):\n90 00 ..\n\
P:1; T:0x1 00:00:00.176 [a] x: 0x80100068\nx 0x80100069\n"
            .to_vec(),
        b"P:1; T:0x1 10:00:00.000 [a] x\nOutgoing APDU (5 bytes):\n00 B0 00 00 10 .....\n\
P:2; T:0x1 10:00:00.001 [b] x\nOutgoing APDU (7 bytes):\n00 A4 00 00 02 2F 00 ......\n\
P:1; T:0x1 10:00:00.002 [a] x\nIncoming APDU (10 bytes):\n62 06 82 01 01 8A 01 05 90 00 ..........\n"
            .to_vec(),
    ]
}
