//! The composite action and the Containerfile: their form, and the scripts that both run, judged by shellcheck and run.
//!
//! Not here: GitHub and a container engine, of which there is neither. The scripts are given a program that is built already:
//! building it from a bare machine is what they do elsewhere.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use varco_testkit::program::varco;

const CHECK_ACTION: &str = r#"
import sys, yaml
action = yaml.safe_load(open(sys.argv[1]))
assert set(action) == {"name", "description", "inputs", "runs"}, action.keys()
for name, given in action["inputs"].items():
    assert set(given) <= {"description", "required", "default"} and given["description"], name
    assert given["required"] is True or isinstance(given["default"], str), name
runs = action["runs"]
assert runs["using"] == "composite" and set(runs) == {"using", "steps"}
for step in runs["steps"]:
    assert set(step) == {"name", "shell", "run", "env"} and step["shell"] == "bash", step
    # Inputs reach a script by its environment, never by its text.
    assert "${{" not in step["run"], step
    for value in step["env"].values():
        used = value.removeprefix("${{ inputs.").removesuffix(" }}")
        assert used in action["inputs"], value
    print(step["run"].strip('"').removeprefix("$GITHUB_ACTION_PATH/"))
"#;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn folder() -> PathBuf {
    workspace().join(".github/actions/varco-bench")
}

fn text(output: Output) -> String {
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

fn script(name: &str) -> Command {
    let mut script = Command::new(folder().join(name));
    script.env("VARCO", varco()).current_dir("/");
    script
}

#[test]
fn the_action_has_the_form_of_one_and_runs_scripts_that_are_there() {
    let mut check = Command::new("python3");
    check.args(["-c", CHECK_ACTION]).arg(folder().join("action.yml"));
    let scripts = text(check.output().unwrap());
    assert_eq!(
        scripts.lines().collect::<Vec<_>>(),
        ["packages.sh", "build.sh", "run.sh"]
    );
    let mut check = Command::new("shellcheck");
    check.args(scripts.lines().map(|script| folder().join(script)));
    text(check.arg(workspace().join(".ci/run")).output().unwrap());
}

#[test]
fn the_containerfile_has_the_form_of_one_and_names_what_is_there() {
    let file = fs::read_to_string(folder().join("Containerfile")).unwrap();
    let whole = file.replace("\\\n", " ");
    let instructions: Vec<(&str, &str)> = whole
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    let known = ["FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "CMD"];
    assert!(
        instructions.iter().all(|(name, _)| known.contains(name)),
        "{instructions:?}"
    );
    assert!(instructions.first().is_some_and(|(name, _)| *name == "FROM"));
    // The last stage does not end as root.
    let last = instructions
        .iter()
        .rposition(|(name, _)| *name == "FROM")
        .unwrap();
    assert!(
        instructions
            .iter()
            .skip(last)
            .any(|(name, user)| *name == "USER" && *user != "root")
    );
    for (name, rest) in &instructions {
        let words: Vec<&str> = rest.split_whitespace().collect();
        if *name == "COPY" && !rest.starts_with("--from=") {
            let (_, sources) = words.split_last().unwrap();
            assert!(
                sources.iter().all(|source| workspace().join(source).exists()),
                "{rest}"
            );
        }
        if *name == "CMD" {
            serde_json::from_str::<Vec<String>>(rest).unwrap();
        }
    }
}

#[test]
fn the_scripts_run_a_command_with_a_card() {
    // Everything is installed where tests run: nothing is changed here.
    text(script("packages.sh").output().unwrap());
    assert!(text(script("build.sh").output().unwrap()).starts_with("varco "));
    let mut run = script("run.sh");
    run.env("VARCO_CARD", "cns-st cns-athena").env(
        "VARCO_COMMAND",
        "opensc-tool --list-readers && echo \"$VARCO_BENCH_CARDS cards\"",
    );
    let said = text(run.output().unwrap());
    assert!(
        said.contains("Virtual PCD 00 01") && said.contains("2 cards"),
        "{said}"
    );
    let mut run = script("run.sh");
    assert_eq!(
        run.env("VARCO_COMMAND", "exit 7").status().unwrap().code(),
        Some(7)
    );
}
