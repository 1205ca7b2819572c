//! What commands of both kinds of card are called and mean.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "test code")]

use varco_apdu::{CommandApdu, StatusWord};

use super::*;
use crate::said::{Answer, Exchange, Field, Said};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn said(command: &str, status: u16) -> Exchange {
    let (command, _) = CommandApdu::parse(&bytes(command)).unwrap();
    Exchange {
        at_us: 0,
        header: [command.cla(), command.ins(), command.p1(), command.p2()],
        data: Field::Known(command.data().to_vec()),
        expected: command.expected(),
        secured: false,
        by_pad: false,
        answer: Answer::Given {
            at_us: 0,
            data: Field::empty(),
            status: StatusWord::from(status),
        },
    }
}

/// What is told of each of these commands, said one after the other to a card of this answer to reset.
fn told(atr: &str, commands: &[(&str, u16)]) -> Vec<String> {
    let mut place = Place::default();
    place.pass(&Said::Connect {
        at_us: 0,
        atr: bytes(atr),
    });
    commands
        .iter()
        .map(|(command, status)| {
            let exchange = said(command, *status);
            let facts: Vec<String> = facts(&exchange, &place)
                .iter()
                .map(|fact| format!("{}={}", fact.topic.code(), fact.value))
                .collect();
            place.pass(&Said::Exchange(exchange));
            facts.join(" ").replace("said-", "")
        })
        .collect()
}

const CNS: &str = "3BFF1800FF8131FE55006B02091717011101434E53113180 8C";

#[test]
fn a_login_with_a_cns_is_told_by_the_names_of_its_files_and_keys() {
    assert_eq!(
        told(
            &CNS.replace(' ', ""),
            &[
                ("00A4080C0411001101", 0x9000),
                ("00B0000000", 0x9000),
                ("00A4080C0410001003", 0x9000),
                ("00B0010010", 0x9000),
                ("00200090", 0x63C3),
                ("0020009008313233343536FFFF", 0x9000),
                ("0022F303", 0x9000),
                ("0022F1B803830101", 0x9000),
                ("102A80860100", 0x9000),
                ("002A80860100", 0x9000),
                ("002C0090103132333435363738313233343536FFFF", 0x9000),
                ("00A4000C023F00", 0x9000),
                ("00A400000211FF", 0x6A82),
            ]
        ),
        [
            "select-path=11001101 name=EF.C_Carta",
            "name=EF.C_Carta offset=0",
            "select-path=10001003 name=EF.ID_Carta",
            "name=EF.ID_Carta offset=256",
            "reference=PIN (90) asks-tries=",
            "reference=PIN (90)",
            "restore-environment=03",
            "set-environment=CT (B8) key=CNS0 (01)",
            "not-last= operation=DECIPHER",
            "operation=DECIPHER",
            "reference=PIN (90) carries=PUK + PIN",
            "select-id=3F00 name=MF",
            "select-id=11FF",
        ]
    );
}

#[test]
fn identifiers_mean_what_they_mean_in_the_application_that_is_selected() {
    assert_eq!(
        told(
            "3B8F80018031806549544A3443120FFF8290008A",
            &[
                ("00A4040C0DA0000000308000000009816001", 0x9000),
                ("00A4020402D003", 0x9000),
                ("00A4040C06A00000000039", 0x9000),
                ("00A40204021003", 0x9000),
                ("00B0850000", 0x9000),
                ("002241A406800102840181", 0x9000),
                ("0C200081", 0x9000),
                ("0C88000008", 0x9000),
                ("00CB3FFF0A4D087006BF810102A08000", 0x9000),
                ("00A4040C07A0000002471001", 0x9000),
                ("00A4020C02011E", 0x9000),
                ("80CA9F7F00", 0x9000),
                ("41B10000045402010000", 0x9000),
            ]
        )
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>(),
        [
            "select-name=A0000000308000000009816001 name=IAS ECC",
            "select-id=D003 name=EF.SN.ICC",
            "select-name=A00000000039 name=CIE",
            "select-id=1003 name=EF.Cert_CIE",
            "short-id=05 name=EF.Servizi_Int.Kpub offset=0",
            "set-environment=AT (A4) algorithm=02 key=CIE.PrK (81)",
            "secure-messaging=0C reference=PIN (81) asks-tries=",
            "secure-messaging=0C",
            "object=4D087006BF810102A080",
            "select-name=A0000002471001 name=eMRTD",
            "select-id=011E name=EF.COM",
            "proprietary=80",
            "channel=5 offset=256",
        ]
    );
}

#[test]
fn where_nobody_knows_what_card_it_is_all_names_are_told() {
    let all = told(
        "3B00",
        &[("00A4000C021003", 0x9000), ("00A4040C05A000000099", 0x6A82)],
    );
    assert_eq!(
        all,
        [
            "select-id=1003 name=EF.ID_Carta / EF.Cert_CIE",
            "select-name=A000000099"
        ]
    );
}

#[test]
fn a_command_has_no_more_facts_than_can_be_read() {
    let exchange = Exchange {
        data: Field::Known([0x83, 0x00].repeat(32_000)),
        ..said("002241B6", 0x9000)
    };
    assert_eq!(facts(&exchange, &Place::default()).len(), 16);
}

#[test]
fn each_status_word_has_a_code_and_the_number_it_carries() {
    for word in 0..=u16::MAX {
        let status = Status(StatusWord::from(word));
        assert!(status.code().starts_with("status-"));
    }
    assert_eq!(Status(StatusWord::from(0x63C2)).number(), Some(2));
    assert_eq!(Status(StatusWord::from(0x6100)).number(), Some(256));
    assert_eq!(Status(StatusWord::from(0x6982)).number(), None);
}

#[test]
fn an_answer_to_reset_is_told_in_short() {
    let cns = summary(&bytes(&CNS.replace(' ', "")));
    assert!(cns.is_cns && !cns.is_contactless && cns.only_t0 == Some(false));
    assert_eq!(cns.printable.unwrap(), ".k.......CNS.1.");
    let cie = summary(&bytes("3B8F80018031806549544A3443120FFF8290008A"));
    assert!(!cie.is_cns && cie.is_contactless);
    assert_eq!(summary(&[]).only_t0, None);
}

#[test]
fn what_went_under_secure_messaging_is_told_as_it_was_meant() {
    let mut exchange = said("00A4040C06A00000000039", 0x9000);
    exchange.secured = true;
    let told: Vec<(Topic, String)> = facts(&exchange, &Place::default())
        .into_iter()
        .map(|fact| (fact.topic, fact.value))
        .collect();
    assert_eq!(told.first().unwrap(), &(Topic::Secured, String::new()));
    assert!(told.contains(&(Topic::Name, "CIE".to_owned())), "{told:?}");
    // As it travels, nobody can tell.
    let travelling = facts(&said("0CA4040C06A00000000039", 0x9000), &Place::default());
    assert!(
        travelling.iter().all(|fact| fact.topic == Topic::SecureMessaging),
        "{travelling:?}"
    );
}
