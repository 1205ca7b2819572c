//! Tests of power, class, lengths, chaining, GET RESPONSE, log and clock, by claim.

use super::*;

/// Answers the data of a command back, cut or repeated to P2 times 10 bytes when P2 is not zero.
#[derive(Default)]
struct Echo {
    resets: u32,
}

impl CardOs for Echo {
    fn execute(&mut self, command: &CommandApdu) -> Reply {
        assert_eq!(command.cla(), 0x00);
        let length = match command.p2() {
            0 => command.data().len(),
            tens => usize::from(tens) * 10,
        };
        let data = command.data().iter().copied().cycle().take(length).collect();
        Reply::data(Zeroizing::new(data), StatusWord::SUCCESS).after(Work::PrivateKey)
    }
    fn reset(&mut self) {
        self.resets += 1;
    }
    fn verified(&self) -> Vec<u8> {
        Vec::new()
    }

    fn snapshot(&self) -> CardState {
        CardState::new("echo", Vec::new())
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        state.pins_of("echo").map(drop)
    }
}

fn card(habits: LinkHabits) -> Emulated<Echo> {
    let mut card = Emulated::new(Atr::new(&[0x3B, 0x00]).unwrap(), habits, Echo::default());
    card.power_on();
    card
}

fn today() -> Emulated<Echo> {
    card(LinkHabits::default())
}

fn old() -> Emulated<Echo> {
    card(LinkHabits {
        chaining: false,
        extended_length: false,
        answers: Answers::AsT0,
    })
}

/// The data of the answer and its status.
fn send(card: &mut Emulated<Echo>, command: &[u8]) -> (Vec<u8>, u16) {
    let played = card.process(command);
    let response = ResponseApdu::parse(&played.response).unwrap();
    (response.data().to_vec(), response.status().into())
}

#[test]
fn class_is_judged_before_anything_else() {
    for (cla, status) in [
        (0x01, 0x6881),
        (0x03, 0x6881),
        (0x04, 0x6882),
        (0x0C, 0x6882),
        (0x1C, 0x6882),
        (0x11, 0x6881),
        (0x20, 0x6E00),
        (0x40, 0x6E00),
        (0x80, 0x6E00),
        (0x90, 0x6E00),
        (0xFF, 0x6E00),
    ] {
        assert_eq!(
            send(&mut today(), &[cla, 0xA4, 0, 0]),
            (vec![], status),
            "{cla:02X}"
        );
    }
    assert_eq!(send(&mut old(), &[0x10, 0xA4, 0, 0, 1, 7]), (vec![], 0x6E00));
}

#[test]
fn bytes_that_are_no_command_are_a_wrong_length() {
    for bytes in [
        &[][..],
        &[0x00],
        &[0x00, 0xB0, 0x00],
        &[0x00, 0xB0, 0x00, 0x00, 0x00, 0x00],
        &[0x00, 0x20, 0x00, 0x10, 0x08, 0x31],
    ] {
        assert_eq!(send(&mut today(), bytes), (vec![], 0x6700), "{bytes:02X?}");
    }
}

#[test]
fn extended_length_is_taken_or_refused_by_habit() {
    let command = [
        &[0x00, 0x2A, 0x00, 0x00, 0x00, 0x01, 0x01][..],
        &[7; 257],
        &[0, 0],
    ]
    .concat();
    assert_eq!(send(&mut today(), &command), (vec![7; 257], 0x9000));
    assert_eq!(send(&mut old(), &command), (vec![], 0x6700));
}

#[test]
fn chained_parts_act_as_one_command() {
    let mut card = today();
    assert_eq!(
        send(&mut card, &[0x10, 0x2A, 0x80, 0x00, 2, 1, 2]),
        (vec![], 0x9000)
    );
    assert_eq!(send(&mut card, &[0x10, 0x2A, 0x80, 0x00, 1, 3]), (vec![], 0x9000));
    assert_eq!(
        send(&mut card, &[0x00, 0x2A, 0x80, 0x00, 1, 4, 0]),
        (vec![1, 2, 3, 4], 0x9000)
    );
    // The next one starts afresh.
    assert_eq!(
        send(&mut card, &[0x00, 0x2A, 0x80, 0x00, 1, 5, 0]),
        (vec![5], 0x9000)
    );
}

#[test]
fn another_command_within_a_chain_is_refused_and_ends_it() {
    for other in [
        [0x00, 0x20, 0x80, 0x00, 1, 9],
        [0x00, 0x2A, 0x81, 0x00, 1, 9],
        [0x10, 0x2A, 0x80, 0x01, 1, 9],
    ] {
        let mut card = today();
        send(&mut card, &[0x10, 0x2A, 0x80, 0x00, 1, 1]);
        assert_eq!(send(&mut card, &other), (vec![], 0x6883));
        assert_eq!(
            send(&mut card, &[0x00, 0x2A, 0x80, 0x00, 1, 4, 0]),
            (vec![4], 0x9000)
        );
    }
}

