//! `varco trust list`, `show` and `remove`: what is in the store.
//!
//! Not here: whether it is fresh (`status`).

use std::time::Duration;

use serde_json::{Value, json};
use varco::steps::Timestamp;
use varco::trust::store::{
    Fingerprint, Origin, StoreError, StoredAnchor, StoredCrl, StoredList, StoredSigner, TrustStore,
};
use varco::trust::{Certificate, Provenance};
use varco_messages::Arg;

use super::{kind_name, problem, shown};
use crate::exit::Exit;
use crate::output::{Format, Output};

/// Something in the store.
enum Entry {
    Anchor(Box<StoredAnchor>),
    Signer(Box<StoredSigner>),
    List(StoredList),
    Crl(StoredCrl),
}

impl Entry {
    fn sha256(&self) -> Fingerprint {
        match self {
            Self::Anchor(stored) => stored.anchor.certificate().sha256().into(),
            Self::Signer(signer) => signer.certificate.sha256().into(),
            Self::List(list) => list.sha256,
            Self::Crl(crl) => crl.sha256,
        }
    }

    fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Anchor(stored) => Some(stored.anchor.certificate()),
            Self::Signer(signer) => Some(&signer.certificate),
            Self::List(_) | Self::Crl(_) => None,
        }
    }

    /// The group in which JSON has it.
    fn group(&self) -> &'static str {
        match self {
            Self::Anchor(_) => "anchors",
            Self::Signer(_) => "signers",
            Self::List(_) => "lists",
            Self::Crl(_) => "crls",
        }
    }
}

/// All that is in the store, with what its trusted lists recognise.
fn entries(store: &TrustStore, at: Timestamp) -> Result<Vec<Entry>, StoreError> {
    let anchors = store.anchors_within(at, Duration::MAX)?;
    others(store, anchors)
}

/// What somebody put in.
fn named(store: &TrustStore) -> Result<Vec<Entry>, StoreError> {
    let anchors = store.own_anchors()?;
    others(store, anchors)
}

fn others(store: &TrustStore, anchors: Vec<StoredAnchor>) -> Result<Vec<Entry>, StoreError> {
    let anchors = anchors.into_iter().map(|stored| Entry::Anchor(Box::new(stored)));
    let signers = store
        .signers()?
        .into_iter()
        .map(|signer| Entry::Signer(Box::new(signer)));
    let lists = store.lists()?.into_iter().map(Entry::List);
    let crls = store.crls()?.into_iter().map(Entry::Crl);
    Ok(anchors.chain(signers).chain(lists).chain(crls).collect())
}

pub(super) fn all(store: &TrustStore, output: &Output) -> Exit {
    let now = Timestamp::now();
    let read = entries(store, now).and_then(|entries| Ok((entries, store.hosts()?)));
    let (entries, hosts) = match read {
        Ok(read) => read,
        Err(error) => return output.fail(&problem(&error, output)),
    };
    let path = store.path().display().to_string();
    if output.format() == Format::Json {
        let group = |name: &str| {
            let of_group = entries.iter().filter(|entry| entry.group() == name);
            of_group.map(|entry| to_json(entry, now)).collect::<Vec<_>>()
        };
        let hosts = hosts
            .iter()
            .map(|(host, private)| json!({ "host": host, "private": private }));
        output.json(json!({ "trust_store": {
            "path": path,
            "anchors": group("anchors"),
            "signers": group("signers"),
            "lists": group("lists"),
            "crls": group("crls"),
            "hosts": hosts.collect::<Vec<_>>(),
        }}));
        return Exit::Done;
    }
    if entries.is_empty() && hosts.is_empty() {
        output.line(&output.say("store-empty", &[("path", Arg::Text(&path))]));
    }
    for entry in &entries {
        output.line(&text(entry, now, output));
    }
    for (host, private) in &hosts {
        let reach = if *private { "private" } else { "public" };
        let arguments = [("host", Arg::Text(host)), ("reach", Arg::Text(reach))];
        output.line(&output.say("store-host", &arguments));
    }
    Exit::Done
}

