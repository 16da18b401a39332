//! What a source can be told, described key by key.
//!
//! Why it exists: a form, the check of a file's keys and the docs all ask which settings a kind has.
//! They ask here, so that they cannot disagree; what a value means stays with the collector.

/// What a setting holds, and so how it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldSort {
    /// One text.
    Text,
    /// Any number of texts, one a line in a form.
    Texts,
    /// On or off; off unless set.
    Switch,
    /// A whole number.
    Whole,
    /// A span of time such as `30s`.
    Duration,
    /// The path of a file on the server.
    Path,
    /// Any number of tables that have these settings each: `[[snmp.users]]`.
    Tables(&'static [SettingField]),
}

impl FieldSort {
    /// Every sort of one value.
    pub const ALL: [FieldSort; 6] = [
        FieldSort::Text,
        FieldSort::Texts,
        FieldSort::Switch,
        FieldSort::Whole,
        FieldSort::Duration,
        FieldSort::Path,
    ];

    /// In words for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            FieldSort::Text => "text",
            FieldSort::Texts => "list of texts",
            FieldSort::Switch => "true or false",
            FieldSort::Whole => "whole number",
            FieldSort::Duration => "span of time",
            FieldSort::Path => "path",
            FieldSort::Tables(_) => "list of tables",
        }
    }
}

/// Whose setting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldGroup {
    /// Of this kind of source.
    Kind,
    /// Of every kind.
    Common,
}

/// One setting: the key and how to ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingField {
    /// The key in the kind's table; of a secret, without `_env` and `_file`.
    pub key: &'static str,
    /// What it holds. A secret is a text.
    pub sort: FieldSort,
    /// What people call it.
    pub label: &'static str,
    /// What it does and what is so without it, in a sentence or two.
    pub help: &'static str,
    /// An example, or nothing.
    pub placeholder: &'static str,
    /// Whose setting it is.
    pub group: FieldGroup,
    /// A secret: given by `_env` or `_file`, or typed and sealed; never a setting itself.
    pub is_secret: bool,
    /// It says where secrets are sent. Who changes it gives the secrets again.
    pub is_destination: bool,
    /// Shown in red where it is on.
    pub is_dangerous: bool,
}

impl SettingField {
    /// A setting of one kind of source.
    #[must_use]
    pub const fn new(
        key: &'static str,
        sort: FieldSort,
        label: &'static str,
        help: &'static str,
    ) -> SettingField {
        SettingField {
            key,
            sort,
            label,
            help,
            placeholder: "",
            group: FieldGroup::Kind,
            is_secret: false,
            is_destination: false,
            is_dangerous: false,
        }
    }

    /// A secret of one kind of source.
    #[must_use]
    pub const fn secret(
        key: &'static str,
        label: &'static str,
        help: &'static str,
    ) -> SettingField {
        let mut field = SettingField::new(key, FieldSort::Text, label, help);
        field.is_secret = true;
        field
    }

    /// The settings that it stands for, by their whole keys: its own, or those of so many tables:
    /// `users.0.name`, `users.0.auth_key` ...
    #[must_use]
    pub fn whole(&self, tables: usize) -> Vec<(String, SettingField)> {
        let FieldSort::Tables(parts) = self.sort else { return vec![(self.key.to_owned(), *self)] };
        (0..tables)
            .flat_map(|table| {
                parts.iter().map(move |part| (format!("{}.{table}.{}", self.key, part.key), *part))
            })
            .collect()
    }

    /// With an example.
    #[must_use]
    pub const fn like(mut self, placeholder: &'static str) -> SettingField {
        self.placeholder = placeholder;
        self
    }

    /// Of every kind of source.
    #[must_use]
    pub const fn common(mut self) -> SettingField {
        self.group = FieldGroup::Common;
        self
    }

    /// It says where secrets are sent.
    #[must_use]
    pub const fn destination(mut self) -> SettingField {
        self.is_destination = true;
        self
    }

    /// Shown in red where it is on.
    #[must_use]
    pub const fn dangerous(mut self) -> SettingField {
        self.is_dangerous = true;
        self
    }
}
