//! What a bench file permits at a reader of somebody else's pcscd, and what no run goes beyond, whatever the hands do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod robot;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use robot::{Robot, SLOT, ends, json, run, script};
use varco_stand::pcscd::PrivatePcscd;
use varco_testkit::program::varco;

const RIGHT: &str = r#"{do="type",value="@pin"},{do="login"},{do="expect",end="logged-in"}"#;
const WRONG: &str =
    r#"{do="type",value="@wrong-pin"},{do="login"},{do="expect",end="pin-wrong",tries_spent=1}"#;
const CODES: &str = "mario pin 12345\nmario puk 12345678\n";

fn mario(keys: &str) -> String {
    format!("[cards.mario]\nserial = \"6999000000001016\"\nkind = \"cns\"\n{keys}\n")
}

fn end(outcome: &str, code: &str) -> [String; 2] {
    [outcome.to_owned(), code.to_owned()]
}

#[test]
fn a_wrong_card_that_the_hook_puts_in_gets_no_value_and_loses_no_try() {
    let robot = Robot::start();
    // The other card is known too, with codes and tries of its own.
    let cards = mario("spend_tries = 3")
        + "[cards.anna]\nserial = \"6999000000002022\"\nspend_tries = 3\n[cards.mario2]\nserial = \"1\"\n";
    let bench = robot.bench_file(&robot.hook(60), &cards);
    let wrong = robot.scenario("wrong", WRONG);
    let program = robot.scenario(
        "program",
        r#"{do="type",value="@pin"},{do="run",program="pkcs11-tool",arguments=["--login","-O"]},{do="expect",exit=0}"#,
    );
    let codes = format!("{CODES}anna pin 54321\n");
    let mut command = robot.bench_run(&bench, &[&wrong, &program], &[]);
    let (exit, told) = run(command.env("VPCD_RIG_ERRS", "cns-st-2021"), &codes);
    let another = end("rig-error", "bench-another-card");
    assert_eq!(ends(&told), [another.clone(), another], "{told:#}");
    assert_eq!(exit, Some(66));
    let detail = told["scenarios"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("mario") && !detail.contains("6999"), "{detail}");
    // It is still in.
    assert_eq!(robot.tries_left(), 3);

    // Without a serial in the file nothing may be spent, and looking is free.
    let bench = robot.bench_file(&robot.hook(60), "[cards.mario]\nkind = \"cns\"\n");
    let looks = robot.scenario("looks", r#"{do="card"},{do="expect",card_kind="cns"}"#);
    let mut command = robot.bench_run(&bench, &[&looks, &wrong], &[]);
    let (exit, told) = run(&mut command, "");
    assert_eq!(
        ends(&told),
        [end("passed", ""), end("not-applicable", "bench-na-spend")]
    );
    assert_eq!(exit, Some(0));
    // Its codes would belong to no card.
    let refused = varco_testkit::program::run_with_input(
        robot
            .bench_run(&bench, &[&looks], &["--codes", "fd:0"])
            .arg("--progress"),
        CODES.as_bytes(),
    );
    let refused = refused.unwrap();
    assert_eq!(refused.status.code(), Some(64));
    assert!(
        json(&refused)["error"]["detail"]
            .as_str()
            .unwrap_or_default()
            .contains("line 1")
            || json(&refused).to_string().contains("line 1")
    );
}

#[test]
fn what_is_spent_is_counted_over_all_scenarios_and_nothing_goes_beyond() {
    let robot = Robot::start();
    let bench = robot.bench_file(&robot.hook(60), &mario("spend_tries = 2"));
    let files = [
        robot.scenario("a-wrong", WRONG),
        robot.scenario("b-right", RIGHT),
        robot.scenario("c-wrong", WRONG),
        robot.scenario("d-right", RIGHT),
        robot.scenario(
            "e-change",
            r#"{do="type",value="@pin"},{do="pin-change"},{do="expect",end="done"}"#,
        ),
    ];
    let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    let (exit, told) = run(&mut robot.bench_run(&bench, &files, &["--jobs", "4"]), CODES);
    let (passed, refused) = (end("passed", ""), end("not-applicable", "bench-na-spend"));
    assert_eq!(
        ends(&told),
        [&passed, &passed, &passed, &refused, &refused].map(Clone::clone),
        "{told:#}"
    );
    assert_eq!(exit, Some(0));
    let detail = told["scenarios"][3]["detail"].as_str().unwrap();
    assert!(detail.contains("spend_tries"), "{detail}");
    // The card of the refused scenario, as it was put in.
    assert_eq!(robot.tries_left(), 3);
}

#[test]
fn a_program_that_spends_more_than_it_was_given_has_failed_and_the_budget_pays() {
    let robot = Robot::start();
    let bench = robot.bench_file(&robot.hook(60), &mario("spend_tries = 3"));
    let tool = |pin: &str| format!("pkcs11-tool --login --pin {pin} -O");
    let twice = format!(
        r#"{{do="run",program="sh",arguments=["-c","{}; {}; true"]}},{{do="expect",exit=0}}"#,
        tool("99999"),
        tool("99998")
    );
    let twice = robot.scenario("a-twice", &twice);
    let typed = robot.scenario(
        "b-typed",
        r#"{do="type",value="@pin"},{do="run",program="pkcs11-tool",arguments=["--login","-O"]},{do="expect",exit=0}"#,
    );
    let wrong = robot.scenario("c-wrong", WRONG);
    let more = robot.scenario("d-more", r#"{do="run",program="true"},{do="expect",exit=0}"#);
    let files: [&Path; 4] = [&twice, &typed, &wrong, &more];
    let (exit, told) = run(&mut robot.bench_run(&bench, &files, &[]), CODES);
    assert_eq!(
        ends(&told),
        [
            end("failed", "bench-overspent"),
            end("passed", ""),
            end("passed", ""),
            end("not-applicable", "bench-na-spend")
        ],
        "{told:#}"
    );
    assert_eq!(exit, Some(65));
}

#[test]
fn what_a_program_said_at_a_real_reader_and_a_card_of_another_kind_are_told_as_what_they_are() {
    let robot = Robot::start();
    let bench = robot.bench_file(&robot.hook(60), &mario("spend_tries = 1"));
    let says = robot.scenario(
        "says",
        r#"{do="run",program="sh",arguments=["-c","echo Mario Rossi; exit 1"]},{do="expect",exit=0}"#,
    );
    let changes = robot.scenario(
        "changes",
        r#"{do="type",value="@pin"},{do="type",value="@wrong-pin"},{do="run",program="true"},{do="expect",exit=0}"#,
    );
    let junit = robot.folder.path().join("junit.xml");
    let options = ["--junit", junit.to_str().unwrap()];
    let (exit, told) = run(&mut robot.bench_run(&bench, &[&says, &changes], &options), CODES);
    assert_eq!(
        ends(&told),
        [
            end("failed", "bench-otherwise"),
            end("not-applicable", "bench-na-spend")
        ],
        "{told:#}"
    );
    assert_eq!(exit, Some(65));
    assert_eq!(told["scenarios"][0]["detail"], "exit = 0, and it ended with 1");
    let junit = fs::read_to_string(junit).unwrap();
    assert!(
        junit.contains("it ended with 1") && !junit.contains("Rossi"),
        "{junit}"
    );
    let looks = robot.scenario("looks", r#"{do="card"},{do="expect",card_kind="cns"}"#);
    let mut command = robot.bench_run(&bench, &[&looks], &[]);
    let (exit, told) = run(command.env("VPCD_RIG_ERRS", "cie-nxp"), CODES);
    assert_eq!(ends(&told), [end("rig-error", "bench-another-card")], "{told:#}");
    assert_eq!(exit, Some(66));
}

/// Waits until a line of its progress says that the card is in.
fn until_inserted(child: &mut std::process::Child) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(": 1/")));
    assert!(said.is_some());
    // Somebody must read on.
    std::thread::spawn(move || lines.for_each(drop));
}

