//! Decisions written out, as JSON lines or as a table with commas (RFC 4180).
//!
//! Not here: the log's own lines, which are JSON already.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use super::super::line::Decided;
use super::super::{AuditError, AuditorKey, Persons};
use super::{LoggedDecision, decisions};

/// How decisions are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One JSON object a line.
    JsonLines,
    /// A table: a line of names, then one line for each decision; lists are separated by spaces.
    Csv,
}

/// A decision in JSON. The persons are there only where they were opened.
#[derive(Serialize)]
struct Exported<'d> {
    seq: u64,
    recorded_at: String,
    #[serde(flatten)]
    decided: &'d Decided,
    pseudonym_key: String,
    subject: Option<String>,
    acting_for: Option<String>,
    #[serde(flatten)]
    persons: Option<Opened<'d>>,
}

#[derive(Serialize)]
struct Opened<'d> {
    opened: bool,
    subject_codice_fiscale: Option<&'d str>,
    acting_for_codice_fiscale: Option<&'d str>,
}

const COLUMNS: [&str; 16] = [
    "seq",
    "recorded_at",
    "at",
    "effect",
    "service",
    "policies",
    "reasons",
    "errors",
    "credential",
    "level",
    "evidence",
    "quality",
    "delegation",
    "pseudonym_key",
    "subject",
    "acting_for",
];
const OPENED: [&str; 3] = ["opened", "subject_codice_fiscale", "acting_for_codice_fiscale"];

/// Writes every decision of a log out, and says how many; with the auditor's keys, who it was as well.
///
/// # Errors
/// As [`decisions`]; [`AuditError::Export`] where it cannot be written.
pub fn export(
    folder: &Path,
    format: ExportFormat,
    auditor: Option<&[AuditorKey]>,
    out: &mut dyn Write,
) -> Result<u64, AuditError> {
    let mut out = BufWriter::new(out);
    let mut count: u64 = 0;
    if format == ExportFormat::Csv {
        let opened = auditor.map_or(&[][..], |_| &OPENED);
        let names = COLUMNS.iter().chain(opened).copied();
        row(&mut out, &names.map(str::to_owned).collect::<Vec<_>>())?;
    }
    let written = decisions(folder, &mut |decision| {
        count = count.saturating_add(1);
        let persons = auditor.map(|keys| decision.open(keys));
        match format {
            ExportFormat::JsonLines => object(&mut out, &decision, persons.as_ref()),
            ExportFormat::Csv => row(&mut out, &cells(&decision, persons.as_ref())),
        }
    });
    // What was read before an altered record is written all the same.
    let flushed = out.flush().map_err(|error| AuditError::Export(error.kind()));
    written.and(flushed).map(|()| count)
}

fn opened(persons: Option<&Option<Persons>>) -> Option<Opened<'_>> {
    let persons = persons?;
    let text = |of: fn(&Persons) -> Option<&varco_auth::CodiceFiscale>| {
        persons
            .as_ref()
            .and_then(of)
            .map(varco_auth::CodiceFiscale::as_str)
    };
    Some(Opened {
        opened: persons.is_some(),
        subject_codice_fiscale: text(|persons| persons.subject.as_ref()),
        acting_for_codice_fiscale: text(|persons| persons.acting_for.as_ref()),
    })
}

fn object(
    out: &mut dyn Write,
    decision: &LoggedDecision,
    persons: Option<&Option<Persons>>,
) -> Result<(), AuditError> {
    let exported = Exported {
        seq: decision.sequence,
        recorded_at: decision.at.to_string(),
        decided: &decision.decided,
        pseudonym_key: decision.pseudonym_key.to_string(),
        subject: decision.subject.map(|subject| subject.to_string()),
        acting_for: decision.acting_for.map(|person| person.to_string()),
        persons: opened(persons),
    };
    let unwritable = |error: &serde_json::Error| {
        AuditError::Export(error.io_error_kind().unwrap_or(std::io::ErrorKind::Other))
    };
    serde_json::to_writer(&mut *out, &exported).map_err(|error| unwritable(&error))?;
    out.write_all(b"\n")
        .map_err(|error| AuditError::Export(error.kind()))
}

fn cells(decision: &LoggedDecision, persons: Option<&Option<Persons>>) -> Vec<String> {
    let decided = &decision.decided;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let effect = match decided.effect {
        varco_access_policy::Effect::Permit => "permit",
        varco_access_policy::Effect::Deny => "deny",
    };
    let mut cells = vec![
        decision.sequence.to_string(),
        decision.at.to_string(),
        decided.at.to_string(),
        effect.to_owned(),
        decided.service.clone(),
        decided.policies.join(" "),
        decided.reasons.join(" "),
        decided.errors.join(" "),
        text(&decided.credential),
        text(&decided.level),
        text(&decided.evidence),
        text(&decided.quality),
        decided
            .delegation
            .map(|number| number.to_string())
            .unwrap_or_default(),
        decision.pseudonym_key.to_string(),
        decision
            .subject
            .map(|subject| subject.to_string())
            .unwrap_or_default(),
        decision
            .acting_for
            .map(|person| person.to_string())
            .unwrap_or_default(),
    ];
    if let Some(opened) = opened(persons) {
        cells.push(opened.opened.to_string());
        cells.push(opened.subject_codice_fiscale.unwrap_or_default().to_owned());
        cells.push(opened.acting_for_codice_fiscale.unwrap_or_default().to_owned());
    }
    cells
}

fn row(out: &mut dyn Write, cells: &[String]) -> Result<(), AuditError> {
    let quoted: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
    write!(out, "{}\r\n", quoted.join(",")).map_err(|error| AuditError::Export(error.kind()))
}

/// Quoted where it must be; what a spreadsheet would take for a formula gets an apostrophe before it.
fn quote(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_is_never_a_formula() {
        for (cell, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("=1+1", "'=1+1"),
            ("-1\n", "\"'-1\n\""),
        ] {
            assert_eq!(quote(cell), written);
        }
    }
}