pub(super) fn show(store: &TrustStore, prefix: &str, output: &Output) -> Exit {
    let now = Timestamp::now();
    let entry = match entries(store, now).and_then(|entries| find(entries, prefix)) {
        Ok(entry) => entry,
        Err(error) => return output.fail(&problem(&error, output)),
    };
    if output.format() == Format::Json {
        let mut item = to_json(&entry, now);
        if let (Value::Object(fields), Some(certificate)) = (&mut item, entry.certificate()) {
            fields.insert("pem".to_owned(), certificate.to_pem().into());
        }
        output.json(json!({ "trust_item": { "what": entry.group(), "item": item } }));
        return Exit::Done;
    }
    output.line(&text(&entry, now, output));
    output.line(&format!("SHA-256 {}", entry.sha256()));
    match (&entry, entry.certificate()) {
        (_, Some(certificate)) => certificate.to_text().lines().for_each(|line| output.line(line)),
        (Entry::List(list), None) => list.sources.iter().for_each(|url| output.line(url)),
        (Entry::Crl(crl), None) => crl.sources.iter().for_each(|url| output.line(url)),
        _ => {}
    }
    Exit::Done
}

pub(super) fn remove(store: &TrustStore, prefix: &str, output: &Output) -> Exit {
    match remove_host(store, prefix) {
        Ok(false) => {}
        Ok(true) => {
            match output.format() {
                Format::Json => output.json(json!({ "removed": { "sha256": null, "name": prefix } })),
                Format::Text => output.line(&output.say("store-removed", &[("name", Arg::Text(prefix))])),
            }
            return Exit::Done;
        }
        Err(error) => return output.fail(&problem(&error, output)),
    }
    // A list that is not believed must not keep anything from being taken out: its authorities are not looked at.
    let removed = named(store).and_then(|entries| {
        let entry = find(entries, prefix)?;
        store.remove(&entry.sha256()).map(|_| entry)
    });
    let entry = match removed {
        Ok(entry) => entry,
        Err(error) => return output.fail(&problem(&error, output)),
    };
    let name = match &entry {
        Entry::Anchor(stored) => stored.anchor.certificate().subject(),
        Entry::Signer(signer) => signer.certificate.subject(),
        Entry::List(list) => &list.territory,
        Entry::Crl(crl) => &crl.issuer,
    };
    match output.format() {
        Format::Json => {
            output.json(json!({ "removed": { "sha256": entry.sha256().to_string(), "name": name } }));
        }
        Format::Text => output.line(&output.say("store-removed", &[("name", Arg::Text(name))])),
    }
    Exit::Done
}

/// Takes out a host, where one is named so and no fingerprint begins so.
fn remove_host(store: &TrustStore, host: &str) -> Result<bool, StoreError> {
    use varco::trust::store::StoreProblem;
    if !store.hosts()?.iter().any(|(known, _)| known == host) {
        return Ok(false);
    }
    let is_prefix = host.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_prefix && find(named(store)?, host).is_ok() {
        return Err(StoreProblem::Ambiguous.into());
    }
    store.remove_host(host)
}

/// The one thing whose fingerprint begins so.
fn find(entries: Vec<Entry>, prefix: &str) -> Result<Entry, StoreError> {
    use varco::trust::store::StoreProblem;
    let prefix = prefix.to_ascii_lowercase();
    let mut found = entries
        .into_iter()
        .filter(|entry| !prefix.is_empty() && entry.sha256().to_string().starts_with(&prefix));
    let first = found.next().ok_or(StoreProblem::Unknown)?;
    // The same certificate may stand there for several purposes.
    if found.any(|other| other.sha256() != first.sha256()) {
        return Err(StoreProblem::Ambiguous.into());
    }
    Ok(first)
}

fn origin(stored: &StoredAnchor) -> (&'static str, &str) {
    match (stored.origin, stored.anchor.provenance()) {
        (Some(origin), _) => (origin.name(), ""),
        (None, Provenance::Listed { territory, .. }) => ("list", territory),
        (None, _) => ("list", ""),
    }
}

fn instant(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| at.to_string().into())
}

