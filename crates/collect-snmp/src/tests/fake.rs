//! An agent of our own, for what no real one does on demand: circles, errors, rubbish.

use crate::oid::Oid;
use snmp2::{MessageType, Pdu};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// A question, as far as a fake agent looks at it.
pub(super) struct Question {
    pub community: Vec<u8>,
    pub is_get: bool,
    pub names: Vec<Oid>,
    /// The rows asked for.
    pub rows: usize,
}

/// A variable in BER: its name, and its value with tag and length.
pub(super) type Variable = (Oid, Vec<u8>);

/// What a fake agent says: an error status and variables, or octets as they are (none: nothing).
pub(super) enum Says {
    Variables(u8, Vec<Variable>),
    Octets(Vec<u8>),
}

/// An agent that ends with the test.
pub(super) struct Fake(JoinHandle<()>);

impl Drop for Fake {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Fake {
    /// Listens at this address.
    pub(super) async fn start(
        address: SocketAddr,
        says: impl Fn(&Question) -> Says + Send + Sync + 'static,
    ) -> Fake {
        let socket = UdpSocket::bind(address).await.unwrap();
        let says = Arc::new(says);
        Fake(tokio::spawn(async move {
            let mut buffer = vec![0; 65_536];
            loop {
                let Ok((length, asker)) = socket.recv_from(&mut buffer).await else { return };
                let Ok(pdu) = Pdu::from_bytes(&buffer[..length]) else { continue };
                let question = Question {
                    community: pdu.community.to_vec(),
                    is_get: pdu.message_type == MessageType::GetRequest,
                    names: pdu
                        .varbinds
                        .clone()
                        .map(|(name, _)| Oid::from_ber(name.as_bytes()).unwrap())
                        .collect(),
                    rows: match pdu.message_type {
                        MessageType::GetBulkRequest => usize::try_from(pdu.error_index).unwrap(),
                        _ => 1,
                    },
                };
                let answer = match says(&question) {
                    Says::Octets(octets) => octets,
                    Says::Variables(status, variables) => {
                        response(pdu.community, pdu.req_id, status, &variables)
                    }
                };
                if !answer.is_empty() {
                    let _ = socket.send_to(&answer, asker).await;
                }
            }
        }))
    }
}

/// Tag, length, contents.
pub(super) fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(u8::try_from(length).unwrap()),
        _ => {
            let octets = u32::try_from(length).unwrap().to_be_bytes();
            out.push(0x84);
            out.extend(octets);
        }
    }
    out.extend(contents);
    out
}

pub(super) fn octets(text: &[u8]) -> Vec<u8> {
    tlv(4, text)
}

pub(super) fn integer(number: i32) -> Vec<u8> {
    tlv(2, &number.to_be_bytes())
}

pub(super) fn oid(text: &str) -> Vec<u8> {
    tlv(6, &text.parse::<Oid>().unwrap().to_ber())
}

/// noSuchObject, endOfMibView.
pub(super) const NO_SUCH: [u8; 2] = [0x80, 0];
pub(super) const END: [u8; 2] = [0x82, 0];

fn response(community: &[u8], id: i32, status: u8, variables: &[Variable]) -> Vec<u8> {
    let all: Vec<u8> = variables
        .iter()
        .flat_map(|(name, value)| tlv(0x30, &[tlv(6, &name.to_ber()), value.clone()].concat()))
        .collect();
    let pdu = [integer(id), integer(i32::from(status)), integer(0), tlv(0x30, &all)].concat();
    let message = [integer(1), octets(community), tlv(0xa2, &pdu)].concat();
    tlv(0x30, &message)
}

/// What a plain device says: these scalars to a GET, the variables of its tables in order to all else.
pub(super) fn plainly(question: &Question, scalars: &[Variable], tables: &[Variable]) -> Says {
    if question.is_get {
        let value = |name: &Oid| {
            let found = scalars.iter().find(|(known, _)| known == name);
            found.map_or(NO_SUCH.to_vec(), |(_, value)| value.clone())
        };
        let all = question.names.iter().map(|name| (name.clone(), value(name))).collect();
        return Says::Variables(0, all);
    }
    let mut said = Vec::new();
    for name in &question.names {
        let after: Vec<&Variable> = tables.iter().filter(|(known, _)| known > name).collect();
        if after.is_empty() {
            said.push((name.clone(), END.to_vec()));
        }
        said.extend(after.into_iter().take(question.rows).cloned());
    }
    Says::Variables(0, said)
}
