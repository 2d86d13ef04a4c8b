//! moto (most of AWS) and dynalite (a second, independent DynamoDB), each in a process of its own.
//!
//! One of each serves a whole test run: `cargo xtask test` starts them and passes their addresses on in
//! `ANDON_TEST_MOTO` and `ANDON_TEST_DYNALITE`. A test asks [`moto`] or [`dynalite`], and so also runs by hand, against
//! servers that somebody started or, failing that, against one that is started for this process.

use std::io::{self, BufRead, BufReader, Read};
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
    process: Child,
    url: String,
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
        let emulator = Self::start("moto", tools::python(program))?;
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
        let emulator = Self { process, url: format!("http://127.0.0.1:{port}") };
        let patience = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > patience {
                return Err(EmulatorError::Silent { name });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(emulator)
    }
}

impl Drop for Emulator {
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
    if let Ok(url) = std::env::var(variable)
        && !url.is_empty()
    {
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
