//! Standard input and output as streams.
//!
//! Both are read and written by threads of their own, as neither can be waited for in every operating system. When
//! standard input ends, so does the stream.

use std::io::{Read as _, Write as _};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::runtime::Handle;

/// How much is read ahead, in bytes.
const AHEAD: usize = 64 * 1024;

/// Standard input and standard output.
pub fn streams(runtime: &Handle) -> (DuplexStream, DuplexStream) {
    let (input, mut from_input) = duplex(AHEAD);
    let handle = runtime.clone();
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        let mut buffer = vec![0; AHEAD];
        while let Ok(read) = stdin.read(&mut buffer) {
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            if handle.block_on(from_input.write_all(bytes)).is_err() {
                break;
            }
        }
    });
    let (output, mut to_output) = duplex(AHEAD);
    let handle = runtime.clone();
    std::thread::spawn(move || {
        let mut stdout = std::io::stdout();
        let mut buffer = vec![0; AHEAD];
        while let Ok(read) = handle.block_on(to_output.read(&mut buffer)) {
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            if stdout.write_all(bytes).and_then(|()| stdout.flush()).is_err() {
                break;
            }
        }
    });
    (input, output)
}
