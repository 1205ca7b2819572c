//! A pcscd of one's own: started, stopped and restarted by a test or a demo, invisible to the system's.
//!
//! It is not a PC/SC client (nothing here links libpcsclite) and not a card: clients find the service by
//! [`PrivatePcscd::env`], a played card reaches its slot when it runs through [`PrivatePcscd::command`].
//!
//! How it is kept apart, and why so:
//! - pcscd has its socket path compiled in, so it gets a mount name space with a private folder over
//!   `/run/pcscd`. Seen from outside, the socket is in that folder, and clients stay outside.
//! - vpcd listens on every interface, so it gets a network name space too: nothing but this loopback can
//!   reach the slots. It also lets every instance use the same ports; picking a free pair per instance
//!   instead would race with every other program between the choice and the bind.
//! - Both come from `unshare`, as root or, where unprivileged user name spaces are on, as anyone.
//!
//! A small shell inside holds the name spaces and obeys words on its standard input. When that input closes,
//! for whatever reason (drop, panic, SIGKILL of the test), it kills pcscd and removes the private folder.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The port of slot 0; slot 1 has the next one. vpcd always offers two slots.
pub const VPCD_PORT: u16 = 35963;

/// The reader's name up to its slot: PC/SC lists `Virtual PCD 00 00` and `Virtual PCD 00 01`.
pub const READER_NAME: &str = "Virtual PCD";

const VPCD_DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const START_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Runs inside the new name spaces; its only argument is the private folder.
///
/// pcscd is killed, not asked: it has nothing to save, and a stop must not hang on a card that hangs.
const SUPERVISOR: &str = r#"
set -eu
dir=$1
pid=
PATH=$PATH:/usr/sbin:/sbin
stop() {
    if [ -n "$pid" ]; then
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        pid=
    fi
    rm -f "$dir/run/pcscd.comm" "$dir/run/pcscd.pid"
}
trap '' PIPE
trap 'stop; rm -rf -- "$dir"' EXIT
ip link set lo up
mkdir -p /run/pcscd 2>/dev/null || { mount -t tmpfs tmpfs /run; mkdir /run/pcscd; }
mount --bind "$dir/run" /run/pcscd
echo ready
while read -r word; do
    case $word in
        start)
            pcscd --foreground --error --config "$dir/conf" >>"$dir/pcscd.log" 2>&1 &
            pid=$!
            echo started ;;
        stop)
            stop
            echo stopped ;;
    esac
done
"#;

/// Whose name spaces: as root the mount and network ones are enough, an ordinary user needs a user one around them.
#[derive(Clone, Copy, Debug)]
enum Privilege {
    Root,
    UserNamespace,
}

impl Privilege {
    fn unshare(self) -> &'static [&'static str] {
        match self {
            Self::Root => &["--mount", "--net"],
            Self::UserNamespace => &["--user", "--map-root-user", "--mount", "--net"],
        }
    }

    fn nsenter(self) -> &'static [&'static str] {
        match self {
            Self::Root => &["--net"],
            Self::UserNamespace => &["--user", "--preserve-credentials", "--net"],
        }
    }
}

/// A running pcscd with one vpcd reader of two slots. Dropping it kills the service and removes its folder.
#[derive(Debug)]
pub struct PrivatePcscd {
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    supervisor: Child,
    privilege: Privilege,
    folder: TempDir,
}

impl PrivatePcscd {
    /// Starts the service and returns when it answers on its socket, with both slots empty.
    ///
    /// # Errors
    /// When pcscd or vpcd is not installed, when neither kind of name space is allowed, or when the service
    /// is not up within 10 seconds; the text holds what the programs said.
    pub fn start() -> io::Result<Self> {
        Self::start_with(&format!(
            "FRIENDLYNAME \"{READER_NAME}\"\nDEVICENAME /dev/null:{VPCD_PORT}\n\
             LIBPATH {VPCD_DRIVER}\nCHANNELID {VPCD_PORT}\n"
        ))
    }

