//! Scenarios of the test bench.

use varco_bench::scenario::{Do, Scenario};

/// What is taken keeps its bounds; what is not is told with a line of the text.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    match Scenario::parse("scenario", text) {
        Ok(scenario) => {
            assert!(!scenario.steps.is_empty() && scenario.steps.len() <= 200);
            assert!((1..=8).contains(&scenario.cards.len()));
            assert!(scenario.steps.iter().any(|step| step.what.is_action()));
            for step in &scenario.steps {
                assert!(step.line <= text.lines().count());
                if let Do::Insert { card } = &step.what {
                    assert!(scenario.cards.contains_key(card));
                }
            }
        }
        Err(error) => {
            assert!(
                error.line >= 1 && error.line <= text.lines().count() + 1,
                "{error}"
            );
            assert!(!error.what.is_empty() && !error.what.contains('\n'));
        }
    }
}

/// Those of the fixtures.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        &include_bytes!("../../../fixtures/scenarios/login-cns.toml")[..],
        include_bytes!("../../../fixtures/scenarios/card-exchanged.toml"),
        include_bytes!("../../../fixtures/scenarios/certificate-revoked.toml"),
        include_bytes!("../../../fixtures/scenarios/pkcs11-tool.toml"),
        include_bytes!("../../../fixtures/scenarios/removed-while-typing.toml"),
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}
