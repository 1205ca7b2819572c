//! The C face from C, under valgrind, and from Python: programs of either are compiled or started here and must end well.
//!
//! Not here: what a panicking prompt does (`src/tests.rs`), and the header itself (`header.rs`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

use varco::proof::{Expected, Profile, Proof, ProofTrust, verify};
use varco::steps::Timestamp;
use varco::trust::{
    AnchorKind, EvidenceAtHand, RevocationCheck, RevocationMode, TrustAnchors, load_anchors, load_crl,
};
use varco::{Audience, Nonce};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn fixtures() -> PathBuf {
    Path::new(HERE).join("../../fixtures").canonicalize().unwrap()
}

/// A folder of its own with the library, so that no other build replaces it meanwhile.
fn libraries() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let built = varco_testkit::program::libvarco();
        let folder = tempfile::tempdir().unwrap();
        for library in ["libvarco.so", "libvarco.a"] {
            std::fs::copy(built.join(library), folder.path().join(library)).unwrap();
        }
        folder
    });
    folder.path()
}

/// How a program is linked.
#[derive(Clone, Copy)]
enum Linked {
    Shared,
    Whole,
}

fn compiled(source: &Path, linked: Linked, into: &Path) -> PathBuf {
    let program = into.join(source.file_stem().unwrap());
    let mut cc = Command::new("cc");
    cc.args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-g", "-I"])
        .arg(Path::new(HERE).join("include"))
        .arg("-o")
        .arg(&program)
        .arg(source);
    match linked {
        Linked::Shared => cc
            .arg("-L")
            .arg(libraries())
            .args(["-lvarco", "-lpthread"])
            .arg(format!("-Wl,-rpath,{}", libraries().display())),
        Linked::Whole => {
            cc.arg(libraries().join("libvarco.a"))
                .args(["-lpcsclite", "-lpthread", "-ldl", "-lm"])
        }
    };
    run(&mut cc, "");
    program
}

/// Runs it to its end, which must be a good one, and gives what it wrote.
fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// What is known once and for all (texts, rules, dates) lives until the end of the process, in tables that valgrind cannot tell
/// from what is possibly lost. That it does not grow is counted.
fn valgrind(log: &Path) -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--error-exitcode=99", "--leak-check=full"])
        .args([
            "--show-leak-kinds=definite,indirect",
            "--errors-for-leak-kinds=definite,indirect",
        ])
        .arg(format!("--log-file={}", log.display()));
    valgrind
}

/// The program under valgrind, so many rounds of it; bytes and blocks that are in use at its end.
fn in_use_after(rounds: u32, program: &Path, folder: &Path, proof: &Path) -> String {
    let log = folder.join("valgrind.log");
    let mut command = valgrind(&log);
    command
        .arg(program)
        .arg(fixtures())
        .arg(proof)
        .arg(rounds.to_string());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(output.status.success(), "{said}\n{log}");
    assert!(said.ends_with("all is well\n"), "{said}");
    let in_use = log.lines().find_map(|line| line.split_once("in use at exit: "));
    in_use.unwrap_or_else(|| panic!("{log}")).1.to_owned()
}

/// What a relying party would find of the proof that a program left.
fn check_proof(path: &Path) {
    let proof = Proof::parse(&std::fs::read(path).unwrap()).unwrap();
    let mut anchors = TrustAnchors::default();
    anchors.extend(load_anchors(&fixtures().join("pki/ca-cns.der"), AnchorKind::Test).unwrap());
    let mut evidence = EvidenceAtHand::default();
    for list in load_crl(&fixtures().join("pki/crl-cns.crl"), None).unwrap() {
        evidence.add_list(Arc::new(list));
    }
    let trust = ProofTrust {
        anchors: &anchors,
        intermediates: &[],
        revocation: RevocationCheck {
            mode: RevocationMode::Hard,
            source: &evidence,
        },
        profile: Profile::Cns,
    };
    // The programs' nonce: the numbers from 0 to 31.
    let nonce: Vec<u8> = (0..32).collect();
    let expected = |audience: &str| {
        let audience = Audience::parse(audience).unwrap();
        // It was made some seconds ago: valgrind is slow.
        Expected::new(audience, Nonce::new(&nonce).unwrap(), Timestamp::now()).max_age(3600)
    };
    let proven = verify(&proof, &expected("kiosk-7.example"), &trust).unwrap();
    assert_eq!(proven.identity().credential().id(), "cns");
    let other = verify(&proof, &expected("elsewhere.example"), &trust).unwrap_err();
    assert_eq!(other.code(), "proof-audience");
}

