//! What is asked for, by which rules, with what is known of persons, and where decisions are recorded.
//!
//! Not here: any decision (the library's), and the report of one (`decision`).

use std::sync::Arc;

use varco::policy::{AccessPolicy, Act, Deployment, Gate, Request, TestMaterial};
use varco::records::audit::AuditLog;
use varco::records::facts::Records;
use varco::steps::Timestamp;
use varco::{Decision, LoginOptions, VerifiedIdentity};

use crate::arguments::DecidingArguments;
use crate::output::Output;
use crate::problem::Problem;
use crate::rules;

/// What is asked for, ready to be decided.
pub(crate) struct Asked {
    pub(crate) policy: AccessPolicy,
    pub(crate) request: Request,
    facts: Option<Arc<Records>>,
    log: Option<Arc<AuditLog>>,
    is_cns_high: bool,
}

impl Asked {
    /// The use of a service, as the options say. All that can be wrong with them is found out here.
    pub(crate) fn of(service: &str, arguments: &DecidingArguments, output: &Output) -> Result<Self, Problem> {
        let policy = rules::policy(&arguments.rules, output)?;
        let service = rules::known_service(service, &policy, output)?;
        let request = rules::acting(Request::to(Act::Use(service)), &arguments.acting, output)?;
        Ok(Self {
            policy,
            request,
            facts: crate::records::open_if_there(&arguments.records, output)?.map(Arc::new),
            log: crate::audit::open_log(&arguments.audit, output)?.map(Arc::new),
            is_cns_high: arguments.acting.cns_high,
        })
    }

    /// Has a login decide about it.
    pub(crate) fn put_into(&self, options: &mut LoginOptions) {
        options.request(self.policy.clone(), self.request.clone());
        if let Some(facts) = &self.facts {
            options.facts(Arc::clone(facts) as _);
        }
        if let Some(log) = &self.log {
            options.decision_log(Arc::clone(log) as _);
        }
        if self.is_cns_high {
            options.cns_is_high();
        }
    }

    /// Decides about it for somebody who is identified.
    pub(crate) fn decide(
        &self,
        identity: &VerifiedIdentity,
        test_material: TestMaterial,
        at: Timestamp,
    ) -> Decision {
        let mut deployment = Deployment::new(test_material);
        if self.is_cns_high {
            deployment = deployment.with_cns_high();
        }
        let mut gate = Gate::new(self.policy.clone(), deployment);
        if let Some(facts) = &self.facts {
            gate = gate.with_facts(&**facts);
        }
        if let Some(log) = &self.log {
            gate = gate.with_log(&**log);
        }
        gate.decide(identity, &self.request, at)
    }
}
