//! A peer that is cut off in the middle of a run: what was read stands, nothing ages, the next run heals. Of
//! each kind of source but the cloud, which `faults` and `broken_off` are about.

use cadastre_tests::lab;
use cadastre_tests::samba;
use cadastre_tests::snmpsim::Switches;
use cadastre_tests::vcsim::Vcsim;
use cadastre_tests::way::Cut;

use super::register::{Register, SECRET};
use super::report::Report;

on_both!(a_vcenter, a_network_of_switches, a_domain_controller);

/// Below what the lab's certificate names, and nobody else's.
const CONTROLLER: &str = "127.77.0.57:0";

fn a_vcenter(register: &mut Register) {
    // One page of machines and a few more: those are missing after the last cut, few enough to age if the
    // run were believed to be whole.
    let flags = ["-clusters", "2", "-hosts", "2", "-machines", "258"];
    let Some(vcsim) = Vcsim::start(&flags) else { return };
    let cut = Cut::new();
    let way = cut.tcp("127.0.0.1:0".parse().unwrap(), vcsim.address.parse().unwrap());
    let user = Vcsim::USER;
    let settings = format!(
        "url = \"https://{way}\"\nusername = \"{user}\"\ninsecure_tls = true\n\
         password_env = \"{SECRET}\"\n"
    );
    let peer = Peer {
        kind: "vsphere",
        settings: &settings,
        secret: Vcsim::PASSWORD,
        cut: &cut,
        at: &[50, 97, 98, 99],
    };
    cut_in_the_middle(register, &peer);
}

fn a_network_of_switches(register: &mut Register) {
    const SWITCHES: usize = 12;
    // What they are asked at is the way; they themselves are behind it.
    let Some(switches) = Switches::start(92, SWITCHES) else { return };
    let cut = Cut::new();
    for at in 0..SWITCHES {
        let way = format!("127.93.0.{}:{}", at + 1, switches.port).parse().unwrap();
        cut.udp(way, switches.socket(at));
    }
    let settings = format!(
        "targets = [\"127.93.0.1-127.93.0.{SWITCHES}\"]\nport = {}\ntimeout = \"2s\"\nconcurrency = 6\n\
         communities_env = \"{SECRET}\"\n",
        switches.port
    );
    let peer = Peer {
        kind: "snmp",
        settings: &settings,
        secret: Switches::COMMUNITY,
        cut: &cut,
        at: &[50],
    };
    cut_in_the_middle(register, &peer);
}

fn a_domain_controller(register: &mut Register) {
    let Some(controller) = lab::variable_or_not_run("CADASTRE_LAB_DIRECTORY_BRANCH", "Samba")
    else {
        return;
    };
    let authority = lab::variable("CADASTRE_LAB_DIRECTORY_CA").unwrap();
    let cut = Cut::new();
    let peer = format!("{controller}:636").parse().unwrap();
    let way = cut.tcp(CONTROLLER.parse().unwrap(), peer);
    let reader = samba::READER;
    let settings = format!(
        "url = [\"ldaps://{way}\"]\nbind_dn = \"{reader}\"\npage_size = 10\n\
         ca_file = \"{authority}\"\npassword_env = \"{SECRET}\"\n"
    );
    let peer = Peer {
        kind: "directory",
        settings: &settings,
        secret: samba::PASSWORD,
        cut: &cut,
        at: &[50, 60, 70, 75, 80, 85, 90],
    };
    cut_in_the_middle(register, &peer);
}

/// Whom a source asks, and where the way to it is cut.
struct Peer<'a> {
    kind: &'a str,
    settings: &'a str,
    secret: &'a str,
    cut: &'a Cut,
    /// After which hundredths of what there is to be read.
    at: &'a [usize],
}

fn cut_in_the_middle(register: &mut Register, peer: &Peer) {
    let cut = peer.cut;
    // How much there is to read, and to know.
    let mut whole = register.another();
    put(&mut whole, peer);
    let seen = whole.complete().count("seen");
    let octets = cut.passed();

    put(register, peer);
    cut.after(octets / 2);
    let first = register.partial().nothing_aged();
    let read = first.count("seen");
    assert!(0 < read && read < seen, "{read} of {seen}: {}", first.0);
    assert_eq!(register.count("is:live"), read, "what was read stands");

    cut.mend();
    register.complete();
    assert_eq!(register.count("is:live"), seen, "the next run heals");

    for hundredths in peer.at {
        cut.after(octets / 100 * hundredths);
        let partial = register.partial().nothing_aged();
        assert!(partial.count("seen") < seen, "{}", partial.0);
        assert_eq!(partial.count("conflicts"), 0, "nobody is asked: {}", partial.0);
        assert_eq!(register.count("is:live"), seen, "nothing ages");
    }
    cut.mend();
    let healed = register.complete().nothing_aged();
    assert_eq!(healed.count("seen"), seen);
    assert_eq!(register.count("is:live"), seen);
    cut_off_at_once(register, cut);
}

/// Nothing is read then, and nothing happens.
fn cut_off_at_once(register: &Register, cut: &Cut) {
    let known = register.count("is:live");
    cut.after(0);
    let failed = Report::of(register.discover(&[]), 1).nothing_aged();
    assert_eq!(failed.status(), "failed", "{}", failed.0);
    assert_eq!(register.count("is:live"), known);
}

fn put(register: &mut Register, peer: &Peer) {
    register.cadastre.variable(SECRET, peer.secret);
    register.put_source_of(peer.kind, peer.settings);
}
