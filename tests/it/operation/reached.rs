//! How people reach the server: over TLS of its own, read anew while it runs, and behind a proxy.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cadastre_tests::http;
use cadastre_tests::tls::Certificate;
use serde_json::Value;

use super::stand::{Serving, Stand, wait_until};
use super::told::Told;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A stand whose server speaks TLS with a certificate that lies in its home.
fn with_tls(certificate: &Certificate) -> Stand {
    let mut stand = Stand::on_sqlite();
    put(&stand, certificate);
    stand.cadastre.variable("CADASTRE_TLS__CERT", "tls/cert.pem");
    stand.cadastre.variable("CADASTRE_TLS__KEY", "tls/key.pem");
    stand
}

fn put(stand: &Stand, certificate: &Certificate) {
    stand.path("tls/cert.pem", &certificate.pem());
    stand.path("tls/key.pem", &certificate.key_pem());
}

/// Starts `serve`, and gives what it says of where it serves.
fn serve(stand: &Stand) -> (Serving, Value) {
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--no-workers", "--json"];
    let mut running = stand.cadastre.start(&arguments);
    let line =
        running.wait_until(|stdout, _| stdout.split_once('\n').map(|(line, _)| line.to_owned()));
    let said: Value = serde_json::from_str(&line).unwrap();
    let address: SocketAddr = said["listen"].as_str().unwrap().parse().unwrap();
    (Serving { running, address }, said)
}

#[test]
fn over_tls_the_first_account_is_made_with_a_cookie_of_this_host() {
    let certificate = Certificate::new();
    let stand = with_tls(&certificate);
    let (serving, said) = serve(&stand);
    let address = serving.address;
    assert_eq!(said["url"], format!("https://{address}"));
    let link = said["set_up"].as_str().unwrap();
    let path = link.strip_prefix(&format!("https://{address}")).unwrap();
    let form = "name=alice&password=long+enough+1&again=long+enough+1";
    let answer = certificate.post(address, path, &[FORM], form).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (_, set) = answer.head.split_once("set-cookie: ").unwrap();
    let set = set.lines().next().unwrap();
    assert!(set.starts_with("__Host-cadastre_session=") && set.ends_with("; Secure"), "{set}");
    let cookie = set.split(';').next().unwrap();
    let page = certificate.get(address, "/", &[("Cookie", cookie)]).unwrap();
    assert!(page.status == 200 && page.body.contains("alice (admin)"), "{}", page.body);
    assert!(!page.body.contains("plain HTTP"), "{}", page.body);
    // The same token under a name that plain HTTP can set is none.
    let planted = cookie.strip_prefix("__Host-").unwrap();
    assert_eq!(certificate.get(address, "/", &[("Cookie", planted)]).unwrap().status, 303);
    assert!(http::get(address, "/healthz").is_none(), "nothing is said in the clear");
    serving.running.terminate().expect_status(0);
}

/// A question over a connection that stays open, and the head of its answer.
fn asked_and_kept(stream: &mut (impl std::io::Read + std::io::Write)) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\nok\n") {
        stream.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_new_certificate_is_read_at_a_hangup_and_a_bad_one_is_not_taken() {
    let (old, new, other) = (Certificate::new(), Certificate::new(), Certificate::new());
    let stand = with_tls(&old);
    let (mut serving, _) = serve(&stand);
    let address = serving.address;
    let mut kept = old.connected(address);
    assert!(asked_and_kept(&mut kept).starts_with("HTTP/1.1 200"));

    put(&stand, &new);
    assert_eq!(old.get(address, "/healthz", &[]).unwrap().status, 200, "nobody has asked for it");
    serving.running.hang_up();
    wait_until("the new one is shown", || new.get(address, "/healthz", &[]).is_ok());
    let refused = old.get(address, "/healthz", &[]).unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    assert!(asked_and_kept(&mut kept).starts_with("HTTP/1.1 200"), "what was open goes on");

    stand.path("tls/key.pem", &other.key_pem());
    serving.running.hang_up();
    let refusals = |stderr: &str| stderr.matches("the old certificate stays in force").count();
    serving.running.wait_until(|_, stderr| (refusals(stderr) == 1).then_some(()));
    std::fs::remove_file(stand.cadastre.home().join("tls/cert.pem")).unwrap();
    serving.running.hang_up();
    serving.running.wait_until(|_, stderr| (refusals(stderr) == 2).then_some(()));
    let stderr = serving.running.stderr();
    assert!(stderr.contains("does not belong to the certificate"), "{stderr}");
    assert!(stderr.contains("cert.pem cannot be read"), "{stderr}");
    assert!(stderr.contains("ERROR"), "{stderr}");
    assert_eq!(new.get(address, "/healthz", &[]).unwrap().status, 200);

    put(&stand, &other);
    serving.running.hang_up();
    wait_until("the third is shown", || other.get(address, "/healthz", &[]).is_ok());
    serving.running.terminate().expect_status(0);
}

