//! How a login ends once the card has signed: who it is, what was decided, and who keeps the card.
//!
//! Not here: the dialogue with the card before (`steps`, `document`).

use varco_access_policy::Decision;
use varco_auth::{Proof, VerifiedIdentity};
use varco_pki::Timestamp;

use crate::kept::{Keeper, KeptCard, LoggedIn};
use crate::login::Wanted;
use crate::steps::Proven;
use crate::{Companion, PinReport, Step};

/// What the end of a login takes.
pub(crate) struct Ending<'e, 'k> {
    pub(crate) wanted: Option<&'e Wanted<'e>>,
    pub(crate) now: &'e dyn Fn() -> Timestamp,
    pub(crate) companion: &'e dyn Companion,
    pub(crate) keeper: Option<&'k mut (dyn Keeper + 'k)>,
}

/// Somebody who was identified.
pub(crate) struct Identified {
    identity: VerifiedIdentity,
    proof: Option<Proof>,
    /// Where the card was kept; otherwise it is decided once the card is free.
    decided: Option<Option<Decision>>,
}

impl Ending<'_, '_> {
    /// While the card is held and its PIN verified: the keeper keeps it, where there is one.
    pub(crate) fn keep(
        &mut self,
        proven: Proven,
        pin: Option<PinReport>,
        card: &mut KeptCard<'_, '_>,
    ) -> Identified {
        let Proven { identity, proof } = proven;
        let decided = if self.keeper.is_some() {
            self.companion.reached(&Step::Verified(&identity));
            Some(self.decide(&identity))
        } else {
            None
        };
        if let (Some(keeper), Some(decision)) = (&mut self.keeper, &decided) {
            let logged_in = LoggedIn {
                identity: &identity,
                decision: decision.as_ref(),
                proof: proof.as_ref(),
                pin,
            };
            keeper.keep(logged_in, card);
        }
        Identified {
            identity,
            proof,
            decided,
        }
    }

    /// Once the card is free.
    pub(crate) fn finish(
        self,
        identified: Identified,
    ) -> ((VerifiedIdentity, Option<Decision>), Option<Proof>) {
        let Identified {
            identity,
            proof,
            decided,
        } = identified;
        let decision = decided.unwrap_or_else(|| {
            self.companion.reached(&Step::Verified(&identity));
            self.decide(&identity)
        });
        ((identity, decision), proof)
    }

    /// As of the end of the dialogue: what was revoked while a person typed is revoked.
    fn decide(&self, identity: &VerifiedIdentity) -> Option<Decision> {
        #[cfg(feature = "planted-bugs")]
        let identity = &planted::decided_about(identity);
        let decision = self.wanted.map(|wanted| {
            let at = wanted.at.unwrap_or_else(self.now);
            #[cfg(feature = "planted-bugs")]
            if let Some(decision) = planted::decided_of_tests(wanted, identity, at) {
                return decision;
            }
            wanted.gate.decide(identity, &wanted.request, at)
        });
        if let Some(decision) = &decision {
            self.companion.reached(&Step::Decided(decision));
        }
        decision
    }
}

/// A bug for the simulation to find.
#[cfg(feature = "planted-bugs")]
mod planted {
    use std::cell::RefCell;

    use varco_access_policy::{AccessPolicy, Decision, Deployment, Gate, TestMaterial};
    use varco_auth::VerifiedIdentity;
    use varco_pki::Timestamp;
    use varco_planted::{Bug, is_planted, run};

    use crate::login::Wanted;

    /// As the rules that ship have it where test material counts.
    pub(super) fn decided_of_tests(
        wanted: &Wanted<'_>,
        identity: &VerifiedIdentity,
        at: Timestamp,
    ) -> Option<Decision> {
        is_planted(Bug::TestMaterialPermitted).then(|| {
            let gate = Gate::new(AccessPolicy::builtin(), Deployment::new(TestMaterial::Permitted));
            gate.decide(identity, &wanted.request, at)
        })
    }

    thread_local! {
        static BEFORE: RefCell<Option<(u64, VerifiedIdentity)>> = const { RefCell::new(None) };
    }

    /// Whoever was identified before in this run.
    pub(super) fn decided_about(identity: &VerifiedIdentity) -> VerifiedIdentity {
        let before = BEFORE.replace(Some((run(), identity.clone())));
        match before {
            Some((of, before)) if of == run() && is_planted(Bug::DecisionOfAnother) => before,
            _ => identity.clone(),
        }
    }
}
