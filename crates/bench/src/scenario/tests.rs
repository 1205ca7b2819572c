//! What is read, and what is refused with its line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::path::Path;

use super::*;

const HEAD: &str = "format = 1\nname = \"a-b\"\ntitle = \"T\"\n[cards.c]\nprofile = \"cns-st\"\n";

fn steps(steps: &str) -> Result<Scenario, ScenarioError> {
    let head = HEAD.split_once("[cards").unwrap();
    Scenario::parse(
        "f.toml",
        &format!("{}steps = [\n{steps}\n]\n[cards{}", head.0, head.1),
    )
}

#[track_caller]
fn refused(text: &str, line: usize, why: &str) {
    let error = steps(text).unwrap_err();
    assert_eq!((error.line, error.file.as_str()), (line, "f.toml"), "{error}");
    assert!(error.what.contains(why), "{error}");
}

const LOGIN: &str = "{do=\"login\"},{do=\"expect\",end=\"no-card\"}";

#[test]
fn the_scenarios_of_the_fixtures_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (_, scenario) = Scenario::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(path.file_stem().unwrap().to_str().unwrap(), scenario.name);
        read += 1;
    }
    assert!(read >= 10);
}

#[test]
fn steps_are_read_with_their_lines() {
    let text = "{ do = \"insert\", card = \"c\" },\n{ do = \"type\", value = \"@wrong-pin\", meanwhile = \"reset\" },\n\
                { do = \"login\", service = \"s.t\" },\n{ do = \"expect\", end = [\"a\", \"b\"], tries_spent = 1 },";
    let scenario = steps(text).unwrap();
    let lines: Vec<usize> = scenario.steps.iter().map(|step| step.line).collect();
    assert_eq!(lines, [5, 6, 7, 8]);
    assert!(matches!(
        &scenario.steps.get(1).unwrap().what,
        Do::Type {
            value: Typed::WrongPin(1),
            meanwhile: Some(Meanwhile::Reset)
        }
    ));
    let Do::Expect(wanted) = &scenario.steps.get(3).unwrap().what else {
        panic!()
    };
    assert_eq!(
        (wanted.end.as_slice(), wanted.tries_spent),
        (&["a".to_owned(), "b".to_owned()][..], Some(1))
    );
}

#[test]
fn what_nobody_knows_is_refused_with_its_line() {
    refused(
        "{do=\"insert\",card=\"c\"},\n{do=\"loginn\"}",
        6,
        "unknown variant `loginn`",
    );
    refused("{do=\"insert\",card=\"c\",slot=1}", 5, "unknown field `slot`");
    refused("{do=\"remove\",now=true}", 5, "unknown field `now`");
    refused("{card=\"c\"}", 5, "does not say what happens");
    refused("{do=\"expect\",endd=\"x\"}", 5, "unknown field `endd`");
    refused("{do=\"type\",value=\"12a45\"}", 5, "@pin, @new-pin");
    refused("{do=\"expect\",decision=\"permitt\"}", 5, "permit or deny");
    refused(
        "{do=\"expect\",card_kind=\"a\\u0007\"}",
        5,
        "none of them a control character",
    );
    refused(
        "{do=\"expect\",identity={surname=\"\"}}",
        5,
        "1 to 256 characters",
    );
    refused(
        "{do=\"insert\",card=\"c\"},{do=\"run\",program=\"p\"},\n{do=\"expect\",asked=0}",
        6,
        "of a program exit and output",
    );
    refused(
        "{do=\"type\",value=\"12345678901234567\"}",
        5,
        "at most 16 digits",
    );
    refused("{do=\"wait\",ms=600001}", 5, "at most 600000");
    refused("{do=\"wait\",ms=-1}", 5, "invalid value");
    for (from, to, why) in [
        ("format = 1", "format = 2", "format 2 is not known"),
        ("format = 1", "", "missing field `format`"),
        ("a-b", "A b", "lower-case"),
        ("\"T\"", "\"\\u0007\"", "control character"),
        (
            "[cards.c]",
            "[people]\na = 1\n[cards.c]",
            "unknown field `people`",
        ),
        ("profile = \"cns-st\"", "", "say which by"),
        ("title", "titel", "unknown field `titel`"),
    ] {
        let text = format!("{}[[steps]]\ndo=\"login\"\n", HEAD.replacen(from, to, 1));
        let error = Scenario::parse("f", &text).unwrap_err();
        assert!(error.what.contains(why), "{error}");
    }
    assert!(Scenario::parse("f", &"#".repeat(SCENARIO_BYTES_MAX + 1)).is_err());
    assert!(
        steps(&"{do=\"wait\",ms=1},".repeat(201))
            .unwrap_err()
            .what
            .contains("at most 200 steps")
    );
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let insert = "{do=\"insert\",card=\"c\"},\n";
    refused(&format!("{insert}{insert}{LOGIN}"), 6, "a card is in already");
    refused("{do=\"remove\"}", 5, "no card is in");
    refused(
        "{do=\"fault\",plan=\"mute\"}",
        5,
        "no card is in that could break",
    );
    refused(
        &format!("{insert}{{do=\"fault\",plan=\"mutter\"}}"),
        6,
        "no fault is called",
    );
    refused(
        &format!("{insert}{{do=\"fault\",plan=\"mute@soon\"}}"),
        6,
        "no time for a fault",
    );
    refused("{do=\"reset\"}", 5, "no card is in that could be reset");
    refused("{do=\"insert\",card=\"d\"}", 5, "the cards are c");
    refused("{do=\"expect\",end=\"x\"}", 5, "nothing was done");
    refused(
        &format!("{insert}{LOGIN},\n{{do=\"type\",value=\"@pin\"}}"),
        7,
        "comes before no action",
    );
    refused(
        &format!("{insert}{{do=\"type\",value=\"@pin\"}},\n{{do=\"remove\"}}"),
        7,
        "meanwhile",
    );
    refused(
        &format!("{insert}{{do=\"type\",value=\"@pin\"}},\n{{do=\"pin-status\"}}"),
        7,
        "asks for no value",
    );
    refused(
        &format!("{insert}{{do=\"login\"}}"),
        6,
        "nothing is expected of this action",
    );
    refused(
        &format!("{insert}{{do=\"login\"}},\n{{do=\"login\"}}"),
        7,
        "of the action before",
    );
    refused(
        &format!("{insert}{{do=\"login\"}},\n{{do=\"expect\"}}"),
        7,
        "nothing is expected",
    );
    refused(
        &format!("{insert}{{do=\"login\"}},\n{{do=\"expect\",exit=0}}"),
        7,
        "of a program",
    );
    refused(
        &format!("{insert}{{do=\"card\"}},\n{{do=\"expect\",decision=\"deny\"}}"),
        7,
        "of a login",
    );
    refused(insert, 4, "there is no action");
    refused(LOGIN, 4, "never put in");
    // A hand or a fault may have taken it out, so that it may be put in again.
    let again = format!(
        "{insert}{{do=\"type\",value=\"@pin\",meanwhile=\"remove\"}},{LOGIN},{{do=\"insert\",card=\"c\"}},{LOGIN}"
    );
    assert!(steps(&again).is_ok(), "{:?}", steps(&again));
}
