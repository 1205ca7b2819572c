//! Both cards side by side in the two slots of one private pcscd, asked in turn.
//!
//! Not here: the service (`varco-stand`).

use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use varco_emulator::PlayedCard;
use varco_stand::pcscd::PrivatePcscd;
use varco_virtual_cns::Profile;
use varco_virtual_vpcd::{Reach, Slot, VpcdAddress};

use crate::{Outcome, PLAIN, PROFILE, microseconds, middle, null_card};

/// Pairs of blocks, and exchanges of a block.
const ROUNDS: usize = 61;
const BLOCK: u32 = 100;
/// How long pcscd may take to see both cards.
const SEEN_MAX: Duration = Duration::from_secs(10);

/// Starts this program again on one processor. Client, pcscd and card take turns; left alone they are spread over the processors
/// in ways that change from one second to the next, and a round trip is 15, 26 or 36 µs by chance.
pub(crate) fn start() -> Outcome<Value> {
    let mut pinned = Command::new("taskset");
    pinned.args(["--cpu-list", &a_processor()?]);
    told(pinned.arg(std::env::current_exe()?).arg("pinned"))
}

/// The first that this process may use.
fn a_processor() -> Outcome<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let digits = allowed
        .unwrap_or_default()
        .trim()
        .chars()
        .take_while(char::is_ascii_digit);
    Ok(digits.collect())
}

/// Starts the service, and this program again inside it: libpcsclite finds its service by the environment.
pub(crate) fn pinned() -> Outcome<Value> {
    let service = PrivatePcscd::start()?;
    let ports = [service.port(0), service.port(1)].map(|port| port.to_string());
    told(
        service
            .command(std::env::current_exe()?)
            .arg("inside")
            .args(ports),
    )
}

fn told(command: &mut Command) -> Outcome<Value> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// With a card in either slot.
pub(crate) fn inside(ports: &[&str]) -> Outcome<Value> {
    let &[played_port, null_port] = ports else {
        return Err("two ports".into());
    };
    let card = Profile::builtin(PROFILE)?.into_card();
    let atr = card.atr().as_bytes().to_vec();
    let address = VpcdAddress::parse(&format!("vpcd://127.0.0.1:{played_port}"), Reach::LoopbackOnly)?;
    let mut slot = Slot::connect(&address, Box::new(card))?;
    std::thread::spawn(move || slot.run(&mut |_| {}));
    let null_port = null_port.parse()?;
    std::thread::spawn(move || null_card::run(null_port, &atr));

    let context = pcsc::Context::establish(pcsc::Scope::User)?;
    let (played, null) = (connect(&context, " 00 00")?, connect(&context, " 00 01")?);
    let mut measures = Vec::new();
    for (name, before, command, _) in PLAIN {
        for command in before {
            exchange(&played, command)?;
        }
        let answer = exchange(&played, command)?;
        null_card::ANSWER_BYTES.store(answer.saturating_sub(2), Ordering::Relaxed);
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push((block(&played, command)?, block(&null, command)?));
        }
        let column = |of: fn(&(f64, f64)) -> f64| {
            let mut sorted: Vec<f64> = rounds.iter().map(of).collect();
            sorted.sort_by(f64::total_cmp);
            middle(&sorted)
        };
        measures.push(json!({
            "what": name,
            "played_us": column(|round| round.0),
            "null_us": column(|round| round.1),
            "ratio": column(|round| round.0 / round.1),
        }));
    }
    Ok(json!({ "rounds": ROUNDS, "block": BLOCK, "measures": measures }))
}

fn connect(context: &pcsc::Context, slot: &str) -> Outcome<pcsc::Card> {
    let began = Instant::now();
    loop {
        let names = context.list_readers_owned()?;
        let name = names.iter().find(|name| name.to_string_lossy().ends_with(slot));
        let card = name.map(|name| context.connect(name, pcsc::ShareMode::Exclusive, pcsc::Protocols::T1));
        match card {
            Some(Ok(card)) => return Ok(card),
            _ if began.elapsed() < SEEN_MAX => std::thread::sleep(Duration::from_millis(20)),
            Some(Err(error)) => return Err(error.into()),
            None => return Err("the slots are not there".into()),
        }
    }
}

/// Microseconds of one exchange of a block.
fn block(card: &pcsc::Card, command: &[u8]) -> Outcome<f64> {
    let began = Instant::now();
    for _ in 0..BLOCK {
        exchange(card, command)?;
    }
    Ok(microseconds(began.elapsed()) / f64::from(BLOCK))
}

/// Bytes of the answer.
fn exchange(card: &pcsc::Card, command: &[u8]) -> Outcome<usize> {
    let mut room = [0; 512];
    let answer = card.transmit(command, &mut room)?;
    if answer.ends_with(&[0x90, 0x00]) {
        Ok(answer.len())
    } else {
        Err(format!("{command:02X?} was answered {answer:02X?}").into())
    }
}
