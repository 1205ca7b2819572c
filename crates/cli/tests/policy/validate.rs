//! `varco policy validate`.

use serde_json::json;

use crate::program::{run, workspace};
use crate::*;

#[test]
fn a_mistake_is_told_with_file_line_column_and_text() {
    for (name, text, code, place, line) in [
        (
            "text.cedar",
            "// ours\npermit (principal,\n  action resource);\n".to_owned(),
            "policy-text",
            ":3:10",
            "action resource);",
        ),
        (
            "names.cedar",
            rule(
                "nome",
                "forbid (principal, action == Action::\"use\", resource)\nwhen { context.colour == 3 };",
            ),
            "policy-validation",
            ":6:8",
            "when { context.colour == 3 };",
        ),
        (
            "another.cedar",
            rule(
                "altrui",
                "permit (principal, action == Action::\"use\", resource == Service::\"inps.cedolino\");",
            ),
            "policy-permits-too-much",
            ":1:1",
            "@id(\"altrui\")",
        ),
        (
            "bare.cedar",
            "forbid (principal, action, resource);\n".to_owned(),
            "policy-annotation",
            ":1:1",
            "forbid (principal, action, resource);",
        ),
    ] {
        let (_folder, path) = with_file(name, &text);
        let ran = run(&["policy", "validate", "--json", text_of(&path)], "");
        assert_eq!((ran.exit, ran.error_code().as_str()), (60, code), "{}", ran.out);
        let error = &ran.json()["error"];
        let place = format!("{}{place}", text_of(&path));
        assert!(error["message"].as_str().unwrap().contains(&place), "{error:#}");
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains(&place) && detail.contains(line), "{error:#}");
        let ran = run(&["policy", "validate", "--lang", "it", text_of(&path)], "");
        assert!(ran.err.contains(&place) && ran.err.contains(line), "{}", ran.err);
    }
}

#[test]
fn mistakes_in_services_are_told_too() {
    for (text, code) in [
        ("[[service]]\nid = 3\n", "policy-malformed"),
        (
            "[[service]]\nid = \"inps.cedolino\"\nclass = \"operator\"\ntitle = { it = \"A\", en = \"A\" }\n",
            "policy-duplicate",
        ),
        (
            "[[service]]\nid = \"a\"\nclass = \"dedicated\"\ntitle = { it = \"A\", en = \"A\" }\n",
            "policy-dedication",
        ),
        ("[[date]]\nid = \"pin-end\"\n", "policy-malformed"),
    ] {
        let (_folder, path) = with_file("services.toml", text);
        let ran = run(&["policy", "validate", "--json", text_of(&path)], "");
        assert_eq!((ran.exit, ran.error_code().as_str()), (60, code), "{}", ran.out);
        if code == "policy-malformed" {
            let told = ran.json();
            let detail = told["error"]["detail"].as_str().unwrap();
            assert!(
                detail.contains(text_of(&path)) && detail.contains("line "),
                "{detail}"
            );
        }
    }
    let (_folder, path) = with_file("rules.txt", "");
    let ran = run(&["policy", "validate", "--json", text_of(&path)], "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "policy-file-kind"));
    let ran = run(&["policy", "validate", "--json", "/nonexistent/rules.cedar"], "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unreadable"));
}

#[test]
fn files_that_are_well_are_told_with_their_rules() {
    let folder = operator();
    let (services, rules) = (
        folder.path().join("services.toml"),
        folder.path().join("rules.cedar"),
    );
    let files = [text_of(&services), text_of(&rules)];
    let ran = run(&[&["policy", "validate", "--json"], &files[..]].concat(), "");
    let told = ran.json();
    assert_eq!((ran.exit, &told["valid"]), (0, &json!(true)), "{told:#}");
    assert_eq!(told["rules"][0]["id"], "comune-anagrafe");
    assert_eq!(told["rules"][1]["effect"], "deny");
    assert_eq!(told["rules"][1]["origin"], "operator");
    let ran = run(
        &[&["policy", "validate", "--lang", "it"], &files[..]].concat(),
        "",
    );
    assert!(
        ran.out.contains("comune-anagrafe  Regola del Comune."),
        "{}",
        ran.out
    );
    // Rules without the services that they are about are not.
    let ran = run(&["policy", "validate", "--json", files[1]], "");
    assert_eq!(ran.error_code(), "policy-permits-too-much");
}

#[test]
fn the_built_in_rules_are_well() {
    let folder = workspace().join("crates/access-policy/data/policies");
    let files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 10);
    let mut arguments = vec!["policy", "validate", "--json"];
    arguments.extend(files.iter().map(|path| text_of(path)));
    let ran = run(&arguments, "");
    assert_eq!((ran.exit, &ran.json()["valid"]), (0, &json!(true)), "{}", ran.out);
}
