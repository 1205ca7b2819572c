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
//! - pcscd lets everybody write to its socket, and so to the cards: the folder around it is its user's alone.
//! - pcscd would look for real readers on USB too, and take them from the system's: it finds no devices there.
//!
//! A small shell inside holds the name spaces and obeys words on its standard input. When that input closes,
//! for whatever reason (drop, panic, SIGKILL of the test), it kills pcscd and removes the private folder.

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use tempfile::TempDir;

/// The port of slot 0; each further slot has the next one. A vpcd reader always offers two slots.
pub const VPCD_PORT: u16 = 35963;

/// The slots of one vpcd reader.
pub const SLOTS: u16 = 2;

/// The name of the first reader up to its slot: PC/SC lists `Virtual PCD 00 00` and `Virtual PCD 00 01`.
pub const READER_NAME: &str = "Virtual PCD";

/// vpcd, as pcscd loads it.
pub(crate) const VPCD_DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
/// The longest path that a client's system call takes, its end not counted.
const SOCKET_BYTES_MAX: usize = 107;
const START_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Runs inside the new name spaces; its arguments are the private folder and how much pcscd logs.
///
/// pcscd is killed, not asked: it has nothing to save, and a stop must not hang on a card that hangs.
/// Besides the readers that it is told of it takes every USB reader whose device it can open. Real ones are nobody's to use here,
/// so their devices are covered.
const SUPERVISOR: &str = r#"
set -eu
umask 077
dir=$1
log=$2
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
# A caller that is killed takes this along by its closed input, never before it has cleaned up.
trap '' PIPE TERM INT HUP
trap 'stop; rm -rf -- "$dir"' EXIT
ip link set lo up
[ -d /run/pcscd ] || { mount -t tmpfs tmpfs /run; mkdir /run/pcscd; }
mount --bind "$dir/run" /run/pcscd
[ ! -d /dev/bus/usb ] || mount -t tmpfs tmpfs /dev/bus/usb
echo ready
while read -r word; do
    case $word in
        start)
            pcscd --foreground $log --config "$dir/conf" >>"$dir/pcscd.log" 2>&1 &
            pid=$!
            echo started ;;
        stop)
            stop
            echo stopped ;;
    esac
done
"#;

/// The name of a vpcd reader up to its slot, by the reader's number: [`READER_NAME`], then `Virtual PCD 2` and so on.
#[must_use]
pub fn vpcd_name(reader: u16) -> String {
    match reader {
        0 => READER_NAME.to_owned(),
        further => format!("{READER_NAME} {}", further + 1),
    }
}

/// The entries of so many vpcd readers for pcscd's configuration.
#[must_use]
pub fn vpcd_entries(readers: u16) -> String {
    (0..readers)
        .map(|reader| {
            let (name, port) = (vpcd_name(reader), VPCD_PORT + SLOTS * reader);
            format!(
                "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port}\n\
                 LIBPATH {VPCD_DRIVER}\nCHANNELID {port}\n"
            )
        })
        .collect()
}

/// vpcd keeps its slots in variables of its library: each further reader gets a copy, which is another library.
fn with_drivers_of_their_own(configuration: &str, folder: &Path) -> io::Result<String> {
    let line = format!("LIBPATH {VPCD_DRIVER}\n");
    let mut parts = configuration.split(line.as_str());
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for (reader, part) in parts.enumerate() {
        if reader == 0 {
            whole.push_str(&line);
        } else {
            let copy = folder.join(format!("vpcd-{reader}.so"));
            fs::copy(VPCD_DRIVER, &copy)?;
            whole.push_str(&format!("LIBPATH {}\n", copy.display()));
        }
        whole.push_str(part);
    }
    Ok(whole)
}

