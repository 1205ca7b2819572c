//! What is claimed on the command line: a person with a credential, and facts about him.
//!
//! Not here: the rules, and what they say to it (`check`).

use std::path::Path;

use serde::Deserialize;
use varco::AccessPolicy;
use varco::CodiceFiscale;
use varco::policy::{
    Categorised, Category, Change, Channel, Claims, CredentialId, Delegation, DelegationKind, Enablement,
    FactId, KnownFacts, Validity,
};
use varco::steps::Timestamp;
use varco_messages::Arg;

use crate::arguments::CheckArguments;
use crate::output::Output;
use crate::problem::Problem;
use crate::rules::{self, codice_fiscale, contradicts, date};
use crate::trust::parse_named_instant;

/// Most bytes of an identity in a file.
const IDENTITY_LENGTH_MAX: u64 = 256 * 1024;

/// Who is claimed, and by what.
pub(super) fn claims(arguments: &CheckArguments, output: &Output) -> Result<Claims, Problem> {
    let born = arguments.birth_date.as_deref();
    let born = born.map(|born| date("--birth-date", born, output)).transpose()?;
    let mut claims = match (&arguments.identity, &arguments.codice_fiscale) {
        (Some(path), _) => of_identity(path, born, arguments, output)?,
        (None, code) => {
            let code = codice_fiscale(code.as_deref().unwrap_or_default(), output)?;
            let kind = credential(arguments.credential.as_deref().unwrap_or_default(), output)?;
            Claims::new(code, born, kind).map_err(|error| contradicts(error, output))?
        }
    };
    if let Some(issued) = &arguments.pin_issued {
        claims = claims.issued(parse_named_instant("--pin-issued", issued, output)?);
    }
    if let Some(expires) = &arguments.pin_expires {
        claims = claims.expires(parse_named_instant("--pin-expires", expires, output)?);
    }
    if arguments.credential_of_another {
        claims = claims.held_by_another();
    }
    Ok(claims)
}

fn credential(id: &str, output: &Output) -> Result<CredentialId, Problem> {
    CredentialId::parse(id).map_err(|_| {
        let known: Vec<&str> = CredentialId::all().map(CredentialId::as_str).collect();
        let known = known.join(", ");
        output.problem(
            "credential-unknown",
            &[("value", Arg::Text(id)), ("known", Arg::Text(&known))],
        )
    })
}

/// As `varco login --json` writes an identity, alone or within the login's report. What is not needed is not looked at.
#[derive(Deserialize)]
struct Report {
    identity: Written,
}

#[derive(Deserialize)]
struct Written {
    codice_fiscale: String,
    birth_date: WrittenBirthDate,
    credential: WrittenCredential,
    assurance: WrittenAssurance,
}

#[derive(Deserialize)]
struct WrittenBirthDate {
    year: Option<i16>,
    month: i8,
    day: i8,
}

#[derive(Deserialize)]
struct WrittenCredential {
    kind: String,
}

#[derive(Deserialize)]
struct WrittenAssurance {
    level: String,
    #[serde(default)]
    downgraded: Vec<String>,
    #[serde(default)]
    test_material: bool,
}

fn of_identity(
    path: &Path,
    born: Option<jiff::civil::Date>,
    arguments: &CheckArguments,
    output: &Output,
) -> Result<Claims, Problem> {
    let shown = path.display().to_string();
    let malformed = |detail: &dyn ToString| {
        let problem = output.problem("identity-malformed", &[("path", Arg::Text(&shown))]);
        problem.detailed(detail)
    };
    let text = rules::read(path, IDENTITY_LENGTH_MAX, output)?;
    let written = serde_json::from_str::<Report>(&text)
        .map(|report| report.identity)
        .or_else(|_| serde_json::from_str::<Written>(&text))
        .map_err(|error| malformed(&error))?;
    let code = codice_fiscale(&written.codice_fiscale, output)?;
    let kind = credential(&written.credential.kind, output)?;
    let told = arguments.credential.as_deref();
    if let Some(other) = told.filter(|told| *told != kind.as_str()) {
        let what = format!("--credential {other}, --identity {kind}");
        return Err(output.problem("facts-contradict", &[("what", Arg::Text(&what))]));
    }
    let year = written.birth_date.year;
    let known =
        year.map(|year| jiff::civil::Date::new(year, written.birth_date.month, written.birth_date.day));
    let known = known.transpose().map_err(|error| malformed(&error))?;
    if born.is_some() && known.is_some() && born != known {
        return Err(output.problem("birth-date-contradicts", &[]));
    }
    let claims = Claims::new(code, born.or(known), kind).map_err(|error| contradicts(error, output))?;
    let claims = claims
        .worth_named(&written.assurance.level)
        .ok_or_else(|| malformed(&"assurance.level"))?;
    let claims = claims.downgraded(written.assurance.downgraded);
    Ok(if written.assurance.test_material {
        claims.of_test_material()
    } else {
        claims
    })
}

/// What is claimed of the persons, beside what a store knows.
pub(super) fn add_facts(
    known: &mut KnownFacts,
    person: &CodiceFiscale,
    policy: &AccessPolicy,
    arguments: &CheckArguments,
    output: &Output,
) -> Result<(), Problem> {
    for id in &arguments.enablement {
        known.enablements.push(Enablement {
            id: FactId(0),
            holder: person.clone(),
            service: rules::known_service(id, policy, output)?,
            validity: always(output)?,
            granted: claimed(output)?,
            revoked: None,
        });
    }
    known
        .subject_categories
        .extend(categories(person, &arguments.category, output)?);
    let Some(other) = &arguments.acting.acting_for else {
        return Ok(());
    };
    let other = codice_fiscale(other, output)?;
    known
        .acted_for_categories
        .extend(categories(&other, &arguments.for_category, output)?);
    if let Some(kind) = &arguments.delegation {
        let kind = DelegationKind::from_name(kind)
            .ok_or_else(|| Problem::usage(output.messages(), &format!("--delegation {kind}")))?;
        known.delegations.push(Delegation {
            id: FactId(0),
            delegator: other,
            delegate: person.clone(),
            kind,
            validity: always(output)?,
            birth_date: None,
            channel: Channel::Office,
            registered: claimed(output)?,
            revoked: None,
        });
    }
    Ok(())
}

fn categories(
    person: &CodiceFiscale,
    names: &[String],
    output: &Output,
) -> Result<Vec<Categorised>, Problem> {
    let one = |name: &String| {
        if name == "minor" {
            // The birth date tells that.
            let what = "--category minor; --birth-date";
            return Err(output.problem("facts-contradict", &[("what", Arg::Text(what))]));
        }
        let category = Category::from_name(name)
            .ok_or_else(|| Problem::usage(output.messages(), &format!("--category {name}")))?;
        Ok(Categorised {
            id: FactId(0),
            person: person.clone(),
            category,
            validity: always(output)?,
            recorded: claimed(output)?,
            ended: None,
        })
    };
    names.iter().map(one).collect()
}

/// Before every instant that the rules can be asked about: the year 1.
fn beginning() -> Timestamp {
    Timestamp::from_second(-62_135_596_800).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn always(output: &Output) -> Result<Validity, Problem> {
    Validity::new(beginning(), None).map_err(|_| output.problem("period-malformed", &[]))
}

fn claimed(output: &Output) -> Result<Change, Problem> {
    Change::new("claimed", beginning(), "claimed").map_err(|_| output.problem("change-malformed", &[]))
}
