#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::super::row::Known;
use super::*;
use vim_rs::types::traits::VirtualDeviceTrait;

/// A page as a vCenter writes it: one namespace declared at the top, `xsi` throughout.
fn answer(objects: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"s\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>\n\
         <RetrievePropertiesExResponse xmlns=\"urn:vim25\"><returnval>{objects}</returnval>\
         </RetrievePropertiesExResponse></soapenv:Body></soapenv:Envelope>"
    )
}

fn object(properties: &str) -> String {
    answer(&format!("<objects><obj type=\"VirtualMachine\">vm-1</obj>{properties}</objects>"))
}

fn property(name: &str, value: &str) -> String {
    format!("<propSet><name>{name}</name>{value}</propSet>")
}

fn row(properties: &str) -> Row {
    page(&object(properties)).unwrap().rows.remove(0)
}

#[test]
fn plain_values_are_read_as_they_are_written() {
    let row = row(&[
        property("name", "<val xsi:type=\"xsd:string\">a &lt;b&gt; &amp; c&#10;d\u{7}</val>"),
        property("empty", "<val xsi:type=\"xsd:string\"></val>"),
        property("closed", "<val xsi:type=\"xsd:string\"/>"),
        property("n", "<val xsi:type=\"xsd:long\">-7</val>"),
        property("large", "<val xsi:type=\"xsd:int\">99999999999999999999</val>"),
        property("on", "<val xsi:type=\"xsd:boolean\">true</val>"),
        property("host", "<val type=\"HostSystem\" xsi:type=\"ManagedObjectReference\">h-1</val>"),
        "<missingSet><path>secret</path><fault><fault xsi:type=\"NoPermission\"><object \
         type=\"Folder\">x</object></fault></fault></missingSet>"
            .to_owned(),
    ]
    .concat());
    assert_eq!(row.object, Ref::new("VirtualMachine", "vm-1"));
    assert_eq!(row.text("name"), Known::Value("a <b> & c\nd".to_owned()));
    assert_eq!(row.text("empty"), Known::Absent);
    assert_eq!(row.text("closed"), Known::Absent);
    assert_eq!(row.text("nowhere"), Known::Absent);
    assert_eq!((row.int("n"), row.count("n")), (Known::Value(-7), Known::Absent));
    assert_eq!(row.int("large"), Known::Absent);
    assert_eq!(row.flag("on"), Known::Value(true));
    assert_eq!(row.object("host"), Known::Value(Ref::new("HostSystem", "h-1")));
    assert!(matches!(row.text("secret"), Known::NotRead(why) if why.contains("may not")));
    assert!(matches!(row.object("name"), Known::NotRead(_)), "of another type");
}

#[test]
fn a_list_with_a_broken_item_keeps_the_others_and_says_so() {
    let whole = "<VirtualDevice xsi:type=\"VirtualE1000\"><key>4000</key></VirtualDevice>";
    let broken = "<VirtualDevice xsi:type=\"VirtualDisk\"><key>2000</key></VirtualDevice>";
    let list = |items: &str| {
        let value = format!("<val xsi:type=\"ArrayOfVirtualDevice\">{items}</val>");
        row(&property("device", &value))
    };
    let mut all = list(&[whole, whole].concat());
    let devices: Known<Vec<Box<dyn VirtualDeviceTrait>>> = all.take("device");
    assert_eq!((devices.value().unwrap().len(), all.flaws().len()), (2, 0));
    let mut some = list(&[whole, broken, whole].concat());
    let devices: Known<Vec<Box<dyn VirtualDeviceTrait>>> = some.take("device");
    assert_eq!((devices.value().unwrap().len(), some.flaws().len()), (2, 1));
    let mut none = list("");
    let devices: Known<Vec<Box<dyn VirtualDeviceTrait>>> = none.take("device");
    assert_eq!(devices.value().map(|list| list.len()), Some(0));
}

#[test]
fn a_piece_nested_without_end_is_not_decoded() {
    let deep = format!(
        "<val xsi:type=\"ArrayOfVirtualDevice\">{}{}</val>",
        "<VirtualDevice>".repeat(100_000),
        "</VirtualDevice>".repeat(100_000)
    );
    let mut row = row(&property("device", &deep));
    assert!(matches!(row.take::<Vec<Box<dyn VirtualDeviceTrait>>>("device"), Known::NotRead(_)));
    assert_eq!(row.flaws().len(), 1);
}

#[test]
fn pages_name_the_next_and_cuts_show() {
    let text = answer("<token>2</token><objects><obj type=\"Folder\">f</obj></objects>");
    let page = page(&text).unwrap();
    assert_eq!((page.token.as_deref(), page.rows.len()), (Some("2"), 1));
    let text = object(&property("name", "<val xsi:type=\"xsd:string\">x</val>"));
    let inside = text.find("<val").unwrap();
    assert!(super::page(&text[..inside + 20]).is_err());
}

#[test]
fn faults_are_told_with_their_fields() {
    let fault = |detail: &str| {
        let body = format!(
            "<e:Envelope xmlns:e=\"s\" xmlns:xsi=\"i\"><e:Body><e:Fault><faultcode>x</faultcode>\
             <faultstring>it is &quot;gone&quot;</faultstring><detail>{detail}</detail></e:Fault>\
             </e:Body></e:Envelope>"
        );
        super::fault(&body).unwrap()
    };
    let gone = fault(
        "<ManagedObjectNotFoundFault xmlns=\"urn:vim25\" xsi:type=\"ManagedObjectNotFound\"><obj \
         type=\"VirtualMachine\">vm-9</obj></ManagedObjectNotFoundFault>",
    );
    assert_eq!(
        (gone.kind.as_str(), gone.fields["obj"].as_str()),
        ("ManagedObjectNotFound", "vm-9")
    );
    assert_eq!(gone.message, "it is \"gone\"");
    let empty = fault("<InvalidLoginFault xsi:type=\"InvalidLogin\"/>");
    assert_eq!(empty.kind, "InvalidLogin");
    assert_eq!(super::fault("<html>no</html>"), None);
    assert_eq!(super::fault(""), None);
}

#[test]
fn requests_are_escaped() {
    let this = Ref::new("Folder", "a<b>&\"c");
    let text = request("Destroy", &this, None);
    assert!(text.contains("<_this type=\"Folder\">a&lt;b&gt;&amp;&quot;c</_this>"), "{text}");
}