/// How much pcscd logs: errors, or everything and the commands.
const ERRORS: &str = "--error";
const COMMANDS: &str = "--debug --apdu";

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
    /// [`io::ErrorKind::NotFound`] when pcscd or vpcd is not installed, [`io::ErrorKind::PermissionDenied`] when neither
    /// kind of name space is allowed, [`io::ErrorKind::TimedOut`] when the service is not up within 10 seconds; the
    /// text holds what the programs said.
    pub fn start() -> io::Result<Self> {
        Self::start_with(&vpcd_entries(1))
    }

    /// Starts the service with another reader than vpcd, by its entry in the configuration.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_with(configuration: &str) -> io::Result<Self> {
        Self::start_by(configuration, ERRORS)
    }

    /// Starts the service with a vpcd reader so that [`Self::log`] has every command and answer, PINs too.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_logging_commands() -> io::Result<Self> {
        Self::start_by(&vpcd_entries(1), COMMANDS)
    }

    fn start_by(configuration: &str, log: &str) -> io::Result<Self> {
        let mut drivers = configuration
            .lines()
            .filter_map(|line| line.strip_prefix("LIBPATH "));
        if let Some(driver) = drivers.find(|driver| !Path::new(driver.trim()).exists()) {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{driver} is not there: install vsmartcard-vpcd and libccid"),
            ));
        }
        let mut service = match Self::supervise(Privilege::Root, configuration, log) {
            Ok(service) => service,
            Err(as_root) => {
                Self::supervise(Privilege::UserNamespace, configuration, log).map_err(|as_user| {
                    let kind = match as_user.kind() {
                        // The name spaces were refused, by whichever layer.
                        io::ErrorKind::BrokenPipe => io::ErrorKind::PermissionDenied,
                        other => other,
                    };
                    io::Error::new(kind, format!("{as_root}; in a user name space: {as_user}"))
                })?
            }
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

    /// The port that a card for `slot` (from 0) connects to on 127.0.0.1, inside [`Self::command`].
    #[must_use]
    pub fn port(&self, slot: u16) -> u16 {
        VPCD_PORT + slot
    }

    /// The process that holds the name spaces; it and pcscd below it end when this is dropped.
    #[must_use]
    pub fn supervisor_id(&self) -> u32 {
        self.supervisor.id()
    }

    /// A connection to `slot` for this very process, which stays outside of the service's network: a shell inside opens it,
    /// and its descriptor is taken over (pidfd_getfd, Linux 5.6).
    ///
    /// # Errors
    /// [`io::ErrorKind::ConnectionRefused`] when no slot listens there; what the system says when it gives no descriptor
    /// of another process.
    pub fn connect(&self, slot: u16) -> io::Result<TcpStream> {
        let mut opener = self
            .command("bash")
            .args(["-c", OPENER, &self.port(slot).to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let taken = take_connection(&mut opener);
        // Its closed input ends it.
        drop(opener.stdin.take());
        opener.wait()?;
        taken
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
    fn supervise(privilege: Privilege, configuration: &str, log: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("varco-pcscd-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let socket = folder.path().join("run/pcscd.comm");
        if socket.as_os_str().len() > SOCKET_BYTES_MAX {
            let told = format!("{} is too long a path for a socket: set TMPDIR", socket.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
        }
        fs::create_dir(folder.path().join("run"))?;
        fs::create_dir(folder.path().join("conf"))?;
        let configuration = with_drivers_of_their_own(configuration, folder.path())?;
        fs::write(folder.path().join("conf/reader"), configuration)?;
        let complaints = folder.path().join("supervisor.log");
        let mut supervisor = Command::new("unshare")
            .args(privilege.unshare())
            .args(["--", "sh", "-c", SUPERVISOR, "varco-pcscd"])
            .arg(folder.path())
            .arg(log)
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

/// Opens the connection as descriptor 3, and waits to be asked to end.
const OPENER: &str = "exec 3<>/dev/tcp/127.0.0.1/$0 && echo open && read -r";

fn take_connection(opener: &mut Child) -> io::Result<TcpStream> {
    let mut line = String::new();
    if let Some(stdout) = opener.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    if line.trim_end() != "open" {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let process = pidfd_open(Pid::from_child(opener), PidfdFlags::empty())?;
    let stream = TcpStream::from(pidfd_getfd(process, 3, PidfdGetfdFlags::empty())?);
    // vpcd waits for whole frames.
    stream.set_nodelay(true)?;
    Ok(stream)
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
    fn nobody_else_gets_at_the_socket_and_no_real_reader_is_found() {
        let service = PrivatePcscd::start().unwrap();
        let folder = service.folder.path();
        let mode = fs::metadata(folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let mut inside = Command::new("nsenter");
        inside.args(["--target", &service.supervisor.id().to_string(), "--mount"]);
        if matches!(service.privilege, Privilege::UserNamespace) {
            inside.args(["--user", "--preserve-credentials"]);
        }
        let looked = inside
            .args(["sh", "-c", "[ ! -d /dev/bus/usb ] || ls -A /dev/bus/usb"])
            .output()
            .unwrap();
        assert!(looked.status.success() && looked.stdout.is_empty(), "{looked:?}");
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
