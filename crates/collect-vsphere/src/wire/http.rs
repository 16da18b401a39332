//! Sending one question over the network, and reading its answer within bounds.

use super::{Answer, Lost, Question, SESSION_HEADER, Verb, exposed};
use cadastre_collect::Cause;
use reqwest::{Client, Response};
use secrecy::SecretString;
use std::error::Error;
use std::time::Duration;

/// An answer is read to this length. A page of 500 machines has four to ten million bytes.
pub(crate) const BODY_MAX_BYTES: usize = 48 << 20;

/// A connection is made within this time, or within the time limit of a request if that is less.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How the way is made.
#[derive(Debug)]
pub(crate) struct HttpSettings {
    /// Whom to believe.
    pub tls: rustls::ClientConfig,
    /// Go through this proxy.
    pub proxy: Option<String>,
    /// How long one question may take, answer included.
    pub timeout: Duration,
}

/// A client of HTTP that keeps its connections and its cookies out of each other's way: it follows
/// no redirects, looks at no proxy of the environment, and keeps no cookies (the session's is sent
/// by whoever holds it).
///
/// # Errors
/// The proxy's address is none.
pub(crate) fn client(settings: HttpSettings) -> Result<Client, reqwest::Error> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(settings.tls)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent("cadastre")
        .connect_timeout(settings.timeout.min(CONNECT_LIMIT))
        .timeout(settings.timeout)
        .no_proxy();
    if let Some(proxy) = settings.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy)?);
    }
    builder.build()
}

/// Sends a question to `base` and reads the answer.
pub(crate) async fn send(client: &Client, base: &str, question: &Question) -> Result<Answer, Lost> {
    let url = format!("{base}{}", question.path);
    let mut request = match question.verb {
        Verb::Get => client.get(url),
        Verb::Post => client.post(url),
        Verb::Delete => client.delete(url),
    };
    for (name, value) in &question.headers {
        request = request.header(*name, value);
    }
    for (name, value) in &question.secret_headers {
        request = request.header(*name, exposed(value));
    }
    if let Some(body) = &question.body {
        request = request.body(body.clone());
    }
    let response = request.send().await.map_err(|error| lost(&error, false))?;
    let status = response.status().as_u16();
    let session = session_of(&response);
    let body = read(response).await?;
    let whole = !(200..300).contains(&status) || is_whole(&body);
    if !whole {
        return Err(broken_off("the document has no end".to_owned()));
    }
    Ok(Answer { status, body, session })
}

/// The id of a session that is opened with this answer: the header of the JSON API, or the cookie of
/// SOAP.
fn session_of(response: &Response) -> Option<SecretString> {
    let text = |name: &str| response.headers().get_all(name).iter();
    let header = text(SESSION_HEADER).filter_map(|value| value.to_str().ok()).next();
    let cookie = text("set-cookie").filter_map(|value| value.to_str().ok()).find_map(|value| {
        let (name, rest) = value.split_once('=')?;
        let held = rest.split(';').next().unwrap_or_default().trim();
        (name.trim() == "vmware_soap_session").then_some(held)
    });
    // A vCenter may answer a login by SOAP with both.
    cookie.or(header).filter(|id| !id.is_empty()).map(SecretString::from)
}

async fn read(mut response: Response) -> Result<String, Lost> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error, true))? {
        if bytes.len() + chunk.len() > BODY_MAX_BYTES {
            return Err(Lost {
                cause: Cause::BrokenOff,
                what: format!("the answer is longer than {BODY_MAX_BYTES} bytes"),
                tls: false,
                too_large: true,
            });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Whether a document ends as it began. The decoder of SOAP takes one that ends in the middle for
/// one with less in it.
fn is_whole(body: &str) -> bool {
    let body = body.trim();
    if !body.starts_with('<') {
        return true; // JSON: its decoder sees a cut
    }
    body.ends_with("Envelope>") || !body.contains("Envelope")
}

fn broken_off(what: String) -> Lost {
    Lost { cause: Cause::BrokenOff, what, tls: false, too_large: false }
}

fn lost(error: &reqwest::Error, has_begun: bool) -> Lost {
    let what = deepest(error);
    let tls = is_about_tls(&what);
    let cause = if error.is_timeout() {
        Cause::TimedOut
    } else if has_begun {
        Cause::BrokenOff
    } else {
        Cause::Unreachable
    };
    let what = match cause {
        Cause::TimedOut => "no answer in time".to_owned(),
        _ => what,
    };
    Lost { cause, what, tls, too_large: false }
}

/// Whether a failure's words are those of the secure connection.
pub(crate) fn is_about_tls(what: &str) -> bool {
    // A connection that ends in the middle ends without the words that TLS has for it.
    let ends = what.contains("close_notify");
    let words =
        ["certificate", "received fatal alert", "TLS", "HandshakeFailure", "peer is incompatible"];
    !ends && words.iter().any(|word| what.contains(word))
}

/// The words of the last cause in the chain, on one line.
pub(crate) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    loop {
        let inner = match last.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => last.source(),
        };
        match inner {
            Some(cause) => last = cause,
            None => break,
        }
    }
    last.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_document_shows() {
        let whole = "<?xml version=\"1.0\"?><e:Envelope><b/></e:Envelope>\n";
        assert!(is_whole(whole));
        for cut in 40..whole.len() - 2 {
            assert!(!is_whole(whole.get(..cut).unwrap_or_default()), "cut at {cut}");
        }
        assert!(is_whole("{\"a\":1}") && is_whole("") && is_whole("<html>no</html>"));
    }
}