#[test]
fn connections_over_tls_do_not_hold_a_stop() {
    let certificate = Certificate::new();
    let stand = with_tls(&certificate);
    let (serving, _) = serve(&stand);
    let silent = TcpStream::connect(serving.address).unwrap();
    let mut idle = certificate.connected(serving.address);
    asked_and_kept(&mut idle);
    let mut slow = certificate.connected(serving.address);
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: ").unwrap();
    assert_eq!(certificate.get(serving.address, "/healthz", &[]).unwrap().body, "ok\n");
    let told = Instant::now();
    serving.running.terminate().expect_status(0);
    assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
    drop((silent, idle, slow));
}

#[test]
fn a_pair_that_is_none_is_told_before_anything_is_touched() {
    let certificate = Certificate::new();
    let stand = with_tls(&certificate);
    let mut told = Told::by(&stand);
    let serve = || stand.cadastre.run(&["serve", "--listen", "127.0.0.1:0"]).expect_status(1);
    stand.path("tls/key.pem", &Certificate::new().key_pem());
    told.case("another's key", &serve());
    stand.path("tls/key.pem", &certificate.pem());
    told.case("no key", &serve());
    stand.path("tls/cert.pem", "");
    told.case("no certificate", &serve());
    std::fs::remove_file(stand.cadastre.home().join("tls/cert.pem")).unwrap();
    told.case("missing", &serve());
    assert!(!stand.cadastre.home().join("register.db").exists());
    // Who only looks things up needs neither.
    stand.cadastre.run(&["migrate"]).expect_status(0);
    insta::assert_snapshot!(told.text());
}

#[test]
fn behind_a_proxy_the_public_name_is_printed_and_the_proxy_believed() {
    let mut stand = Stand::on_sqlite();
    stand.cadastre.variable("CADASTRE_SERVER__PUBLIC_URL", "https://cmdb.example.org/");
    let (serving, _) = serve(&stand);
    let ran = serving.running.terminate().expect_status(0);
    assert!(ran.stderr.contains("server.trusted_proxies names none"), "{}", ran.stderr);

    stand.cadastre.variable("CADASTRE_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let mut running = stand.cadastre.start(&["serve", "--listen", "127.0.0.1:0", "--no-workers"]);
    let link = "make the first account within an hour at https://cmdb.example.org/setup/";
    running.wait_until(|stdout, _| stdout.contains(link).then_some(()));
    let stdout = running.stdout();
    let address: SocketAddr = stdout
        .strip_prefix("serving at https://cmdb.example.org, listening at ")
        .and_then(|rest| rest.split_once(", register "))
        .unwrap_or_else(|| panic!("{stdout}"))
        .0
        .parse()
        .unwrap();
    let by = |host: &'static str| [FORM, ("Host", host), ("X-Forwarded-For", "1.2.3.4, 192.0.2.7")];
    let form = "name=nobody&password=wrong";
    assert_eq!(http::post(address, "/login", &by("evil.example"), form).unwrap().status, 421);
    assert_eq!(http::get_with(address, "/healthz", &by("evil.example")).unwrap().status, 200);
    assert_eq!(http::post(address, "/login", &by("cmdb.example.org"), form).unwrap().status, 403);
    let told = stand.sql().texts("SELECT detail FROM audit WHERE action = 'session.refused'");
    assert!(told.len() == 1 && told[0].contains("\"192.0.2.7\""), "{told:?}");
    let ran = running.terminate().expect_status(0);
    assert!(!ran.stderr.contains("names none"), "{}", ran.stderr);
}
