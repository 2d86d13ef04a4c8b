//! moto (most of AWS) and dynalite (a second, independent DynamoDB), each in a process of its own.
//!
//! One of each serves a whole test run: `cargo xtask test` starts them and passes their addresses on in
//! `ANDON_TEST_MOTO` and `ANDON_TEST_DYNALITE`. A test asks [`moto`] or [`dynalite`], and so also runs by hand, against
//! servers that somebody started or, failing that, against one that is started for this process.
//!
//! A test that needs an account of its own asks for an [`Emulator`]. In a test run it is a fork of a process that has
//! imported moto already ([`Forks`], with its address in `ANDON_TEST_MOTO_FORKS`), which saves seconds.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::{ask, lock, tools};

/// The variable that holds the address of a running moto.
pub const MOTO: &str = "ANDON_TEST_MOTO";

/// The variable that holds the address of a running dynalite.
pub const DYNALITE: &str = "ANDON_TEST_DYNALITE";

/// The variable that holds the address of running [`Forks`], such as `127.0.0.1:5001`.
pub const MOTO_FORKS: &str = "ANDON_TEST_MOTO_FORKS";

/// How long a server may take to answer; moto imports a great deal first, and a cold disk makes that slow.
const PATIENCE: Duration = Duration::from_mins(1);

/// The address of moto, such as `http://127.0.0.1:5000`, without a slash at its end.
pub fn moto() -> Result<String, EmulatorError> {
    static STARTED: Mutex<Option<Emulator>> = Mutex::new(None);
    shared(MOTO, &STARTED, Emulator::moto)
}

/// The address of dynalite, such as `http://127.0.0.1:8000`, without a slash at its end.
pub fn dynalite() -> Result<String, EmulatorError> {
    static STARTED: Mutex<Option<Emulator>> = Mutex::new(None);
    shared(DYNALITE, &STARTED, Emulator::dynalite)
}

/// An emulator of one's own, which ends when it is dropped, and when this process ends in whatever way.
#[derive(Debug)]
pub struct Emulator {
    url: String,
    _life: Life,
}

/// What an emulator lives as long as.
#[derive(Debug)]
enum Life {
    Process { _server: Server },
    Fork { _connection: TcpStream },
}

impl Emulator {
    /// Starts moto and waits until it answers.
    pub fn moto() -> Result<Self, EmulatorError> {
        Self::moto_by("moto_server.py")
    }

    /// Starts a moto whose `CloudFormation` also has what it lacks for the templates of services (`moto_cloudformation.py`).
    pub fn moto_for_stacks() -> Result<Self, EmulatorError> {
        Self::moto_by("moto_stacks.py")
    }

    fn moto_by(program: &str) -> Result<Self, EmulatorError> {
        let emulator = match given(MOTO_FORKS) {
            Some(forks) => Self::fork(&forks, program)?,
            None => Self::start("moto", tools::python(program))?,
        };
        // Without this, a Lambda function made in it would want Docker.
        let reply = ask::post(&format!("{}/moto-api/config", emulator.url), &[], r#"{"lambda":{"use_docker":false}}"#);
        match reply {
            Ok(reply) if reply.status < 300 => Ok(emulator),
            Ok(reply) => Err(EmulatorError::Refused { answer: reply.body }),
            Err(_) => Err(EmulatorError::Silent { name: "moto" }),
        }
    }

    /// Starts dynalite and waits until it answers.
    pub fn dynalite() -> Result<Self, EmulatorError> {
        Self::start("dynalite", tools::node("dynalite_server.cjs"))
    }

    /// Its address, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn start(name: &'static str, command: Command) -> Result<Self, EmulatorError> {
        let server = Server::start(name, command)?;
        Ok(Self { url: format!("http://127.0.0.1:{}", server.port), _life: Life::Process { _server: server } })
    }

    fn fork(forks: &str, program: &str) -> Result<Self, EmulatorError> {
        let silent = |_| EmulatorError::Silent { name: "moto" };
        let mut connection = TcpStream::connect(forks).map_err(silent)?;
        connection.set_read_timeout(Some(PATIENCE)).map_err(silent)?;
        writeln!(connection, "{program}").map_err(silent)?;
        let mut port = String::new();
        BufReader::new(&connection).read_line(&mut port).map_err(silent)?;
        let port: u16 = port.trim().parse().map_err(|_| EmulatorError::Silent { name: "moto" })?;
        Ok(Self { url: format!("http://127.0.0.1:{port}"), _life: Life::Fork { _connection: connection } })
    }
}

/// A process that forks a moto for each test that needs one of its own (`moto_forks.py`).
#[derive(Debug)]
pub struct Forks {
    server: Server,
}

impl Forks {
    /// Starts it and waits until it listens.
    pub fn start() -> Result<Self, EmulatorError> {
        Ok(Self { server: Server::start("moto", tools::python("moto_forks.py"))? })
    }

    /// What [`MOTO_FORKS`] is to hold.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.server.port)
    }
}

/// A program that listens on a port of its own choice. It ends when this is dropped.
#[derive(Debug)]
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// The program prints its port once it listens, and stops when its input closes. So no port is chosen that somebody
    /// else may take meanwhile, and nothing is left behind when this process is killed.
    fn start(name: &'static str, mut command: Command) -> Result<Self, EmulatorError> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| EmulatorError::NotStarted { name, source })?;
        let mut port = String::new();
        if let Some(stdout) = process.stdout.as_mut() {
            let _ = BufReader::new(stdout).read_line(&mut port);
        }
        let Ok(port) = port.trim().parse::<u16>() else {
            let _ = process.kill();
            let mut log = String::new();
            if let Some(mut stderr) = process.stderr.take() {
                let _ = stderr.read_to_string(&mut log);
            }
            let _ = process.wait();
            return Err(EmulatorError::Stopped { name, log });
        };
        if let Some(mut stderr) = process.stderr.take() {
            // Somebody has to empty the pipe, or the server stops when it is full.
            std::thread::spawn(move || io::copy(&mut stderr, &mut io::sink()));
        }
        let server = Self { process, port };
        let patience = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > patience {
                return Err(EmulatorError::Silent { name });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Why there is no emulator.
#[derive(Debug, Error)]
pub enum EmulatorError {
    /// Its program is not there.
    #[error("cannot start {name}: its packages are not installed; `cargo xtask test --only tools` installs them")]
    NotStarted {
        /// The emulator.
        name: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// It ended before it listened.
    #[error("{name} stopped before it listened; it wrote:\n{log}")]
    Stopped {
        /// The emulator.
        name: &'static str,
        /// What it wrote.
        log: String,
    },
    /// It does not answer.
    #[error("{name} has been started, but does not answer")]
    Silent {
        /// The emulator.
        name: &'static str,
    },
    /// It does not take its configuration.
    #[error("moto refuses its configuration: {answer}")]
    Refused {
        /// Its answer.
        answer: String,
    },
}

fn shared(
    variable: &str,
    started: &Mutex<Option<Emulator>>,
    start: impl FnOnce() -> Result<Emulator, EmulatorError>,
) -> Result<String, EmulatorError> {
    if let Some(url) = given(variable) {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    let mut started = lock(started);
    let emulator = match started.take() {
        Some(emulator) => emulator,
        None => start()?,
    };
    let url = emulator.url.clone();
    *started = Some(emulator);
    Ok(url)
}

/// What a variable holds, if anything.
fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
