//! JUnit XML, as fixtures/schema/junit-varco-1.xsd has it: a suite for each target, a case for each scenario.
//!
//! Not here: the order of results, which is kept.

use core::fmt::Write as _;

use super::{Summary, told};
use crate::run::Outcome;
use crate::run::pool::RunResult;

/// The results as a document.
#[must_use]
pub fn junit(results: &[RunResult]) -> String {
    let mut targets: Vec<String> = Vec::new();
    for result in results {
        let target = result.target.to_string();
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open_suite(&mut xml, "testsuites", "varco bench", results);
    for target in targets {
        let of_target: Vec<RunResult> = results
            .iter()
            .filter(|result| result.target.to_string() == target)
            .cloned()
            .collect();
        open_suite(&mut xml, "testsuite", &target, &of_target);
        of_target.iter().for_each(|result| case(&mut xml, result));
        xml.push_str("</testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Writing to a text cannot fail.
fn open_suite(xml: &mut String, element: &str, name: &str, results: &[RunResult]) {
    let summary = Summary::of(results);
    let took: f64 = results.iter().map(|result| result.took.as_secs_f64()).sum();
    let _ = writeln!(
        xml,
        "<{element} name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{took:.3}\">",
        escaped(name),
        results.len(),
        summary.failed,
        summary.rig_errors,
        summary.not_applicable,
    );
}

fn case(xml: &mut String, result: &RunResult) {
    let class = format!("varco-bench.{}", result.target);
    let _ = write!(
        xml,
        "<testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"{:.3}\"",
        escaped(&result.name),
        escaped(&class),
        escaped(&result.path.display().to_string()),
        result.took.as_secs_f64(),
    );
    let element = match result.finding.outcome {
        Outcome::Passed => {
            xml.push_str("/>\n");
            return;
        }
        Outcome::Failed => "failure",
        Outcome::RigError => "error",
        Outcome::NotApplicable => "skipped",
    };
    let told = told(result);
    let message = escaped(&told);
    if element == "skipped" {
        let _ = writeln!(xml, "><skipped message=\"{message}\"/></testcase>");
        return;
    }
    let code = escaped(result.finding.code.as_deref().unwrap_or("unknown"));
    let _ = writeln!(
        xml,
        "><{element} type=\"{code}\" message=\"{message}\">{message}</{element}></testcase>"
    );
}

/// For an attribute or a text. What XML 1.0 has no way to write becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}