#[test]
fn chain_does_not_outlive_a_reset_nor_grow_without_bound() {
    let mut card = today();
    send(&mut card, &[0x10, 0x2A, 0x80, 0x00, 1, 1]);
    card.reset();
    assert_eq!(
        send(&mut card, &[0x00, 0x2A, 0x80, 0x00, 1, 4, 0]),
        (vec![4], 0x9000)
    );
    let part = [&[0x10, 0x2A, 0x80, 0x00, 255][..], &[0; 255]].concat();
    for _ in 0..257 {
        assert_eq!(send(&mut card, &part).1, 0x9000);
    }
    assert_eq!(send(&mut card, &part), (vec![], 0x6700));
    assert_eq!(
        send(&mut card, &[0x00, 0x2A, 0x80, 0x00, 1, 4, 0]),
        (vec![4], 0x9000)
    );
}

#[test]
fn card_without_get_response_sends_the_whole_answer() {
    let mut card = today();
    assert_eq!(
        send(&mut card, &[0x00, 0x2A, 0, 30, 1, 7, 1]),
        (vec![7; 300], 0x9000)
    );
    assert_eq!(send(&mut card, &[0x00, 0x00, 0, 0]).1, 0x9000);
}

#[test]
fn answer_behind_61xx_is_fetched_in_parts() {
    let mut card = old();
    assert_eq!(send(&mut card, &[0x00, 0x2A, 0, 30, 1, 7]), (vec![], 0x6100));
    assert_eq!(
        send(&mut card, &[0x00, 0xC0, 0, 0, 0]),
        (vec![7; 256], 0x6100 + 44)
    );
    assert_eq!(send(&mut card, &[0x00, 0xC0, 0, 0, 40]), (vec![7; 40], 0x6104));
    assert_eq!(send(&mut card, &[0x00, 0xC0, 0, 0, 0]), (vec![7; 4], 0x9000));
    assert_eq!(send(&mut card, &[0x00, 0xC0, 0, 0, 0]), (vec![], 0x6985));
}

#[test]
fn answer_behind_61xx_is_gone_after_any_other_command() {
    let mut card = old();
    send(&mut card, &[0x00, 0x2A, 0, 30, 1, 7]);
    send(&mut card, &[0x00, 0x2A, 0, 0]);
    assert_eq!(send(&mut card, &[0x00, 0xC0, 0, 0, 0]), (vec![], 0x6985));
}

#[test]
fn card_without_power_is_mute_and_logs_nothing() {
    let mut card = today();
    card.power_off();
    let played = card.process(&[0x00, 0xA4, 0x00, 0x00]);
    assert!(played.response.is_empty());
    assert_eq!(card.log().total(), 0);
    assert_eq!(card.os.resets, 2);
}

#[test]
fn log_shows_header_lengths_and_status_of_every_exchange() {
    let mut card = today();
    send(&mut card, &[0x00, 0x20, 0x01, 0x02, 3, 7, 7, 7]);
    send(&mut card, &[0x80]);
    let events: Vec<&Event> = card.log().events().collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].header, [0x00, 0x20, 0x01, 0x02]);
    assert_eq!((events[0].command_bytes, events[0].answer_bytes), (8, 20));
    assert_eq!(
        (events[1].header, events[1].status),
        ([0x80, 0, 0, 0], StatusWord::WRONG_LENGTH)
    );
    assert_eq!(card.log().count(0x20), 1);
}

#[test]
fn time_is_told_by_the_model_and_none_by_default() {
    let mut card = today();
    let command = [0x00, 0x20, 0x00, 0x00, 1, 7];
    assert!(card.process(&command).took.is_zero());
    card.set_timing(TimingModel::CONTACT_115200);
    let expected = TimingModel::CONTACT_115200.exchange(6, 3, Work::PrivateKey);
    assert_eq!(card.process(&command).took, expected);
}

#[test]
fn state_survives_json_and_is_taken_by_its_own_card_only() {
    let mut card = today();
    let json = serde_json::to_string(&card.snapshot()).unwrap();
    assert!(json.contains("test PINs of a played card"));
    card.restore(&serde_json::from_str(&json).unwrap()).unwrap();
    assert_eq!(card.os.resets, 2);
    for (text, code) in [
        (json.replace("echo", "other"), "card-state-other-card"),
        (json.replace("\"format\":1", "\"format\":2"), "card-state-format"),
    ] {
        let state = serde_json::from_str(&text).unwrap();
        assert_eq!(card.restore(&state).unwrap_err().code(), code);
    }
    assert!(serde_json::from_str::<CardState>(&json.replace("format", "frmat")).is_err());
}