#[test]
fn two_runs_at_one_card_wait_for_each_other_or_say_who_has_it() {
    let (robot, other) = (Robot::start(), Robot::start());
    let cards = mario("spend_tries = 3");
    let bench = robot.bench_file(&robot.hook(60), &cards);
    let end_of_first = robot.folder.path().join("end");
    let script = format!("while [ ! -e {} ]; do sleep 0.1; done", end_of_first.display());
    let holds = format!(r#"{{do="run",program="sh",arguments=["-c","{script}"]}},{{do="expect",exit=0}}"#);
    let holds = robot.scenario("holds", &holds);
    let looks = robot.scenario("looks", r#"{do="card"},{do="expect",end="done"}"#);
    let hold = || {
        let mut held = robot.bench_run(&bench, &[&holds], &["--progress", "--timeout", "600"]);
        let mut held = held.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        until_inserted(&mut held);
        held
    };
    let mut first = hold();
    // The same card at another reader: the lock is the card's.
    let locks = robot.folder.path().join("locks");
    let at_other = |timeout_s: u32| {
        let bench = other.bench_file(&other.hook(timeout_s), &cards);
        let mut command = other.bench_run(&bench, &[&looks], &[]);
        command.env("VARCO_LOCKS", &locks);
        command
    };
    let (exit, told) = run(&mut at_other(1), "");
    assert_eq!(ends(&told), [end("rig-error", "bench-card-held")], "{told:#}");
    let detail = told["scenarios"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("the card: varco, process"), "{detail}");
    assert_eq!(exit, Some(66));
    let mut waits = at_other(600);
    let waits = std::thread::spawn(move || run(&mut waits, ""));
    sleep(Duration::from_secs(1));
    assert!(!waits.is_finished());
    fs::write(&end_of_first, "").unwrap();
    let (exit, told) = waits.join().unwrap();
    assert_eq!(
        (exit, ends(&told)),
        (Some(0), vec![end("passed", "")]),
        "{told:#}"
    );
    assert_eq!(first.wait().unwrap().code(), Some(0));

    // At one reader, whatever the card is called; and whoever is killed gives it back.
    fs::remove_file(&end_of_first).unwrap();
    let mut killed = hold();
    let at_same = |timeout_s| {
        let bench = robot.bench_file(&robot.hook(timeout_s), "");
        run(&mut robot.bench_run(&bench, &[&looks], &[]), "")
    };
    let (_, told) = at_same(1);
    assert_eq!(ends(&told), [end("rig-error", "bench-card-held")], "{told:#}");
    killed.kill().unwrap();
    killed.wait().unwrap();
    let (exit, told) = at_same(60);
    assert_eq!(
        (exit, ends(&told)),
        (Some(0), vec![end("passed", "")]),
        "{told:#}"
    );
}

fn is_running(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

/// Waits for a file that is written whole.
fn written(path: &Path) -> String {
    let begun = Instant::now();
    loop {
        match fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => assert!(begun.elapsed() < Duration::from_secs(60), "{}", path.display()),
        }
        sleep(Duration::from_millis(20));
    }
}

fn until_gone(pids: &str) {
    let begun = Instant::now();
    while pids.lines().any(is_running) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{pids}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_hook_that_hangs_is_an_error_of_the_rig_and_ends_with_ctrl_c_too() {
    let robot = Robot::start();
    let pids = robot.folder.path().join("pids");
    let hangs = |timeout_s: u32| {
        let words = format!(
            "sleep 1000 & echo $$ >{0}.new; echo $! >>{0}.new; mv {0}.new {0}; wait",
            pids.display()
        );
        format!("{{ kind = \"hook\", command = [\"sh\", \"-c\", {words:?}], timeout_s = {timeout_s} }}")
    };
    let looks = robot.scenario("looks", r#"{do="card"},{do="expect",end="done"}"#);
    let bench = robot.bench_file(&hangs(1), "");
    let (exit, told) = run(&mut robot.bench_run(&bench, &[&looks], &[]), "");
    assert_eq!(ends(&told), [end("rig-error", "bench-rig-hook")], "{told:#}");
    let detail = told["scenarios"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("no end within 1 s: killed"), "{detail}");
    assert_eq!(exit, Some(66));
    until_gone(&written(&pids));

    fs::remove_file(&pids).unwrap();
    let bench = robot.bench_file(&hangs(600), "");
    let mut child = robot
        .bench_run(&bench, &[&looks], &[])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let hook = written(&pids);
    assert!(hook.lines().all(is_running));
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    let status = child.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(2),
        "{status}"
    );
    until_gone(&hook);
}

/// A reader with keys and one card, and a hook that presses them.
struct PinPad {
    card: std::process::Child,
    service: PrivatePcscd,
    folder: tempfile::TempDir,
}

impl PinPad {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut card = Command::new(varco())
            .args(["emulate", "--json", "--profile", "cns-st", "--control"])
            .arg(at("control"))
            .args(["--via", &format!("ccid://{}", at("line").display())])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut begun = String::new();
        let mut said = BufReader::new(card.stdout.take().unwrap());
        said.read_line(&mut begun).unwrap();
        let begun: serde_json::Value = serde_json::from_str(&begun).unwrap();
        let entry = begun["reader_entry"].as_str().unwrap();
        let service = PrivatePcscd::start_with(entry).unwrap();
        std::thread::spawn(move || said.lines().for_each(drop));
        Self {
            card,
            service,
            folder,
        }
    }

    /// `bench run` of these scenarios, by name and steps after the insertion, with these cards in the bench file.
    fn bench_run(&self, cards: &str, scenarios: &[(&str, &str)]) -> Command {
        let at = |name: &str| self.folder.path().join(name);
        let bench = format!(
            "format = 1\nreader = \"GemPCPinPad\"\nkeypad = true\nrig = {{ kind = \"hook\", command = [{:?}] }}\n{cards}",
            script()
        );
        fs::write(at("bench.toml"), bench).unwrap();
        let mut command = Command::new(varco());
        command
            .args(["--json", "bench", "run", "--target", "reader", "--bench"])
            .arg(at("bench.toml"))
            .envs(self.service.env())
            .env("VPCD_RIG", self.folder.path())
            .env("VPCD_RIG_PLAY", "")
            .env("VPCD_RIG_CARD", at("control"))
            .env("VARCO_LOCKS", at("locks"));
        for (name, steps) in scenarios {
            let text = format!(
                "format = 1\nname = \"{name}\"\ntitle = \"T\"\nsteps = [\n{{do=\"insert\",card=\"c\"}},\n{steps}\n]\n\
                 [cards.c]\nkind = \"cns\"\nprofile = \"cns-st\"\n"
            );
            let path = at(&format!("{name}.toml"));
            fs::write(&path, text).unwrap();
            command.arg(path);
        }
        command
    }
}

impl Drop for PinPad {
    fn drop(&mut self) {
        let _ = self.card.kill();
        let _ = self.card.wait();
    }
}

#[test]
fn a_hook_presses_the_keys_of_a_reader_that_has_them() {
    let pad = PinPad::start();
    let steps = r#"
        {do="type",value="@wrong-pin"},{do="login"},{do="expect",end="pin-wrong",asked=1,tries_left=2},
        {do="type",value="@cancel"},{do="login"},{do="expect",end="entry-cancelled",tries_spent=0},
        {do="type",value="@pin"},{do="login"},{do="expect",end="logged-in",tries_left=3},
        {do="type",value="@pin"},{do="type",value="@new-pin"},{do="type",value="@new-pin"},
        {do="pin-change"},{do="expect",end="done",asked=3},
        {do="type",value="@new-pin"},
        {do="run",program="pkcs11-tool",arguments=["--login","--list-objects"]},
        {do="expect",exit=0,output=["Private Key Object*"]},
    "#;
    let cards = mario("spend_tries = 2\ndestructive = true");
    let (exit, told) = run(&mut pad.bench_run(&cards, &[("keys", steps)]), CODES);
    assert_eq!(ends(&told), [end("passed", "")], "{told:#}");
    assert_eq!(exit, Some(0));
    assert_ne!(SLOT, "GemPCPinPad");
}

#[test]
fn a_hand_that_presses_digits_for_the_key_that_gives_up_spends_what_was_permitted_and_no_more() {
    let pad = PinPad::start();
    let cancels = r#"{do="type",value="@cancel"},{do="login"},{do="expect",end="pin-wrong"}"#;
    let two =
        r#"{do="type",value="@pin"},{do="type",value="@pin"},{do="run",program="true"},{do="expect",exit=0}"#;
    let refused = end("not-applicable", "bench-na-spend");
    // Whose card it is nobody knows: nothing is asked of the hand.
    let mut nobodys = pad.bench_run("[cards.any]\nkind = \"cns\"\n", &[("cancels", cancels)]);
    let (exit, told) = run(nobodys.env("VPCD_RIG_SLIPS", "99999"), "");
    assert_eq!(ends(&told), std::slice::from_ref(&refused), "{told:#}");
    assert_eq!(exit, Some(0));
    let counted = cancels.replace("\"pin-wrong\"", "\"pin-wrong\",tries_left=2,tries_spent=1");
    let mut slips = pad.bench_run(
        &mario("spend_tries = 1"),
        &[("a", &counted), ("b", &counted), ("c", cancels)],
    );
    let (_, told) = run(slips.env("VPCD_RIG_SLIPS", "99999"), CODES);
    assert_eq!(
        ends(&told),
        [end("passed", ""), refused.clone(), refused],
        "{told:#}"
    );
    // Nobody can look between two values that a program asks for on the keys.
    let all = mario("spend_tries = 2\ndestructive = true");
    let (_, told) = run(&mut pad.bench_run(&all, &[("two", two)]), CODES);
    assert_eq!(ends(&told), [end("not-applicable", "bench-na-keys")], "{told:#}");
}

#[test]
fn a_card_that_tells_no_counter_needs_destructive_for_each_pin() {
    let robot = Robot::start();
    let right = robot.scenario("right", RIGHT);
    let cards = mario("spend_tries = 1").replace("6999000000001016", "6999000000011114");
    for (more, wanted) in [
        ("", end("not-applicable", "bench-na-spend")),
        ("destructive = true\n", end("passed", "")),
    ] {
        let bench = robot.bench_file(&robot.hook(60), &format!("{cards}{more}"));
        let mut command = robot.bench_run(&bench, &[&right], &[]);
        let (exit, told) = run(command.env("VPCD_RIG_ERRS", "cns-chipdoc"), CODES);
        assert_eq!(ends(&told), [wanted], "{told:#}");
        assert_eq!(exit, Some(0));
    }
}

#[test]
fn a_program_is_not_run_at_an_empty_reader_since_a_card_may_come() {
    let robot = Robot::start();
    let bench = robot.bench_file(&robot.hook(60), &mario("spend_tries = 3\ndestructive = true"));
    let ran = robot.folder.path().join("ran");
    let steps = format!(
        r#"{{do="remove"}},{{do="run",program="touch",arguments=["{}"]}},{{do="expect",exit=0}}"#,
        ran.display()
    );
    let empty = robot.scenario("empty", &steps);
    let (exit, told) = run(&mut robot.bench_run(&bench, &[&empty], &[]), CODES);
    assert_eq!(ends(&told), [end("not-applicable", "bench-na-spend")], "{told:#}");
    assert_eq!(exit, Some(0));
    assert!(!ran.exists());
}

#[test]
fn codes_that_came_by_a_descriptor_are_there_for_no_hook_and_no_program() {
    let robot = Robot::start();
    let at = |name: &str| robot.folder.path().join(name);
    let look = |into: &str| {
        format!(
            "(cat <&3; cat /proc/self/fd/3) >>{} 2>&1; true",
            at(into).display()
        )
    };
    let hook = format!("{}; exec {} \"$@\"", look("hook"), script().display());
    let rig = format!("{{ kind = \"hook\", command = [\"sh\", \"-c\", {hook:?}, \"hook\"] }}");
    let bench = robot.bench_file(&rig, &mario("spend_tries = 1"));
    let steps = format!(
        r#"{{do="run",program="sh",arguments=["-c","{}"]}},{{do="expect",exit=0}}"#,
        look("program")
    );
    let looks = robot.scenario("looks", &steps);
    fs::write(at("codes"), CODES).unwrap();
    let command = robot.bench_run(&bench, &[&looks], &["--codes", "fd:3"]);
    let mut piped = Command::new("sh");
    piped
        .args([
            "-c",
            "codes=$1; shift; cat \"$codes\" | \"$@\" 3<&0 </dev/null",
            "sh",
        ])
        .arg(at("codes"))
        .arg(command.get_program())
        .args(command.get_args());
    robot.lend(&mut piped);
    let output = piped.output().unwrap();
    let told = json(&output);
    assert_eq!(ends(&told), [end("passed", "")], "{told:#}");
    for who in ["hook", "program"] {
        let got = fs::read_to_string(at(who)).unwrap();
        assert!(!got.contains("mario") && !got.contains("12345"), "{who}: {got}");
    }
}

/// A terminal with the program in its foreground.
struct Seat {
    child: std::process::Child,
    shown: std::sync::Arc<std::sync::Mutex<String>>,
}

impl Seat {
    fn at(robot: &Robot, command: &Command) -> Self {
        let words: Vec<&str> = [command.get_program()]
            .into_iter()
            .chain(command.get_args())
            .map(|word| word.to_str().unwrap())
            .collect();
        let mut terminal = Command::new("script");
        robot.lend(terminal.args(["-qec", &words.join(" "), "/dev/null"]));
        let mut child = terminal
            .env("LC_ALL", "en_GB.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let shown = std::sync::Arc::<std::sync::Mutex<String>>::default();
        let (mut from, kept) = (child.stdout.take().unwrap(), std::sync::Arc::clone(&shown));
        std::thread::spawn(move || {
            let mut part = [0; 1024];
            while let Ok(read @ 1..) = std::io::Read::read(&mut from, &mut part) {
                kept.lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&part[..read]));
            }
        });
        Self { child, shown }
    }

    fn until_shown(&self, what: &str) {
        let begun = Instant::now();
        while !self.shown.lock().unwrap().contains(what) {
            let shown = self.shown.lock().unwrap().clone();
            assert!(begun.elapsed() < Duration::from_secs(60), "{what:?}: {shown}");
            sleep(Duration::from_millis(20));
        }
    }

    fn types(&mut self, keys: &str) {
        use std::io::Write as _;
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin
            .write_all(keys.as_bytes())
            .and_then(|()| stdin.flush())
            .unwrap();
    }

    fn end(mut self) -> (Option<i32>, String) {
        // Waiting would close it, which is what Ctrl-D does.
        let _keyboard = self.child.stdin.take();
        let status = self.child.wait().unwrap();
        (status.code(), self.shown.lock().unwrap().clone())
    }
}

#[test]
fn a_person_is_told_what_to_do_and_types_the_pin_at_the_terminal_or_gives_up() {
    let robot = Robot::start();
    let hand = |words: &[&str]| {
        let mut hand = Command::new(script());
        robot.lend(hand.args(words));
        hand.env("VARCO_BENCH_SCENARIO", "hand")
            .env("VARCO_BENCH_PROFILES", "cns-st");
        assert!(hand.status().unwrap().success());
    };
    // Something lies in the reader.
    hand(&["insert", "mario"]);
    let begun = Instant::now();
    while !robot
        .varco(&["card", "--json", "--reader", SLOT])
        .output()
        .unwrap()
        .status
        .success()
    {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "pcscd does not see the card"
        );
    }
    let bench = robot.bench_file(
        "{ kind = \"prompt\", timeout_s = 120 }",
        &mario("spend_tries = 1"),
    );
    let logs_in = robot.scenario("logs-in", &format!("{RIGHT},{{do=\"remove\"}}"));
    let mut command = robot.bench_run(&bench, &[&logs_in], &[]);
    let mut seat = Seat::at(&robot, &command);
    seat.until_shown("Take the card out of Virtual PCD 00 00");
    hand(&["remove"]);
    seat.until_shown("Put this card into Virtual PCD 00 00: mario, 6999000000001016");
    hand(&["insert", "mario"]);
    seat.until_shown("PIN");
    seat.types("12345\r");
    let begun = Instant::now();
    while seat.shown.lock().unwrap().matches("Take the card out").count() < 2 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{}",
            seat.shown.lock().unwrap()
        );
        sleep(Duration::from_millis(20));
    }
    hand(&["remove"]);
    let (exit, shown) = seat.end();
    assert!(
        shown.contains("\"outcome\":\"passed\"") && !shown.contains("12345"),
        "{shown}"
    );
    assert_eq!(exit, Some(0));

    command = robot.bench_run(&bench, &[&logs_in], &[]);
    let mut seat = Seat::at(&robot, &command);
    seat.until_shown("q and Enter to give up");
    seat.types("q\r");
    let (exit, shown) = seat.end();
    assert!(shown.contains("bench-rig-cancelled"), "{shown}");
    assert_eq!(exit, Some(66));
}
