//! Where on the page an edit was asked for: there its answer belongs.

use cadastre_model::AssetId;

/// A part of the page that has forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The list of attributes, each to be released.
    Attributes,
    /// The tags.
    Tags,
    /// The form for the owner.
    Owner,
    /// The form for the site.
    Site,
    /// What its ports lead to.
    Neighbours,
    /// The form for any attribute.
    Edit,
}

impl Place {
    /// Its id on the page; what a form's field `place` says.
    pub fn word(self) -> &'static str {
        match self {
            Place::Attributes => "attributes",
            Place::Tags => "tags",
            Place::Owner => "owner",
            Place::Site => "site",
            Place::Neighbours => "neighbours",
            Place::Edit => "edit",
        }
    }

    /// The place that a form names; the form for any attribute if it names none.
    pub fn from_word(word: &str) -> Place {
        let all = [Place::Attributes, Place::Tags, Place::Owner, Place::Site, Place::Neighbours];
        all.into_iter().find(|place| place.word() == word).unwrap_or(Place::Edit)
    }

    /// Where its forms are sent. The browser keeps the place in sight if the answer is a page.
    pub fn action(self, id: AssetId) -> String {
        format!("/assets/{id}/edit#{}", self.word())
    }

    /// Where the page shows it.
    pub fn address(self, id: AssetId) -> String {
        format!("/assets/{id}#{}", self.word())
    }
}
