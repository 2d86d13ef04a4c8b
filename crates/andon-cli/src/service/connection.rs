//! The connection to the repositories, which a person authorises once.

use std::time::{Duration, Instant};

use anyhow::bail;
use aws_sdk_codeconnections::Client;
use aws_sdk_codeconnections::types::ConnectionStatus;

use super::progress::{Progress, Sign};
use crate::aws::Session;

/// Waits until a connection is authorised, and says where that is done.
pub async fn authorised(
    session: &Session,
    arn: &str,
    pace: Duration,
    longest: Duration,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let client = Client::new(&session.config);
    let since = Instant::now();
    let mut asked = false;
    loop {
        let answer = client.get_connection().connection_arn(arn).send().await;
        let answer = answer.map_err(|error| session.plain(&format!("look at the connection {arn}"), &error))?;
        let connection = answer.connection();
        let name = connection.and_then(|connection| connection.connection_name()).unwrap_or(arn);
        match connection.and_then(|connection| connection.connection_status()) {
            Some(ConnectionStatus::Available) => {
                if asked {
                    progress.item(Sign::Done, name, "connected", None)?;
                }
                return Ok(());
            }
            Some(ConnectionStatus::Error) => {
                bail!("the connection {name} is in error: {}", console(session))
            }
            _ => {}
        }
        if !asked {
            asked = true;
            progress.item(Sign::Waits, name, "choose it here and press \"Update pending connection\":", None)?;
            progress.line(&format!("    {}", console(session)))?;
        }
        if since.elapsed() >= longest {
            bail!("the connection {name} is still pending. Authorise it, then run `andon up` again: it continues here");
        }
        progress.wait("waiting for you to authorise the connection", since);
        tokio::time::sleep(pace).await;
    }
}

fn console(session: &Session) -> String {
    let region = &session.region;
    format!("https://{region}.console.aws.amazon.com/codesuite/settings/connections?region={region}")
}