#[test]
fn a_c_program_logs_in_under_valgrind_its_proof_holds_and_nothing_piles_up() {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(HERE).join("tests/login.c");
    let program = compiled(&source, Linked::Shared, folder.path());
    let proof = folder.path().join("proof.json");
    let once = in_use_after(1, &program, folder.path(), &proof);
    check_proof(&proof);
    let twice = in_use_after(2, &program, folder.path(), &proof);
    assert_eq!(once, twice, "more rounds keep more memory");
}

#[test]
fn the_same_program_works_with_the_static_library() {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(HERE).join("tests/login.c");
    let program = compiled(&source, Linked::Whole, folder.path());
    let proof = folder.path().join("proof.json");
    let said = run(Command::new(program).arg(fixtures()).arg(&proof).arg("1"), "");
    assert!(said.ends_with("all is well\n"), "{said}");
}

/// A wrong PIN that stands nowhere else: the played card knows the right one, and the source has it only in disguise.
#[test]
fn no_pin_is_left_in_the_memory_of_a_c_program() {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(HERE).join("tests/left_in_memory.c");
    let program = compiled(&source, Linked::Shared, folder.path());
    let said = run(Command::new(program).arg(fixtures()), "");
    assert_eq!(said, "found before: 1, after: 0\n");
}

#[test]
fn a_python_program_logs_in_by_ctypes() {
    let folder = tempfile::tempdir().unwrap();
    let proof = folder.path().join("proof.json");
    let said = run(
        Command::new("python3")
            .arg(Path::new(HERE).join("tests/login.py"))
            .arg(libraries().join("libvarco.so"))
            .arg(fixtures())
            .arg(&proof),
        "",
    );
    assert!(said.ends_with("all is well\n"), "{said}");
    check_proof(&proof);
}

/// The blocks of the guide in this language.
fn samples(language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(Path::new(HERE).join("../../docs/c-api.md")).unwrap();
    let opening = format!("```{language}\n");
    page.split(&opening)
        .skip(1)
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_samples_of_the_guide_log_in_as_they_stand_there() {
    let folder = tempfile::tempdir().unwrap();
    let authority = fixtures().join("pki/ca-cns.der");
    let list = fixtures().join("pki/crl-cns.crl");
    let [c, python] = [("c", "sample.c"), ("python", "sample.py")].map(|(language, name)| {
        let [sample] = <[String; 1]>::try_from(samples(language)).unwrap();
        assert!(
            sample.lines().count() <= 40,
            "{language}: longer than forty lines"
        );
        let path = folder.path().join(name);
        std::fs::write(&path, sample).unwrap();
        path
    });
    let program = compiled(&c, Linked::Shared, folder.path());
    let said = run(
        valgrind(&folder.path().join("valgrind.log"))
            .arg(program)
            .arg("played:cns-st")
            .args([&authority, &list]),
        "12345\n",
    );
    assert!(said.contains("\"codice_fiscale\""), "{said}");
    let said = run(
        Command::new("python3")
            .arg(python)
            .arg(libraries().join("libvarco.so"))
            .arg("played:cns-st")
            .args([&authority, &list]),
        "12345\n",
    );
    assert!(said.contains("\"codice_fiscale\""), "{said}");
}
