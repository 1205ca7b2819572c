//! `varco data`: what the card holds about its holder, and whether it fits the certificate. Needs no PIN, so it asks for
//! an explicit yes.
//!
//! Not here: whether the certificate itself is good; that is judged in a login.

use serde_json::{Map, Value, json};
use varco::LoginError;
use varco::steps::{
    Agreement, CardDescription, CardError, CardId, CnsSubject, PersonalData, PersonalField, ReaderName,
};
use varco_messages::Arg;

use crate::arguments::DataArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::source::with_card;

/// What was read, and what it cost.
struct Read {
    reader: ReaderName,
    card: CardDescription,
    number: Option<CardId>,
    data: PersonalData,
    data_agrees: Agreement,
    number_agrees: Agreement,
    /// For the personal data alone, and for all.
    exchanges: (u32, u32),
}

pub(crate) fn run(arguments: &DataArguments, output: &Output) -> Exit {
    if !arguments.yes_personal_data {
        return output.fail(&output.problem("personal-data-consent", &[]));
    }
    let read = with_card(&arguments.reader, output, |seen, conversation, _| {
        let before = conversation.exchanges();
        let data = seen.read_personal_data(conversation)?;
        let for_data = conversation.exchanges() - before;
        // A card without a readable number, and one without a certificate, still have data.
        let number = conversation
            .hold(|channel| -> Result<_, CardError> { Ok(seen.card().read_card_id(channel).ok()) })?;
        let holder = if arguments.without_certificate {
            None
        } else {
            match seen.read_certificate(conversation) {
                Ok(certificate) => certificate
                    .subject_common_name()
                    .and_then(|name| CnsSubject::parse(name).ok()),
                Err(error @ LoginError::Card(CardError::Link(_))) => return Err(error),
                Err(_) => None,
            }
        };
        let (data, data_agrees) = match &holder {
            Some(holder) => seen.compare_personal_data(conversation, holder, data)?,
            None => (data, Agreement::Unknown),
        };
        let number_agrees = match (&holder, &number) {
            (Some(holder), Some(number)) => holder.agrees_on_card_id(number),
            _ => Agreement::Unknown,
        };
        Ok(Read {
            reader: conversation.reader().clone(),
            card: seen.description(),
            number,
            data,
            data_agrees,
            number_agrees,
            exchanges: (for_data, conversation.exchanges()),
        })
    });
    match read {
        Ok(read) => {
            output.note(&output.say("data-notice", &[]));
            match output.format() {
                Format::Json => output.json(json(&read)),
                Format::Text => text(&read, output),
            }
            Exit::Done
        }
        Err(problem) => output.fail(&problem),
    }
}

/// A field for programs: days as dates, text as the card has it, null where there is none.
fn json(read: &Read) -> Value {
    let fields: Map<String, Value> = PersonalField::ALL
        .into_iter()
        .map(|field| {
            let day = read.data.date(field).map(|day| day.to_string());
            let value = day.or_else(|| read.data.get(field).map(str::to_owned));
            (field.name().to_owned(), value.into())
        })
        .collect();
    let number = read.number.as_ref();
    json!({
        "reader": read.reader.as_str(),
        "personal_data": fields,
        "card": {
            "kind": read.card.kind.name(),
            "profile": read.card.profile,
            "number": number.map(CardId::as_str),
            "class": number.map(|number| number.class().name()),
            "issuer_code": number.map(CardId::issuer_code),
            "region": number.and_then(CardId::region),
            "team_number": number.and_then(CardId::team_number),
        },
        "agreement": {
            "personal_data": read.data_agrees.name(),
            "card_number": read.number_agrees.name(),
        },
        "exchanges": { "personal_data": read.exchanges.0, "all": read.exchanges.1 },
    })
}

fn text(read: &Read, output: &Output) {
    let mut rows: Vec<(&str, String)> = PersonalField::ALL
        .into_iter()
        .filter_map(|field| {
            let shown = match read.data.date(field) {
                Some(day) => output.say("data-day", &[("day", Arg::Date(day))]),
                None => read.data.get(field)?.to_owned(),
            };
            Some((label(field), shown))
        })
        .collect();
    if let Some(number) = &read.number {
        rows.push(("label-card-number", number.as_str().to_owned()));
        rows.extend(number.team_number().map(|team| ("label-team-number", team)));
        let class = format!("card-class-{}", number.class().name());
        rows.push(("label-card-class", output.say(&class, &[])));
        rows.extend(number.region().map(|region| ("label-issuer", region.to_owned())));
    }
    rows.push(("label-exchanges", read.exchanges.1.to_string()));
    output.table(&rows);
    for (code, agreement) in [
        ("data-agreement", read.data_agrees),
        ("data-number-agreement", read.number_agrees),
    ] {
        output.line(&output.say(code, &[("agreement", Arg::Text(agreement.name()))]));
    }
}

fn label(field: PersonalField) -> &'static str {
    match field {
        PersonalField::Issuer => "label-data-issuer",
        PersonalField::IssuedOn => "label-data-issued-on",
        PersonalField::ExpiresOn => "label-data-expires-on",
        PersonalField::Surname => "label-data-surname",
        PersonalField::GivenName => "label-data-given-name",
        PersonalField::BirthDate => "label-data-birth-date",
        PersonalField::Sex => "label-data-sex",
        PersonalField::Height => "label-data-height",
        PersonalField::CodiceFiscale => "label-codice-fiscale",
        PersonalField::Citizenship => "label-data-citizenship",
        PersonalField::BirthMunicipality => "label-data-birth-municipality",
        PersonalField::BirthCountry => "label-data-birth-country",
        PersonalField::BirthCertificate => "label-data-birth-certificate",
        PersonalField::ResidenceMunicipality => "label-data-residence-municipality",
        PersonalField::ResidenceAddress => "label-data-residence-address",
        PersonalField::TravelNotes => "label-data-travel-notes",
    }
}
