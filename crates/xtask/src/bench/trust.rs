//! `cargo xtask bench trust`: verdicts beside bare signature checks, a revocation list beside `openssl crl`, a trusted list
//! beside xmlsec1.
//!
//! The programs that measure print a line of JSON each; here they are run and their lines made a table. Not here: what is
//! measured.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::run::{Print, example, number};
use crate::{Outcome, debian};

const PACKAGE: &str = "varco-trust-store";

/// Runs what measures, one after the other, in release builds.
pub(crate) fn trust(print: Print) -> Outcome {
    debian::install(&[debian::TO_BUILD, &["openssl", "xmlsec1"]])?;
    let verdicts = example(PACKAGE, "verdict_bench")?;
    let revocation_list = example(PACKAGE, "crl_bench")?;
    let trusted_list = example(PACKAGE, "list_bench")?;
    match print {
        Print::Table => {
            let mut text = String::new();
            verdict_table(&mut text, &verdicts)?;
            lists(&mut text, &revocation_list, &trusted_list)?;
            print!("{text}");
        }
        Print::Json => println!(
            "{}",
            json!({
                "verdicts": verdicts,
                "revocation_list": revocation_list,
                "trusted_list": trusted_list,
            })
        ),
    }
    Ok(())
}

fn verdict_table(text: &mut String, verdicts: &Value) -> Outcome {
    let is_real = verdicts.get("real_anchors") == Some(&Value::Bool(true));
    writeln!(
        text,
        "Verdicts on one core, caches warm: least and median of {} rounds, in microseconds. Anchors {}.
% of the rate of bare checks of: all the path's signatures; the leaf's alone; all, with the leaf read from bytes.
",
        number(verdicts, "rounds"),
        if is_real { "of 2018" } else { "invented" },
    )?;
    writeln!(
        text,
        "{:<16}{:>8}{:>15}{:>15}{:>13}{:>15}{:>15}{:>8}{:>8}{:>8}{:>9}",
        "",
        "anchors",
        "signatures",
        "leaf's",
        "read",
        "verdict",
        "from bytes",
        "per s",
        "% all",
        "% leaf",
        "% bytes",
    )?;
    let cases = verdicts.get("cases").and_then(Value::as_array);
    for case in cases.into_iter().flatten() {
        let name = case.get("case").and_then(Value::as_str).unwrap_or_default();
        write!(text, "{name:<16}{:>8}", number(case, "anchors"))?;
        let times = [
            "signatures_us",
            "leaf_signature_us",
            "parse_us",
            "verdict_us",
            "from_bytes_us",
        ];
        for (time, width) in times.into_iter().zip([15, 15, 13, 15, 15]) {
            let both: Vec<String> = case
                .get(time)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|time| format!("{:.1}", time.as_f64().unwrap_or(f64::NAN)))
                .collect();
            write!(text, "{:>width$}", both.join(" / "))?;
        }
        writeln!(
            text,
            "{:>8}{:>8.0}{:>8.0}{:>9.0}",
            number(case, "verdicts_per_s"),
            number(case, "percent_of_signatures"),
            number(case, "percent_of_leaf_signature"),
            number(case, "percent_from_bytes"),
        )?;
    }
    Ok(())
}

fn lists(text: &mut String, revocation_list: &Value, trusted_list: &Value) -> Outcome {
    let crl = |name| number(revocation_list, name);
    writeln!(
        text,
        "
A revocation list of {} entries, {:.1} MB
  read      {:>7.0} ms, {:.0} of it on the processor; openssl crl {:.0} ms
  indexed   {:>7.0} ms, {:.0} of it on the processor; memory grew by {:.1} MB; opened again in {:.1} ms
  look-up   {:>7.2} us where revoked, {:.2} us where not",
        crl("entries"),
        crl("list_mb"),
        crl("parse_ms"),
        crl("parse_cpu_ms"),
        crl("openssl_parse_ms"),
        crl("index_ms"),
        crl("index_cpu_ms"),
        crl("peak_rss_growth_mb"),
        crl("open_ms"),
        crl("lookup_hit_us"),
        crl("lookup_miss_us"),
    )?;
    let list = |name| number(trusted_list, name);
    writeln!(
        text,
        "
A trusted list of {:.1} MB, {} nodes
  verified  {:>7.1} ms; xmlsec1 {:.1} ms
  read      {:>7.1} ms
  whole     {:>7.1} ms",
        list("bytes") / 1e6,
        list("nodes"),
        list("verify_ms"),
        list("xmlsec1_ms"),
        list("read_ms"),
        list("whole_ms"),
    )?;
    Ok(())
}
