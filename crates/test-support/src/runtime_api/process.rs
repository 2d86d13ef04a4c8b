//! The process of a function: Lambda's environment around it, its log, its end.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::host::Host;

/// Runs the binary until it ends or is told to.
///
/// When this future is dropped the process is killed; when this whole program is killed, the function finds its Runtime
/// API gone and ends by itself.
pub(super) async fn run(host: &Arc<Host>, binary: &Path, runtime_api: SocketAddr, environment: &[(String, String)]) {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .envs(lambda_environment(host.name(), runtime_api, binary))
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let spawned = Instant::now();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(source) => return host.note_not_run(binary.display().to_string(), source),
    };
    host.note_spawn(spawned, child.id());
    let log = [
        tokio::spawn(copy(Arc::clone(host), child.stdout.take())),
        tokio::spawn(copy(Arc::clone(host), child.stderr.take())),
    ];
    let status = tokio::select! {
        status = child.wait() => status.ok(),
        () = host.told_to_end() => {
            let _ = child.kill().await;
            child.wait().await.ok()
        }
    };
    for stream in log {
        // A grandchild that holds a pipe open must not hide that the function has ended.
        let _ = tokio::time::timeout(Duration::from_secs(1), stream).await;
    }
    host.note_exit(status);
}

/// The most memory that a process has held, from Linux's own account of it; none on other systems.
pub(super) fn peak_memory(process_id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

async fn copy(host: Arc<Host>, from: Option<impl AsyncRead + Unpin>) {
    let Some(from) = from else { return };
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(lines.read_until(b'\n', &mut line).await, Ok(1..)) {
        host.note_line(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}

fn lambda_environment(name: &str, runtime_api: SocketAddr, binary: &Path) -> Vec<(String, String)> {
    let task_root = binary.parent().unwrap_or(Path::new(".")).display().to_string();
    [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string().as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]00000000000000000000000000000000"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_SESSION_TOKEN", "testing"),
        ("_HANDLER", "bootstrap"),
        ("LAMBDA_TASK_ROOT", &task_root),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
