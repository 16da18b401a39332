//! Enumerations with a stored number and a word: declared once each, all with the same four functions.

/// Declares an enumeration whose values have a stored number (never reuse one) and a word for
/// queries, files and output. `Serialize` and `Deserialize` use the word.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The stored number.
            #[must_use]
            pub fn code(self) -> i16 {
                match self { $($name::$variant => $code,)* }
            }

            /// The word in queries, files and output.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value of a stored number.
            #[must_use]
            pub fn from_code(code: i16) -> Option<$name> {
                match code { $($code => Some($name::$variant),)* _ => None }
            }

            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

pub(crate) use coded;