fn to_json(entry: &Entry, now: Timestamp) -> Value {
    match entry {
        Entry::Anchor(stored) => anchor_json(stored),
        Entry::Signer(signer) => json!({
            "sha256": entry.sha256().to_string(),
            "subject": signer.certificate.subject(),
            "territory": signer.territory,
            "origin": signer.origin.map(Origin::name),
        }),
        Entry::List(list) => json!({
            "sha256": list.sha256.to_string(),
            "territory": list.territory,
            "sequence_number": list.sequence_number,
            "issued_at": list.issued_at.to_string(),
            "next_update": instant(list.next_update),
            "kind": kind_name(list.kind),
            "origin": list.origin.name(),
            "sources": list.sources,
        }),
        Entry::Crl(crl) => json!({
            "sha256": crl.sha256.to_string(),
            "issuer": crl.issuer,
            "issuer_sha256": crl.issuer_sha256.to_string(),
            "number": crl.number,
            "this_update": crl.this_update.to_string(),
            "next_update": instant(crl.next_update),
            "fetched_at": crl.fetched_at.to_string(),
            "age_s": now.as_second().saturating_sub(crl.this_update.as_second()),
            "entries": crl.entries,
            "sources": crl.sources,
        }),
    }
}

fn anchor_json(stored: &StoredAnchor) -> Value {
    let (anchor, certificate) = (&stored.anchor, stored.anchor.certificate());
    let listed = match anchor.provenance() {
        Provenance::Listed {
            territory,
            sequence_number,
            service,
        } => json!({ "territory": territory, "sequence_number": sequence_number, "service": service }),
        _ => Value::Null,
    };
    json!({
        "sha256": Fingerprint::from(certificate.sha256()).to_string(),
        "subject": certificate.subject(),
        "not_before": certificate.not_before().to_string(),
        "not_after": certificate.not_after().to_string(),
        "kind": kind_name(anchor.kind()),
        "purpose": anchor.purpose().name(),
        "legacy_until": instant(stored.legacy_until),
        "origin": origin(stored).0,
        "since": instant(anchor.since()),
        "listed": listed,
        "added_at": instant(stored.added_at),
        "added_by": stored.added_by,
    })
}

fn text(entry: &Entry, now: Timestamp, output: &Output) -> String {
    let sha256 = shown(&entry.sha256());
    let day = |at: Timestamp| at.to_string().chars().take(10).collect::<String>();
    let due = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), day);
    match entry {
        Entry::Anchor(stored) => {
            let certificate = stored.anchor.certificate();
            let (origin, territory) = origin(stored);
            let until = day(certificate.not_after());
            let arguments = [
                ("sha256", Arg::Text(&sha256)),
                ("name", Arg::Text(certificate.subject())),
                ("kind", Arg::Text(kind_name(stored.anchor.kind()))),
                ("purpose", Arg::Text(stored.anchor.purpose().name())),
                ("origin", Arg::Text(origin)),
                ("territory", Arg::Text(territory)),
                ("until", Arg::Text(&until)),
            ];
            output.say("store-anchor", &arguments)
        }
        Entry::Signer(signer) => {
            let arguments = [
                ("sha256", Arg::Text(&sha256)),
                ("name", Arg::Text(signer.certificate.subject())),
                ("territory", Arg::Text(&signer.territory)),
            ];
            output.say("store-signer", &arguments)
        }
        Entry::List(list) => {
            let (number, issued, due) = (
                list.sequence_number.to_string(),
                day(list.issued_at),
                due(list.next_update),
            );
            let arguments = [
                ("sha256", Arg::Text(&sha256)),
                ("territory", Arg::Text(&list.territory)),
                ("number", Arg::Text(&number)),
                ("issued", Arg::Text(&issued)),
                ("due", Arg::Text(&due)),
            ];
            output.say("store-list", &arguments)
        }
        Entry::Crl(crl) => {
            let age = now.as_second().saturating_sub(crl.this_update.as_second());
            let (made, due, entries) = (
                day(crl.this_update),
                due(crl.next_update),
                crl.entries.to_string(),
            );
            let arguments = [
                ("sha256", Arg::Text(&sha256)),
                ("name", Arg::Text(&crl.issuer)),
                ("made", Arg::Text(&made)),
                ("due", Arg::Text(&due)),
                ("days", Arg::Number(u32::try_from(age / 86_400).unwrap_or(0))),
                ("entries", Arg::Text(&entries)),
            ];
            output.say("store-crl", &arguments)
        }
    }
}
