//! A log grows, is opened again, changes its keys, and takes decisions of the policy.

use varco_access_policy::{
    AccessPolicy, DecisionLog as _, Facts, Principal, Request, ServiceId, StoreFailure, TestMaterial,
};
use varco_records::audit::*;

use crate::rig::*;

#[test]
fn what_was_put_down_is_there_and_holds() {
    let rig = Rig::with(20);
    assert_eq!(rig.evidences(), numbered(20));
    let told = rig.verify();
    assert!(told.is_good(), "{:?}", told.findings);
    assert!(told.segments > 2 && told.checkpoints > 4, "{told:?}");
    assert_eq!((told.decisions, told.unacknowledged, told.torn), (20, 0, None));
    assert_eq!(told.head.unwrap().sequence, told.last.unwrap().0);

    let log = rig.open().unwrap();
    assert_eq!(log.recovered(), None);
    log.append(entry("e20")).unwrap();
    let kept = log.close().unwrap();
    assert_eq!(rig.evidences(), numbered(21));
    assert_eq!(rig.verify_with(&[kept]).kept, 1);
}

#[test]
fn a_log_is_made_only_where_nothing_is() {
    let rig = Rig::with(1);
    let error = AuditLog::create(&rig.path(), keys(), SMALL, sources()).unwrap_err();
    assert_eq!(error.code(), "audit-exists");
    let rig = Rig::new();
    assert_eq!(rig.refusal(), "audit-absent");
    std::fs::create_dir(rig.path()).unwrap();
    assert_eq!(rig.refusal(), "audit-absent");
    assert_eq!(verify(&rig.path(), &[], &[]).unwrap_err().code(), "audit-absent");
}

#[test]
fn a_folder_that_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let rig = Rig::with(1);
    std::fs::set_permissions(rig.path(), std::fs::Permissions::from_mode(0o770)).unwrap();
    assert_eq!(rig.refusal(), "audit-unsafe");
}

#[test]
fn a_decision_of_the_policy_is_put_down() {
    let rig = Rig::new();
    let log = rig.create(SMALL);
    let policy = AccessPolicy::builtin();
    let request = Request::new(ServiceId::parse("inps.estratto-conto").unwrap());
    let at = "2026-11-28T09:00:00Z".parse().unwrap();
    let decision = policy.decide(
        Principal::Anonymous,
        &request,
        &Facts::new(TestMaterial::Refused),
        at,
    );
    log.record(&decision).unwrap();
    let mut all = Vec::new();
    decisions(&rig.path(), &mut |decision| {
        all.push(decision);
        Ok(())
    })
    .unwrap();
    let [logged] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!(logged.decided.effect, decision.effect);
    assert_eq!(logged.decided.service, "inps.estratto-conto");
    assert_eq!(logged.decided.reasons, ["deny-not-authenticated"]);
    assert_eq!(
        (logged.subject, logged.acting_for, logged.decided.at),
        (None, None, at)
    );
}

#[test]
fn other_keys_are_refused_until_they_are_rotated_in() {
    let rig = Rig::with(2);
    for (other, which) in [
        (keys_of(11, 2, 3), "checkpoint"),
        (keys_of(1, 12, 3), "pseudonym"),
        (keys_of(1, 2, 13), "auditor's"),
    ] {
        let error = AuditLog::open(&rig.path(), other, SMALL, sources()).unwrap_err();
        assert_eq!(error, AuditError::OtherKey(which));
    }
    let log = rig.open().unwrap();
    let another = rig.open().unwrap();
    log.rotate(keys_of(11, 12, 13)).unwrap();
    log.append(entry("e2")).unwrap();
    // Who still has the keys of before is refused, each time.
    for _ in 0..2 {
        let error = another.append(entry("lost")).unwrap_err();
        assert_eq!(error, AuditError::OtherKey("checkpoint"));
    }
    assert_eq!(rig.refusal(), "audit-other-key");
    drop((log, another));

    let log = AuditLog::open(&rig.path(), keys_of(11, 12, 13), SMALL, sources()).unwrap();
    log.append(entry("e3")).unwrap();
    let told = rig.verify_rotated(&[]);
    assert!(told.is_good(), "{:?}", told.findings);
    assert_eq!(told.pseudonym_keys.len(), 2);
    assert_eq!(told.auditor_keys.len(), 2);
    assert_eq!(rig.evidences(), numbered(4));
    // The old key alone is not believed for what comes after it, nor the new one for what was before.
    for key in [1, 11] {
        let told = verify(&rig.path(), &[checkpoint_key(key).public()], &[]).unwrap();
        assert!(
            told.findings
                .iter()
                .any(|finding| finding.fault == Fault::KeyUnknown),
            "{key}"
        );
    }
}

#[test]
fn what_does_not_fit_or_names_somebody_is_refused_and_the_log_goes_on() {
    let rig = Rig::new();
    let log = rig.create(SMALL);
    assert_eq!(
        log.append(entry(&"x".repeat(20_000))).unwrap_err(),
        AuditError::TooLong
    );
    let error = log
        .append(entry(&format!("cie-{}", CAMILLA.to_lowercase())))
        .unwrap_err();
    assert_eq!(error, AuditError::PersonInClear);
    assert!(!format!("{error} {error:?}").contains("DMN"));
    log.append(entry("e0")).unwrap();
    assert_eq!(rig.evidences(), numbered(1));
}

#[test]
fn without_randomness_nothing_is_put_down() {
    let rig = Rig::with(1);
    let dry = Sources {
        random: Box::new(|_| Err(NoRandomness)),
        ..sources()
    };
    let log = AuditLog::open(&rig.path(), keys(), SMALL, dry).unwrap();
    assert_eq!(log.append(entry("lost")).unwrap_err(), AuditError::NoRandomness);
    let failure = StoreFailure::from(AuditError::NoRandomness);
    assert_eq!(failure.code(), "records-unusable");
    assert!(rig.verify().is_good());
    assert_eq!(rig.evidences(), numbered(1));
}
