//! Logins at played cards, recorded byte for byte and replayed.
//!
//! Not here: redacted traces (`canary`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use varco::played::Profile;
use varco::played::exact::{Difference, Mode, Recipe, Recorded, What, record, replay};
use varco_scenario::fixtures;

fn recipe(profile: &str) -> Recipe {
    Recipe {
        profile: profile.to_owned(),
        from_folder: false,
        seed: 20_261_129,
        instant: "2026-11-29T08:00:00Z".to_owned(),
        audience: "kiosk-7.example".to_owned(),
        service: None,
        nonce: None,
        signature: "pkcs1".to_owned(),
        birth_date_from_card: false,
        test_pin: Profile::builtin(profile).unwrap().pin_value().to_owned(),
    }
}

const PROFILES: [&str; 2] = ["cns-st", "cie-nxp"];

fn recorded(recipe: &Recipe) -> Recorded {
    record(recipe, None).unwrap()
}

#[test]
fn a_recipe_gives_the_same_bytes_and_replays_bit_for_bit() {
    for profile in PROFILES.into_iter().chain(["cns-athena", "cns-minor"]) {
        let first = recorded(&recipe(profile));
        assert!(first.report.outcome.is_ok(), "{:?}", first.report.outcome);
        assert_eq!(first.trace, recorded(&recipe(profile)).trace, "{profile}");
        let replayed = replay(&first.trace, Mode::Strict, None).unwrap();
        assert_eq!(replayed.outcome.difference, None, "{profile}");
        assert_eq!(replayed.outcome.said, replayed.outcome.commands);
        assert!(replayed.report.outcome.is_ok() && replayed.again);
        let tolerant = replay(&first.trace, Mode::Tolerant, None).unwrap();
        assert_eq!(tolerant.outcome.difference, None, "{profile}");
        // Another seed is another challenge.
        let mut other = recipe(profile);
        other.seed += 1;
        assert_ne!(first.trace, recorded(&other).trace, "{profile}");
    }
}

#[test]
fn the_transcripts_that_are_kept_replay_bit_for_bit() {
    for profile in PROFILES {
        let path = fixtures(&format!("transcripts/login-{profile}.jsonl"));
        let text = std::fs::read(path).unwrap();
        let replayed = replay(&text, Mode::Strict, None).unwrap();
        assert_eq!(replayed.outcome.difference, None, "{profile}");
        assert!(replayed.report.outcome.is_ok());
        assert!(replayed.outcome.said >= 8);
    }
}

#[test]
fn a_login_that_fails_replays_too() {
    for profile in PROFILES {
        let mut recipe = recipe(profile);
        recipe.test_pin = "90210347".get(..recipe.test_pin.len()).unwrap().to_owned();
        let first = recorded(&recipe);
        let code = first.report.outcome.as_ref().map(drop).unwrap_err().code();
        assert_eq!(code, "pin-wrong", "{profile}");
        let replayed = replay(&first.trace, Mode::Strict, None).unwrap();
        assert_eq!(replayed.outcome.difference, None, "{profile}");
        let again = replayed.report.outcome.map(drop).unwrap_err().code();
        assert_eq!(again, code, "{profile}");
    }
}

/// 16 bytes.
const NONCE: &str = "q6urq6urq6urq6urq6urqw==";

#[test]
fn a_login_for_a_service_and_with_a_nonce_replays_bit_for_bit() {
    for profile in PROFILES {
        let plain = recorded(&recipe(profile));
        let wanted = Recipe {
            service: Some("inps.estratto-conto".to_owned()),
            nonce: Some(NONCE.to_owned()),
            ..recipe(profile)
        };
        let first = recorded(&wanted);
        let (_, decision) = first.report.outcome.as_ref().unwrap();
        assert!(decision.is_some(), "{profile}");
        // The card signs another challenge.
        assert_ne!(first.trace, plain.trace);
        let text = String::from_utf8(first.trace.clone()).unwrap();
        let written = format!("\"service\":\"inps.estratto-conto\",\"nonce\":\"{NONCE}\"");
        assert!(text.contains(&written), "{profile}");
        let replayed = replay(&first.trace, Mode::Strict, None).unwrap();
        assert_eq!(replayed.outcome.difference, None, "{profile}");
        assert!(replayed.report.outcome.unwrap().1.is_some());
        // Without the nonce it is another login.
        let text = text.replace(&format!(",\"nonce\":\"{NONCE}\""), "");
        let replayed = replay(text.as_bytes(), Mode::Strict, None).unwrap();
        let what = replayed.outcome.difference.map(|difference| difference.what);
        assert_eq!(what, Some(What::Again), "{profile}");
    }
}

