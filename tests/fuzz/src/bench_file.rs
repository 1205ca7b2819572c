//! Bench files of the test bench.

use varco_bench::bench_file::{BenchFile, Cost, Spent};

/// What is taken keeps its bounds and spends on no card without a serial; what is not is told with a line of the text.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    match BenchFile::parse("bench", text) {
        Ok(file) => {
            assert!(!file.reader.is_empty() && file.cards.len() <= 64);
            for (name, card) in &file.cards {
                assert!(card.spend_tries <= 15 && card.spend_puk_tries <= 15);
                let is_named = card.serial.is_some();
                assert!(is_named || (!card.destructive && file.budget(name).is_empty()));
                for cost in [Cost::PinTry, Cost::PukTry, Cost::Pin] {
                    let other = &mut || Ok(" ".to_owned());
                    assert!(file.budget(name).take(cost, other).is_err());
                }
                let budget = file.budget(name);
                let spent = |taken, cost| Spent { taken, cost };
                budget.settle(spent(200, 0), spent(200, 0));
                let own = &mut || Ok(card.serial.clone().unwrap_or_default());
                let beyond = [Cost::PinTry; 16];
                assert!(budget.take_all(&beyond, own).is_err());
            }
        }
        Err(error) => {
            assert!(
                error.line >= 1 && error.line <= text.lines().count() + 1,
                "{error}"
            );
            assert!(!error.what.is_empty());
        }
    }
}

/// One of each kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        &b"format = 1\nreader = \"ACS\"\n[rig]\nkind = \"prompt\"\n"[..],
        b"format = 1\nreader = \"ACS\"\nkeypad = true\n[rig]\nkind = \"hook\"\ncommand = [\"./rig\"]\ntimeout_s = 9\n\
          [cards.mario]\nserial = \"6999000000001016\"\nkind = \"cns\"\nspend_tries = 1\ndestructive = true\n",
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}
