//! What several kinds say alike: where they stand, and what an account's switches are.

use super::{Around, Survey};
use crate::decode::dn;
use crate::decode::encryption::encryption_types;
use crate::decode::sid::sid_text;
use crate::decode::uac::AccountControl;
use crate::entry::Entry;
use crate::observe::{NoId, Sheet};
use crate::place::Place;
use cadastre_model::{Attr, Kind, RelationType};

/// The attributes of everything that has an account.
pub(super) const OF_ACCOUNTS: [&str; 22] = [
    "objectGUID",
    "objectSid",
    "sIDHistory",
    "cn",
    "sAMAccountName",
    "description",
    "userAccountControl",
    "lastLogonTimestamp",
    "pwdLastSet",
    "accountExpires",
    "whenCreated",
    "servicePrincipalName",
    "msDS-AllowedToDelegateTo",
    "msDS-AllowedToActOnBehalfOfOtherIdentity",
    "msDS-SupportedEncryptionTypes",
    "memberOf",
    "primaryGroupID",
    "managedBy",
    "ms-Mcs-AdmPwdExpirationTime",
    "msLAPS-PasswordExpirationTime",
    "isDeleted",
    "objectClass",
];

/// Of these the directory may give pieces.
pub(super) const LONG: [&str; 4] =
    ["memberOf", "servicePrincipalName", "msDS-AllowedToDelegateTo", "sIDHistory"];

impl<'a> Survey<'a> {
    /// A sheet of an object of this scope.
    pub(super) fn sheet<'e>(&self, kind: Kind, entry: &'e Entry) -> Result<Sheet<'e>, NoId>
    where
        'a: 'e,
    {
        Sheet::begin(self.run, &self.scope, kind, entry)
    }
}

/// Domain, place in it, description, age.
pub(super) fn state_place(sheet: &mut Sheet<'_>, place: &Place) {
    sheet.seen.state_text(Attr::DomainName, Some(place.domain.as_str()));
    let path = match sheet.seen.kind {
        Kind::Ou => dn::path(&sheet.name),
        _ => dn::path_of_parent(&sheet.name),
    };
    sheet.seen.state_text(Attr::OuPath, Some(path));
    sheet.text(Attr::Description, "description");
    sheet.created();
}

/// SIDs of now and of former domains.
pub(super) fn state_sids(sheet: &mut Sheet<'_>) {
    let sid = sheet.sid.clone();
    sheet.seen.state_text(Attr::Sid, sid);
    let former: Vec<String> =
        sheet.octets("sidhistory").iter().filter_map(|octets| sid_text(octets)).collect();
    sheet.seen.state_list(Attr::SidHistory, former);
}

/// The switches of an account that computers and people have both.
pub(super) fn state_control(sheet: &mut Sheet<'_>) -> Option<AccountControl> {
    let number = sheet.read_number("useraccountcontrol");
    let control = number.and_then(AccountControl::of);
    let mut flag = |attr, read: fn(AccountControl) -> bool| {
        sheet.seen.state_bool(attr, control.map(read));
    };
    flag(Attr::AccountEnabled, AccountControl::enabled);
    flag(Attr::PasswordNeverExpires, AccountControl::password_never_expires);
    flag(Attr::PasswordNotRequired, AccountControl::password_not_required);
    flag(Attr::NoPreauthentication, AccountControl::no_preauthentication);
    flag(Attr::UnconstrainedDelegation, AccountControl::delegates_freely);
    flag(Attr::ProtocolTransition, AccountControl::transitions);
    flag(Attr::DesOnly, AccountControl::des_only);
    control
}

/// Services, delegation, ciphers, the end of the account.
pub(super) fn state_services(sheet: &mut Sheet<'_>) {
    sheet.list(Attr::ServiceNames, "serviceprincipalname");
    sheet.list(Attr::DelegatesTo, "msds-allowedtodelegateto");
    let delegated = sheet.has("msds-allowedtoactonbehalfofotheridentity");
    sheet.seen.state_bool(Attr::DelegatedTo, Some(delegated));
    let ciphers = sheet.read_number("msds-supportedencryptiontypes").map(encryption_types);
    sheet.seen.state_list(Attr::EncryptionTypes, ciphers.unwrap_or_default());
    sheet.moment(Attr::AccountExpires, "accountexpires");
    sheet.claim(RelationType::ManagedBy, "managedby");
}

/// The groups it is in: by the directory's own list, and by its primary group, which is not on it.
pub(super) fn state_groups(sheet: &mut Sheet<'_>, around: &Around, place: &Place) {
    sheet.claim(RelationType::MemberOf, "memberof");
    let primary = sheet.read_number("primarygroupid").and_then(|rid| u32::try_from(rid).ok());
    let domain = sheet.sid.as_deref().and_then(|sid| sid.rsplit_once('-')).map(|(it, _)| it);
    let primary_sid = primary.zip(domain).map(|(rid, domain)| format!("{domain}-{rid}"));
    if let Some(sid) = &primary_sid {
        sheet.claim_sid(RelationType::MemberOf, sid);
    }
    let count = sheet.octets("memberof").len() + usize::from(primary_sid.is_some());
    sheet.seen.state_int(Attr::GroupsCount, i64::try_from(count).ok());
    match &around.privileges {
        Some(privileges) => {
            let names = privileges.of(&sheet.seen.native_id, primary);
            sheet.seen.state_list(Attr::PrivilegedGroups, names);
        }
        None => sheet.seen.not_read(Attr::PrivilegedGroups, Around::no_privileges(place)),
    }
}
