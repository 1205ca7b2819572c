//! A server of our own: it answers each connection with what a test says, byte for byte.
//!
//! Not here: TLS (`https`).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Most connections that a server takes.
const CONNECTIONS_MAX: usize = 64;
/// Longest that it waits for a client that does not read or write.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// `GET /a.crl HTTP/1.1`.
    pub(crate) line: String,
    /// The headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Reads one. None when the client left.
    pub(crate) fn read(stream: impl std::io::Read) -> Option<Self> {
        let mut reader = BufReader::new(stream.take(256 * 1024));
        let mut request = Self::default();
        reader.read_line(&mut request.line).ok()?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) => request
                    .headers
                    .push((name.to_ascii_lowercase(), value.to_owned())),
                None => break,
            }
        }
        let length = request
            .header("content-length")
            .map(|value| value.parse().unwrap());
        request.body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut request.body).ok()?;
        request.line = request.line.trim_end().to_owned();
        (!request.line.is_empty()).then_some(request)
    }
}

/// What a test does with one connection.
type Script = dyn Fn(&mut TcpStream) + Send + Sync;

/// It runs until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one that does this with every request, one request to a connection.
    pub(crate) fn start(script: impl Fn(&Request, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let mut server = Self::raw(move |stream| {
            if let Some(request) = Request::read(&*stream) {
                log.lock().unwrap().push(request.clone());
                script(&request, stream);
            }
        });
        server.requests = requests;
        server
    }

    /// Starts one that does this with every connection.
    pub(crate) fn raw(script: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let stopping = Arc::new(AtomicBool::new(false));
        let script: Arc<Script> = Arc::new(script);
        let (count, stop) = (Arc::clone(&connections), Arc::clone(&stopping));
        let serve = move || {
            std::thread::scope(|scope| {
                for stream in listener.incoming().take(CONNECTIONS_MAX) {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    count.fetch_add(1, Ordering::SeqCst);
                    let script = &script;
                    scope.spawn(move || {
                        let mut stream = stream.unwrap();
                        stream.set_read_timeout(Some(PATIENCE)).unwrap();
                        stream.set_write_timeout(Some(PATIENCE)).unwrap();
                        script(&mut stream);
                    });
                }
            });
        };
        Self {
            address,
            requests: Arc::default(),
            connections,
            stopping,
            thread: Some(std::thread::spawn(serve)),
        }
    }

    /// One that answers everything with these bytes and closes.
    pub(crate) fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_, stream| {
            // The client may have gone before the end: that is what some tests are about.
            let _ = stream.write_all(&bytes);
        })
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes it.
        let _ = TcpStream::connect(self.address);
        let outcome = self.thread.take().unwrap().join();
        assert!(outcome.is_ok() || std::thread::panicking());
    }
}

/// A good answer with these headers, each with its line end.
pub(crate) fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Writes until the client leaves, so many times at most.
pub(crate) fn pour(stream: &mut TcpStream, piece: &[u8], times: usize, pause: Duration) {
    for _ in 0..times {
        if stream.write_all(piece).is_err() {
            return;
        }
        std::thread::sleep(pause);
    }
}