    /// Starts the service with another reader than vpcd, by its entry in the configuration.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_with(configuration: &str) -> io::Result<Self> {
        if !Path::new(VPCD_DRIVER).exists() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{VPCD_DRIVER} is not there: install vsmartcard-vpcd (`cargo xtask test` does it)"),
            ));
        }
        let mut service = match Self::supervise(Privilege::Root, configuration) {
            Ok(service) => service,
            Err(as_root) => Self::supervise(Privilege::UserNamespace, configuration).map_err(|as_user| {
                io::Error::new(
                    as_user.kind(),
                    format!("{as_root}; in a user name space: {as_user}"),
                )
            })?,
        };
        service.launch()?;
        Ok(service)
    }

    /// The environment a PC/SC client outside the name spaces needs to find this service.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        vec![(
            "PCSCLITE_CSOCK_NAME".to_owned(),
            self.socket().display().to_string(),
        )]
    }

    /// The path of the service's socket as seen from outside.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// A command that will run inside this service's network, where the slots' ports are, with [`Self::env`]
    /// set. Files and the process id are those of the program itself, so it can be killed directly.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg("--target")
            .arg(self.supervisor.id().to_string())
            .args(self.privilege.nsenter())
            .arg("--")
            .arg(program.as_ref())
            .envs(self.env());
        command
    }

    /// The port that a card for `slot` (0 or 1) connects to on 127.0.0.1, inside [`Self::command`].
    #[must_use]
    pub fn port(&self, slot: u16) -> u16 {
        VPCD_PORT + slot
    }

    /// What pcscd wrote so far, for a failure's message.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("pcscd.log")).unwrap_or_default()
    }

    /// Kills the service at once, as a crash would; [`Self::restart`] brings it back.
    ///
    /// # Errors
    /// When the supervisor is gone.
    pub fn stop(&mut self) -> io::Result<()> {
        self.ask("stop", "stopped")
    }

    /// Kills the service if it runs and starts it anew on the same socket and ports. Cards that were
    /// connected have lost their slot and must connect again.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn restart(&mut self) -> io::Result<()> {
        self.stop()?;
        self.launch()
    }

    /// Makes the private folder and the name spaces, without a service yet.
    fn supervise(privilege: Privilege, configuration: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("varco-pcscd-").tempdir()?;
        fs::create_dir(folder.path().join("run"))?;
        fs::create_dir(folder.path().join("conf"))?;
        fs::write(folder.path().join("conf/reader"), configuration)?;
        let complaints = folder.path().join("supervisor.log");
        let mut supervisor = Command::new("unshare")
            .args(privilege.unshare())
            .args(["--", "sh", "-c", SUPERVISOR, "varco-pcscd"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&complaints)?)
            // Its own group: a Ctrl-C ends the caller, and the closed input then ends this in good order.
            .process_group(0)
            .spawn()?;
        let (words, answers) = (supervisor.stdin.take(), supervisor.stdout.take());
        let answers = BufReader::new(answers.ok_or(io::ErrorKind::BrokenPipe)?);
        let mut service = Self {
            words,
            answers,
            supervisor,
            privilege,
            folder,
        };
        match service.expect("ready") {
            Ok(()) => Ok(service),
            Err(error) => {
                let said = fs::read_to_string(&complaints).unwrap_or_default();
                Err(io::Error::new(error.kind(), format!("unshare: {}", said.trim())))
            }
        }
    }

    /// Starts pcscd in the name spaces and waits until it accepts a client. There is nothing to wait on but
    /// the socket itself, so it is tried at short intervals up to a limit.
    fn launch(&mut self) -> io::Result<()> {
        self.ask("start", "started")?;
        let began = Instant::now();
        while UnixStream::connect(self.socket()).is_err() {
            if began.elapsed() > START_TIMEOUT {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("pcscd does not answer: {}", self.log().trim()),
                ));
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    fn ask(&mut self, word: &str, answer: &str) -> io::Result<()> {
        let words = self.words.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(words, "{word}")?;
        self.expect(answer)
    }

    fn expect(&mut self, answer: &str) -> io::Result<()> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.trim_end() == answer {
            Ok(())
        } else {
            Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the supervisor of the private pcscd ended",
            ))
        }
    }
}

impl Drop for PrivatePcscd {
    fn drop(&mut self) {
        self.words = None;
        // The closed input ends the supervisor; nothing useful can be done if waiting for it fails.
        let _ = self.supervisor.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers(service: &PrivatePcscd) -> String {
        let output = Command::new("opensc-tool")
            .arg("-l")
            .envs(service.env())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Whether something listens on the first slot's port in the network that `command` sees.
    fn first_slot_listens(mut command: Command) -> bool {
        let sockets = command.arg("/proc/net/tcp").output().unwrap();
        String::from_utf8(sockets.stdout)
            .unwrap()
            .contains(&format!(":{VPCD_PORT:04X} "))
    }

    #[test]
    fn both_slots_are_there_as_soon_as_start_returns() {
        let service = PrivatePcscd::start().unwrap();
        let listed = readers(&service);
        assert!(
            listed.contains("Virtual PCD 00 00") && listed.contains("Virtual PCD 00 01"),
            "{listed}"
        );
    }

    #[test]
    fn instances_live_side_by_side() {
        let services = [(); 3].map(|()| PrivatePcscd::start().unwrap());
        for service in &services {
            assert!(readers(service).contains(READER_NAME));
        }
    }

    #[test]
    fn slots_are_reached_from_inside_only() {
        let service = PrivatePcscd::start().unwrap();
        assert!(first_slot_listens(service.command("/bin/cat")));
        assert!(!first_slot_listens(Command::new("/bin/cat")));
    }

    #[test]
    fn stopped_service_is_absent_until_it_is_restarted() {
        let mut service = PrivatePcscd::start().unwrap();
        service.stop().unwrap();
        assert!(!readers(&service).contains(READER_NAME));
        service.restart().unwrap();
        assert!(readers(&service).contains(READER_NAME));
        assert!(first_slot_listens(service.command("/bin/cat")));
    }

    #[test]
    fn drop_leaves_neither_process_nor_folder() {
        let service = PrivatePcscd::start().unwrap();
        let folder = service.folder.path().to_owned();
        let supervisor = PathBuf::from(format!("/proc/{}", service.supervisor.id()));
        assert!(folder.exists() && supervisor.exists());
        drop(service);
        assert!(!folder.exists() && !supervisor.exists());
    }
}
