//! The channel: what closes it, and that a PIN passes it once.

use varco_apdu::{Atr, CommandApdu};
use varco_card::scripted::ScriptedLink;
use varco_card::{PermitScope, PinPermit, Transaction, WAIT_DEFAULT};
use zeroize::Zeroizing;

use super::*;
use crate::SessionKeys;

const CHALLENGE: (&str, &str) = (
    "0C8400000D9701088E0820F396AD8183084C00",
    "871101DA6347917893509AB7B6D66CFACD221F990290008E08930650C230E16EFB9000",
);

fn link(script: &[(&str, &str)]) -> ScriptedLink {
    let mut link = ScriptedLink::new(Atr::new(&[0x3B, 0x00]).unwrap());
    for (command, answer) in script {
        link.expect(command, answer);
    }
    link
}

/// The session of the sheet before its second exchange [cie §3.6].
fn channel(link: &mut ScriptedLink) -> SecureMessaging<Transaction<'_>> {
    let secret: Vec<u8> = (0..=255).collect();
    let session = Session::new(SessionKeys::from_shared_secret(&secret), 3);
    SecureMessaging::new(Transaction::begin(link, WAIT_DEFAULT).unwrap(), session)
}

fn challenge() -> CommandApdu {
    CommandApdu::new(0, 0x84, 0, 0).expecting(8)
}

#[test]
fn what_is_sent_is_protected_and_what_comes_is_opened() {
    let mut link = link(&[CHALLENGE]);
    let mut channel = channel(&mut link);
    assert_eq!(
        channel.send(&challenge()).unwrap().data(),
        [1, 2, 3, 4, 5, 6, 7, 8]
    );
    assert!(!channel.is_closed());
}

#[test]
fn one_wrong_answer_closes_it_for_good() {
    for wrong in ["9000", "6988", "990290008E0800000000000000009000", "00"] {
        let mut link = link(&[(CHALLENGE.0, wrong), CHALLENGE]);
        let mut channel = channel(&mut link);
        assert!(channel.send(&challenge()).is_err());
        assert!(channel.is_closed());
        let closed = channel.send(&challenge()).unwrap_err();
        assert_eq!(closed.code(), "secure-channel");
        drop(channel);
        assert_eq!(link.remaining(), 1, "nothing more was sent");
    }
}

#[test]
fn a_reset_closes_it() {
    let mut link = link(&[]);
    let mut channel = channel(&mut link);
    channel.reset().unwrap();
    assert_eq!(channel.send(&challenge()).unwrap_err().code(), "secure-channel");
}

#[test]
fn a_pin_goes_through_with_its_permit_and_once() {
    let verify = CommandApdu::new(0, 0x20, 0, 0x81).with_secret_data(Zeroizing::new(b"12345678".to_vec()));
    let third = (
        "0C2000811D871101C0C020864CCCE390B9B0B11267FF1A978E081D1FFAB37DFAA59600",
        "990263C28E08EA512C9E78164E0D9000",
    );
    let mut link = link(&[CHALLENGE, third]);
    let mut channel = channel(&mut link);
    channel.send(&challenge()).unwrap();
    let mut permit = PinPermit::issue(PermitScope::TypedValue, 0x20, 0x81, channel.epoch());
    let request = Request::PinCommand {
        command: &verify,
        permit: &mut permit,
    };
    assert_eq!(channel.exchange(request).unwrap().status().to_string(), "63C2");
    let again = Request::PinCommand {
        command: &verify,
        permit: &mut permit,
    };
    assert_eq!(channel.exchange(again).unwrap_err().code(), "pin-guard");
    assert!(channel.is_closed());
}

#[test]
fn without_a_permit_no_pin_command_passes_the_guard_below() {
    let mut link = link(&[]);
    let mut channel = channel(&mut link);
    let verify = CommandApdu::new(0, 0x20, 0, 0x81).with_data(b"12345678");
    assert_eq!(channel.send(&verify).unwrap_err().code(), "pin-guard");
}