#[test]
fn a_profile_from_a_folder_is_brought_to_recording_and_replay() {
    for profile in PROFILES {
        let bring = |profile: &str| Some(Profile::from_dir(&fixtures(&format!("cards/{profile}"))).unwrap());
        let recipe = Recipe {
            from_folder: true,
            ..recipe(profile)
        };
        let first = record(&recipe, bring(profile)).unwrap();
        assert!(first.report.outcome.is_ok());
        let replayed = replay(&first.trace, Mode::Strict, bring(profile)).unwrap();
        assert_eq!(replayed.outcome.difference, None, "{profile}");
        let refused = replay(&first.trace, Mode::Strict, None).unwrap_err();
        assert_eq!(refused.code(), "trace-profile-wanted");
        // Another card is another conversation, whatever its profile is called.
        let replayed = replay(&first.trace, Mode::Strict, bring("cns-minor")).unwrap();
        let what = replayed.outcome.difference.map(|difference| difference.what);
        assert_eq!(what, Some(What::Again), "{profile}");
        // Its shapes need no card.
        let replayed = replay(&first.trace, Mode::Tolerant, None).unwrap();
        assert_eq!(replayed.outcome.difference, None, "{profile}");
    }
}

#[test]
fn one_byte_that_is_another_is_told_by_its_line() {
    for profile in PROFILES {
        let text = String::from_utf8(recorded(&recipe(profile)).trace).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines
            .iter()
            .rposition(|line| line.contains("\"response\""))
            .unwrap();
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        changed[last] = changed[last].replace("\"status\":\"9", "\"status\":\"6");
        assert_ne!(changed[last], lines[last]);
        let replayed = replay((changed.join("\n") + "\n").as_bytes(), Mode::Strict, None).unwrap();
        let difference = Difference {
            line: last + 1,
            what: What::Again,
        };
        assert_eq!(replayed.outcome.difference, Some(difference), "{profile}");

        // A command that is another is found in what is said, also tolerantly.
        let select = lines.iter().position(|line| line.contains("\"SELECT\"")).unwrap();
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        changed[select] = changed[select].replace("\"header\":\"00A4", "\"header\":\"00A5");
        let replayed = replay((changed.join("\n") + "\n").as_bytes(), Mode::Tolerant, None).unwrap();
        let difference = Difference {
            line: select + 1,
            what: What::Header,
        };
        assert_eq!(replayed.outcome.difference, Some(difference), "{profile}");
        assert!(replayed.report.outcome.is_err());
    }
}

#[test]
fn a_trace_that_goes_on_is_not_the_one_that_was_said() {
    let mut text = recorded(&recipe("cns-st")).trace;
    let lines = text.split(|byte| *byte == b'\n').count();
    text.extend_from_slice(br#"{"event":"reset","at_us":0}"#);
    let replayed = replay(&text, Mode::Tolerant, None).unwrap();
    let difference = Difference {
        line: lines,
        what: What::Less,
    };
    assert_eq!(replayed.outcome.difference, Some(difference));
}

#[test]
fn what_cannot_be_recorded_or_replayed_is_refused() {
    let good = recipe("cns-st");
    let cases = [
        (
            Recipe {
                instant: "yesterday".to_owned(),
                ..good.clone()
            },
            "`instant`",
        ),
        (
            Recipe {
                audience: String::new(),
                ..good.clone()
            },
            "`audience`",
        ),
        (
            Recipe {
                signature: "dsa".to_owned(),
                ..good.clone()
            },
            "`signature`",
        ),
        (
            Recipe {
                service: Some("no service".to_owned()),
                ..good.clone()
            },
            "`service`",
        ),
        (
            Recipe {
                nonce: Some("short".to_owned()),
                ..good.clone()
            },
            "`nonce`",
        ),
        (
            Recipe {
                from_folder: true,
                ..good.clone()
            },
            "from a folder",
        ),
        (
            Recipe {
                profile: "/dev/sda".to_owned(),
                ..good.clone()
            },
            "no built-in profile",
        ),
    ];
    for (recipe, told) in cases {
        let refused = record(&recipe, None).unwrap_err().to_string();
        assert!(refused.contains(told), "{refused}");
    }
    let brought = Profile::builtin("cns-st").unwrap();
    assert_eq!(
        record(&good, Some(brought)).unwrap_err().code(),
        "trace-profile-built-in"
    );
    assert_eq!(
        replay(b"{", Mode::Strict, None).unwrap_err().code(),
        "trace-malformed"
    );
    let redacted =
        br#"{"event":"connect","format":2,"at_us":0,"capture":"redacted","reader":"pcsc","atr":"3B00"}"#;
    let refused = replay(redacted, Mode::Strict, None).unwrap_err();
    assert_eq!(refused.code(), "trace-not-exact");
}
