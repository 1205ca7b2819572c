//! `varco nis`: the number of an identity card, verified without a PIN. It identifies a card, not a person.

use serde_json::json;
use varco::{Audience, LoginOptions};

use crate::arguments::{CardOrigin, NisArguments};
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::source::{varco_for, with_card};
use crate::trust;

pub(crate) fn run(arguments: &NisArguments, output: &Output) -> Exit {
    let told = match arguments.csca.card_origin {
        CardOrigin::Checked => verified(arguments, output),
        CardOrigin::Unchecked => as_told(arguments, output),
    };
    match told {
        Ok(()) => Exit::Done,
        Err(problem) => output.fail(&problem),
    }
}

fn verified(arguments: &NisArguments, output: &Output) -> Result<(), Problem> {
    // Nobody is asked anything: no one is named to the card or the person.
    let nobody = Audience::parse("varco-nis").map_err(|error| output.problem(error.code(), &[]))?;
    let mut options = LoginOptions::new(nobody);
    trust::country_signers(&arguments.csca, &mut options, output)?;
    trust::instant(arguments.at.as_deref(), &mut options, output)?;
    if let Some(reader) = arguments.reader.name() {
        options.reader(reader);
    }
    options.wait(arguments.reader.wait());
    let report = varco_for(&arguments.reader, output)?
        .verify_document(&options)
        .map_err(|error| Problem::start(output.messages(), &error))?
        .map_err(|error| Problem::login(output.messages(), &error))?;
    let document = &report.document;
    match output.format() {
        Format::Json => output.json(json!({
            "nis": document.nis().as_str(),
            "document": to_json(document),
            "card": { "kind": report.card.kind.name(), "profile": report.card.profile, "exchanges": report.exchanges },
        })),
        Format::Text => {
            output.line(&output.say("nis-verified", &[]));
            output.table(&[
                ("label-nis", document.nis().as_str().to_owned()),
                ("label-exchanges", report.exchanges.to_string()),
            ]);
            output.line(&output.say("nis-is-no-person", &[]));
            if document.is_test_material() {
                output.line(&output.say("login-test-material", &[]));
            }
            if !document.downgraded().is_empty() {
                output.line(&output.say("login-downgraded", &[]));
            }
            for downgrade in document.downgraded() {
                output.line(&format!("- {}", output.say(downgrade.code(), &[])));
            }
        }
    }
    Ok(())
}

/// The number as the card tells it.
fn as_told(arguments: &NisArguments, output: &Output) -> Result<(), Problem> {
    let (number, card, exchanges) = with_card(&arguments.reader, output, |seen, conversation, _| {
        let number = seen.read_number(conversation)?;
        Ok((number, seen.description(), conversation.exchanges()))
    })?;
    match output.format() {
        Format::Json => output.json(json!({
            "nis": number.as_str(),
            "document": null,
            "card": { "kind": card.kind.name(), "profile": card.profile, "exchanges": exchanges },
        })),
        Format::Text => {
            output.line(&output.say("nis-not-verified", &[]));
            output.table(&[
                ("label-nis", number.as_str().to_owned()),
                ("label-exchanges", exchanges.to_string()),
            ]);
            output.line(&output.say("nis-is-no-person", &[]));
        }
    }
    Ok(())
}
