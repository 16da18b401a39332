//! `demo`.

use super::output::Output;
use clap::Args;
use std::net::SocketAddr;

/// `demo`.
#[derive(Debug, Args)]
#[command(
    long_about = "Load an invented estate and serve it on this machine, to look around.\n\n\
                  The estate is read by the real collector from two recordings in the program, a \
                  month apart. It is kept in demo.db in the state folder, whatever database is \
                  configured, unless --database names another. Each start gives the login of the \
                  demo a new password and prints it.",
    after_help = "Examples:\n  cadastre demo\n  cadastre demo --listen 127.0.0.1:9090\n  \
                  cadastre --database sqlite:///tmp/demo.db demo --no-serve"
)]
pub struct DemoArgs {
    /// Address and port to serve at, of this machine only [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", value_parser = loopback)]
    pub listen: Option<SocketAddr>,
    /// Stop when the estate is loaded
    #[arg(long)]
    pub no_serve: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let listen: SocketAddr = text.parse().map_err(|_| {
        "expected an address and a port of this machine, such as 127.0.0.1:9090".to_owned()
    })?;
    if listen.ip().is_loopback() {
        return Ok(listen);
    }
    Err("a demo is served to this machine only: its login stands on the terminal; expected an \
         address such as 127.0.0.1:9090"
        .to_owned())
}
