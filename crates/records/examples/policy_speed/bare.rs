//! Cedar by itself: what the policy would ask, with everything built before.
//!
//! Not here: which cases (`cases`).

use std::collections::{BTreeSet, HashMap};

use cedar_policy::{
    Authorizer, Context, Entities, EntityUid, Policy, PolicyId, PolicySet, Request, Response, Schema, SlotId,
    Template,
};
use serde_json::{Value, json};
use varco_access_policy::{AccessPolicy, ServiceId};

use crate::population;

const SCHEMA: &str = include_str!("../../../access-policy/data/schema.cedarschema");

/// All that Cedar looks at for one answer.
pub(crate) struct Bare {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    request: Request,
}

/// An entity in Cedar's JSON.
fn entity(of_type: &str, id: &str, attributes: &Value, parents: &Value) -> Value {
    json!({ "uid": { "type": of_type, "id": id }, "attrs": attributes, "parents": parents })
}

impl Bare {
    /// The policies that can apply to the service, about a person with these attributes and this context.
    pub(crate) fn new(
        policy: &AccessPolicy,
        service: &ServiceId,
        class: &str,
        persons: &[(&str, Value)],
        context: Value,
    ) -> Self {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
        let rules = policy.rules_about(service).unwrap();
        let policies = rules.iter().map(|rule| {
            let text = policy.text_of(&rule.id).unwrap();
            Policy::parse(Some(PolicyId::new(&rule.id)), text).unwrap()
        });
        let none = json!([]);
        let dates = json!({
            "noNewPin": "2020-09-30T22:00:00Z",
            "pinEnd": "2021-09-30T22:00:00Z",
            "pinEndProfessional": "2021-09-30T22:00:00Z",
            "delegationsAtOffices": "2021-08-15T22:00:00Z",
            "delegationsOnline": "2021-09-30T22:00:00Z",
        });
        let mut all = vec![
            entity("Class", class, &json!({}), &none),
            entity(
                "Service",
                service.as_str(),
                &json!({}),
                &json!([{ "type": "Class", "id": class }]),
            ),
            entity("Calendar", "national", &dates, &none),
        ];
        all.extend(
            persons
                .iter()
                .map(|(id, attributes)| entity("Person", id, attributes, &none)),
        );
        let uid = |of_type: &str, id: &str| -> EntityUid {
            EntityUid::from_json(json!({ "type": of_type, "id": id })).unwrap()
        };
        let action = uid("Action", "use");
        let context = Context::from_json_value(context, Some((&schema, &action))).unwrap();
        let (person, resource) = (uid("Person", persons[0].0), uid("Service", service.as_str()));
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_policies(policies).unwrap(),
            entities: Entities::from_json_value(Value::Array(all), Some(&schema)).unwrap(),
            request: Request::new(person, action, resource, context, Some(&schema)).unwrap(),
        }
    }

    pub(crate) fn ask(&self) -> Response {
        self.authorizer
            .is_authorized(&self.request, &self.policies, &self.entities)
    }

    /// The policies that decide.
    pub(crate) fn deciding(&self) -> BTreeSet<String> {
        let response = self.ask();
        assert_eq!(response.diagnostics().errors().count(), 0);
        response.diagnostics().reason().map(ToString::to_string).collect()
    }
}

/// The same request where each person's right is a link of a template, instead of an attribute of the person.
pub(crate) fn linked(same: &Bare, links: u32) -> Bare {
    let id = PolicyId::new("enabled");
    let text =
        "permit (principal == ?principal, action == Action::\"use\", resource == Service::\"inps.siuss\")
        when { context has login && context.login.level >= 2 };";
    let mut policies = PolicySet::new();
    policies
        .add_template(Template::parse(Some(id.clone()), text).unwrap())
        .unwrap();
    for number in 0..links {
        let person = json!({ "type": "Person", "id": population::person(number).as_str() });
        let values = HashMap::from([(SlotId::principal(), EntityUid::from_json(person).unwrap())]);
        policies
            .link(id.clone(), PolicyId::new(format!("enabled-{number}")), values)
            .unwrap();
    }
    let linked = Bare {
        authorizer: Authorizer::new(),
        policies,
        entities: same.entities.clone(),
        request: same.request.clone(),
    };
    assert_eq!(linked.deciding(), BTreeSet::from(["enabled-0".to_owned()]));
    linked
}
