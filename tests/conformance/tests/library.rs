//! The examples of the library as other programs meet them: without hardware, and behind a real pcscd beside OpenSC.
//!
//! Not here: the library's own claims on played cards (tests/scenario).
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, example};

fn fixture(name: &str) -> String {
    format!("{}/../../fixtures/pki/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs an example to its end, in English.
fn run(name: &str, arguments: &[&str]) -> (bool, String) {
    let package = if name == "mtls-login" {
        "varco-tls"
    } else {
        "varco"
    };
    let mut command = Command::new(example(name, package));
    let output = command.args(arguments).env("LC_ALL", "en").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    (
        output.status.success(),
        told + &String::from_utf8_lossy(&output.stderr),
    )
}

#[test]
fn the_examples_run_without_hardware() {
    let (done, told) = run("desktop-login", &[]);
    assert!(
        done && told.contains("[6/6] verified") && told.contains("Permit"),
        "{told}"
    );
    let (done, told) = run("desktop-login", &["--played", "cie-nxp"]);
    assert!(done && told.contains("[3/6] the card proved"), "{told}");
    let (done, told) = run("desktop-login", &["--give-up"]);
    assert!(!done && told.contains("[cancelled]"), "{told}");
    let (done, told) = run("desktop-login", &["--played", "cns-revoked"]);
    assert!(!done && told.contains("[certificate-revoked]"), "{told}");
    assert!(!told.contains("PIN: (typed)"), "{told}");
    let (done, told) = run("watch-readers", &[]);
    assert!(
        done && told.contains("CIE 3.0, NXP chip") && told.contains("Athena"),
        "{told}"
    );
    for keep in [&[][..], &["--keep"]] {
        let (done, told) = run("kiosk-session", keep);
        assert!(done && told.matches("Welcome").count() == 2, "{told}");
        let answered = told.matches("another service was answered: true").count();
        assert_eq!(answered, 2 * keep.len(), "{told}");
    }
}

/// The kiosk of the examples behind a pcscd, with a PIN from a pipe.
struct Kiosk {
    child: Child,
    told: BufReader<ChildStdout>,
}

impl Kiosk {
    fn start(service: &PrivatePcscd, more: &[&str]) -> Self {
        let mut child = service
            .command(example("kiosk-session", "varco"))
            .args(["--reader", "any", "--once", "--entry", "stdin"])
            .args([
                "--trust-test",
                &fixture("ca-cns.der"),
                "--crl",
                &fixture("crl-cns.crl"),
            ])
            .args(more)
            .env("LC_ALL", "en")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.as_mut().unwrap().write_all(b"12345\n").unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        Self { child, told }
    }

    /// Reads on until a line has this in it.
    fn until(&mut self, wanted: &str) -> String {
        let mut all = String::new();
        loop {
            let begin = all.len();
            assert!(
                self.told.read_line(&mut all).unwrap() > 0,
                "no `{wanted}` in {all}"
            );
            if all.get(begin..).is_some_and(|line| line.contains(wanted)) {
                return all;
            }
        }
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// OpenSC, which reads the card's name as another program would.
fn another_program(service: &PrivatePcscd) -> Command {
    let mut command = service.command("opensc-tool");
    command
        .args(["--name"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn a_card_that_is_kept_is_kept_from_other_programs_until_the_session_ends() {
    let service = PrivatePcscd::start().unwrap();
    let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let mut kiosk = Kiosk::start(&service, &["--keep", "--session-s", "3"]);
    kiosk.until("another service was answered: true");
    let mut other = another_program(&service).spawn().unwrap();
    // Nothing is measured here: it is looked at while the session lasts, and once it has ended.
    std::thread::sleep(core::time::Duration::from_millis(1000));
    assert!(
        other.try_wait().unwrap().is_none(),
        "another program got to the card"
    );
    kiosk.until("its time is over");
    let output = other.wait_with_output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    assert!(
        String::from_utf8_lossy(&told).contains("CNS"),
        "{}",
        String::from_utf8_lossy(&told)
    );
    assert!(kiosk.child.wait().unwrap().success());
}

#[test]
fn a_program_that_is_killed_while_it_keeps_a_card_leaves_no_verified_pin() {
    let service = PrivatePcscd::start().unwrap();
    let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let mut kiosk = Kiosk::start(&service, &["--keep"]);
    kiosk.until("another service was answered: true");
    // SIGKILL: nothing of the program runs any more.
    kiosk.child.kill().unwrap();
    kiosk.child.wait().unwrap();
    // The service lets go of it, and another program asks the card: a verified PIN would be answered with 9000.
    let mut ask = another_program(&service);
    let output = ask.args(["--send-apdu", "00:20:00:90"]).output().unwrap();
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(told.contains("SW1=0x63, SW2=0xC3"), "{told}");
}

#[test]
fn a_card_that_is_reset_at_once_is_free_for_other_programs_and_the_session_lasts() {
    let service = PrivatePcscd::start().unwrap();
    let card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
    let mut kiosk = Kiosk::start(&service, &[]);
    kiosk.until("Welcome");
    let output = another_program(&service).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    assert!(
        String::from_utf8_lossy(&told).contains("CNS"),
        "{}",
        String::from_utf8_lossy(&told)
    );
    // The session ends with the card, whoever else used it.
    drop(card);
    kiosk.until("the card was taken out");
}

#[test]
fn a_service_that_stops_ends_the_session_and_says_so() {
    for (keep, last) in [
        (&[][..], "Welcome"),
        (&["--keep"], "another service was answered"),
    ] {
        let mut service = PrivatePcscd::start().unwrap();
        let _card = CardBehindPcscd::insert(&service, "cns-st", &[]).unwrap();
        let mut kiosk = Kiosk::start(&service, keep);
        kiosk.until(last);
        service.stop().unwrap();
        kiosk.until("the reader is not connected any more");
    }
}

/// `openssl s_server`, which requires a certificate below the test authorities and shows a page.
struct Openssl {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Openssl {
    fn start(version: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clients = ["ca-cns.pem", "ca-cie-root.pem", "ca-cie-sub.pem"];
        let clients = clients.map(|name| std::fs::read_to_string(fixture(name)).unwrap());
        std::fs::write(folder.path().join("clients.pem"), clients.concat()).unwrap();
        let own = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem -days 30 \
                   -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
        let mut make = Command::new("openssl");
        let made = make
            .args(own.split_whitespace())
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let mut serve = Command::new("openssl");
        let serve = serve
            .args([
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-naccept",
                "2",
                "-www",
                version,
            ])
            .args(["-Verify", "3", "-verify_return_error", "-CAfile", "clients.pem"])
            .args(["-cert", "server.pem", "-key", "server.key"])
            .current_dir(folder.path());
        let serve = serve
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = serve.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let accepting = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with("ACCEPT"));
        let port = accepting.unwrap().rsplit_once(':').unwrap().1.to_owned();
        // Read on, or the program would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address: format!("localhost:{port}"),
            folder,
        }
    }

    fn log_in(&self, played: &str) -> (bool, String) {
        let roots = self.folder.path().join("server.pem");
        let roots = roots.to_str().unwrap();
        run(
            "mtls-login",
            &["--played", played, "--server", &self.address, "--roots", roots],
        )
    }
}

impl Drop for Openssl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_client_whose_key_is_on_a_card_logs_in_to_openssl_and_to_a_server_of_ours() {
    for (card, version, logs_in) in [
        ("cns-st", "-tls1_2", Some("TLSv1_2")),
        ("cns-st", "-tls1_3", Some("TLSv1_3")),
        ("cie-nxp", "-tls1_2", Some("TLSv1_2")),
        ("cie-nxp", "-tls1_3", None),
    ] {
        let (done, told) = Openssl::start(version).log_in(card);
        let ours: &[&str] = if version == "-tls1_3" { &["--tls13"] } else { &[] };
        let (ours_done, ours_told) = run("mtls-login", &[&["--played", card][..], ours].concat());
        match logs_in {
            Some(version) => {
                assert!(done && told.matches(version).count() == 2, "{card}: {told}");
                assert!(
                    ours_done && ours_told.matches("Benvenuto").count() == 2,
                    "{card}: {ours_told}"
                );
                // One PIN, two handshakes, and a card that is given back clean.
                assert_eq!(told.matches("PIN: (typed)").count(), 1, "{told}");
                assert!(told.ends_with("Reset\n"), "{told}");
            }
            None => {
                for (done, told) in [(done, told), (ours_done, ours_told)] {
                    assert!(!done && told.contains("[tls-needs-1-2]"), "{card}: {told}");
                }
            }
        }
    }
}
