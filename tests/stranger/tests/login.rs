//! What a stranger writes: a login in this process, and another program at a card behind a pcscd of its own.

use std::process::Command;

use varco::{Audience, LoginOptions, PinAnswer, PinWanted, Varco, played};
use varco_testkit::{Bench, VirtualCard};

#[test]
fn a_citizen_logs_in_with_a_card_in_this_process() {
    let (readers, _hands) = played::readers(&["cns-st"]).unwrap();
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let mut options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    played::believe(&mut options).unwrap();
    let type_pin = |_: PinWanted, answer: PinAnswer| {
        let _ = answer.digits(&mut b"12345".to_vec());
    };
    let logged_in = varco.begin_login(options).start(type_pin).wait().unwrap();
    assert_eq!(logged_in.identity().credential().id(), "cns");
}

#[test]
fn another_program_uses_a_card_behind_pcscd() {
    let card = VirtualCard::named("cns-athena").unwrap();
    let pin = card.pin().to_owned();
    let bench = Bench::with_card(card).unwrap();
    let mut list = Command::new("pkcs11-tool");
    list.args(["--login", "--pin", &pin, "-O"]).envs(bench.env().iter().cloned());
    let output = list.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("Private Key Object"));
    assert_eq!(bench.card(0).unwrap().with_card(|card| card.log().count(0x20)), 1);
}
