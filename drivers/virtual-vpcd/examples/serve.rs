//! Puts a played CNS into a vpcd reader and prints what reaches it, for trying foreign clients on it.
//!
//! Not the tool for people: that is `varco emulate`. Usage:
//! `cargo run -p varco-virtual-vpcd --example serve -- NAME vpcd://127.0.0.1:35963 [MODEL]`

use std::error::Error;

use varco_emulator::{PlayedCard, TimingModel};
use varco_virtual_cns::Profile;
use varco_virtual_vpcd::{Reach, Slot, VpcdAddress};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (profile, address, model) = match arguments.as_slice() {
        [profile, address] => (profile, address, "none"),
        [profile, address, model] => (profile, address, model.as_str()),
        _ => return Err("serve NAME vpcd://HOST:PORT [MODEL]".into()),
    };
    let mut card = Profile::builtin(profile)?.into_card();
    card.set_timing(TimingModel::named(model).ok_or("no timing model of this name")?);
    let address = VpcdAddress::parse(address, Reach::LoopbackOnly)?;
    let ended = Slot::connect(&address, Box::new(card))?.run(&mut |event| println!("{event:?}"))?;
    println!("{ended:?}");
    Ok(())
}
