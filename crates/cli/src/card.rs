//! `varco card`: what card it is, its number, and the tries left where asking is free. Needs no PIN.

use serde_json::json;
use varco::steps::{CardError, CardSecret, Nis, RecognisedBy, TriesLeft};
use varco_messages::Arg;

use crate::arguments::ReaderArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::source::with_card;

pub(crate) fn run(arguments: &ReaderArguments, output: &Output) -> Exit {
    let read = with_card(arguments, output, |seen, conversation, insertion| {
        // A card without a readable number is still a card.
        let number = conversation
            .hold(|channel| -> Result<_, CardError> { Ok(seen.card().read_card_id(channel).ok()) })?;
        let nis = if seen.card().as_document().is_some() {
            Some(seen.read_number(conversation)?)
        } else {
            None
        };
        // Not where a try may have been spent already: the question may be what costs.
        let tries_left = if insertion.is_some_and(|insertion| insertion.is_spent(CardSecret::USER_PIN)) {
            TriesLeft::Unknown
        } else {
            seen.tries_left(conversation)?
        };
        if let (true, Some(insertion)) = (seen.question_may_have_cost(), insertion) {
            for secret in CardSecret::ALL {
                // Without a folder to remember it in, the next one may ask again.
                let _ = insertion.spend(secret);
            }
        }
        let place = (conversation.reader().clone(), conversation.atr().to_string());
        Ok((
            seen.description(),
            (number, nis),
            tries_left,
            place,
            conversation.exchanges(),
        ))
    });
    let (card, (number, nis), tries_left, (reader, atr), exchanges) = match read {
        Ok(read) => read,
        Err(problem) => return output.fail(&problem),
    };
    let title = output.messages().pick(&card.title_it, &card.title_en);
    match output.format() {
        Format::Json => output.json(json!({
            "reader": reader.as_str(),
            "card": {
                "kind": card.kind.name(),
                "profile": card.profile,
                "title": title,
                "recognised_by": card.recognised_by.name(),
                "atr": atr,
                "number": number.as_ref().map(|number| number.as_str()),
                "issuer_code": number.as_ref().map(|number| number.issuer_code()),
                "nis": nis.as_ref().map(Nis::as_str),
                "region": number.as_ref().and_then(|number| number.region()),
                "exchanges": exchanges,
            },
            "pin": { "tries_left": tries_left.known() },
        })),
        Format::Text => {
            let mut rows = vec![
                ("label-reader", reader.to_string()),
                (
                    "label-card",
                    output.say(&format!("credential-{}", card.kind.name()), &[]),
                ),
                ("label-profile", title.to_owned()),
            ];
            if card.recognised_by != RecognisedBy::AnswerToReset {
                let by = format!("recognised-by-{}", card.recognised_by.name());
                rows.push(("label-recognised-by", output.say(&by, &[])));
            }
            if let Some(number) = &number {
                rows.push(("label-card-number", number.as_str().to_owned()));
                rows.extend(number.region().map(|region| ("label-issuer", region.to_owned())));
            }
            if let Some(nis) = &nis {
                rows.push(("label-nis", nis.as_str().to_owned()));
            }
            let tries = match (&nis, tries_left) {
                (Some(_), TriesLeft::Unknown) => output.say("tries-later", &[]),
                _ => output.say("tries-left", &[("tries", Arg::Tries(tries_left.known()))]),
            };
            rows.push(("label-pin", tries));
            output.table(&rows);
        }
    }
    Exit::Done
}
