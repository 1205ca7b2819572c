//! Claims about what passes a transaction and how it ends.

use varco_apdu::{CommandApdu, ins};

use super::*;

use crate::{GetResponse, GuardRefusal, PermitScope, PinPermit, WAIT_DEFAULT, scripted};

fn verify() -> CommandApdu {
    CommandApdu::new(0, ins::VERIFY, 0, 0x90).with_data(&[0xFF; 8])
}

const VERIFY: &str = "0020009008FFFFFFFFFFFFFFFF";

#[test]
fn a_typed_value_is_sent_once_and_never_again_after_a_failed_exchange() {
    let mut link = scripted::link();
    link.fail(LinkError::TimedOut { command: "VERIFY" });
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, transaction.epoch());
    let command = verify();
    let first = transaction.exchange(Request::PinCommand {
        command: &command,
        permit: &mut permit,
    });
    assert_eq!(first.unwrap_err().code(), "link-timed-out");
    let second = transaction.exchange(Request::PinCommand {
        command: &command,
        permit: &mut permit,
    });
    assert_eq!(
        second.unwrap_err(),
        LinkError::Guard {
            command: "VERIFY",
            refusal: GuardRefusal::PermitSpent
        }
    );
    assert_eq!(transaction.exchanges(), 1);
}

#[test]
fn after_a_pin_command_the_card_is_reset_whatever_is_asked_and_also_on_drop() {
    for ends_by_drop in [false, true] {
        let mut link = scripted::link();
        link.expect(VERIFY, "9000");
        let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, transaction.epoch());
        let command = verify();
        transaction
            .exchange(Request::PinCommand {
                command: &command,
                permit: &mut permit,
            })
            .unwrap();
        if ends_by_drop {
            drop(transaction);
        } else {
            transaction.end(Disposition::Leave).unwrap();
        }
        assert_eq!(link.endings, [Disposition::Reset]);
    }
}

#[test]
fn a_question_for_the_counter_disturbs_nobody() {
    let mut link = scripted::link();
    link.expect("00200090", "63C3");
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let mut permit = PinPermit::issue(PermitScope::CounterQuery, ins::VERIFY, 0x90, transaction.epoch());
    let command = CommandApdu::new(0, ins::VERIFY, 0, 0x90);
    transaction
        .exchange(Request::PinCommand {
            command: &command,
            permit: &mut permit,
        })
        .unwrap();
    transaction.end(Disposition::Leave).unwrap();
    assert_eq!(link.endings, [Disposition::Leave]);
}

#[test]
fn a_transaction_that_only_read_leaves_the_card_alone() {
    let mut link = scripted::link();
    link.expect("00B0000001", "309000");
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    transaction
        .send(&CommandApdu::new(0, 0xB0, 0, 0).expecting(1))
        .unwrap();
    drop(transaction);
    assert_eq!(link.endings, [Disposition::Leave]);
}

#[test]
fn an_answer_without_status_word_is_a_removal() {
    for answer in ["", "90"] {
        let mut link = scripted::link();
        link.expect("00840000", answer);
        let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        assert_eq!(
            transaction.send(&CommandApdu::new(0, 0x84, 0, 0)).unwrap_err(),
            LinkError::CardRemoved
        );
    }
}

#[test]
fn a_pad_entry_needs_a_permit_of_its_own_and_a_pad() {
    let mut link = scripted::link();
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, transaction.epoch());
    let entry = crate::PadEntry {
        task: crate::PadTask::Verify,
        template: verify(),
        block_bytes: 8,
        length_min: 5,
        length_max: 8,
        timeout_s: 30,
        language: crate::PadLanguage::default(),
    };
    let refused = transaction.exchange(Request::PadEntry {
        entry: &entry,
        permit: &mut permit,
    });
    assert_eq!(refused.unwrap_err(), LinkError::PinPadUnsupported);
    assert!(permit.is_spent());
}

#[test]
fn by_t0_a_command_carries_data_or_le_and_nothing_long() {
    let run = |script: &[(&str, &str)], command: &CommandApdu| {
        let mut link = scripted::link();
        link.set_protocol(Protocol::T0);
        link.set_extended_length(ExtendedLength::Supported);
        for (command, answer) in script {
            link.expect(command, answer);
        }
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        GetResponse::new(transaction).send(command)
    };
    let command = CommandApdu::new(0x00, 0xA4, 0x08, 0x00);
    assert!(run(&[("00A4080000", "9000")], &command).is_ok());
    let with_le = command.expecting(256);
    assert!(run(&[("00A4080000", "9000")], &with_le).is_ok());
    let both = with_le.with_data(&[0x11, 0x00]);
    let script = [("00A40800021100", "6102"), ("00C0000002", "6F009000")];
    assert_eq!(run(&script, &both).unwrap().data(), [0x6F, 0x00]);
    let long = CommandApdu::new(0x00, 0xB0, 0x00, 0x00).expecting(257);
    assert_eq!(run(&[], &long).unwrap_err().code(), "command-too-long");
}
