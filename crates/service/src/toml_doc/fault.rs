//! One mistake in a file, a variable or a flag, and all of them together.

use std::fmt;

/// What is wrong, where, and what to do about it. Holds no value that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `prod.toml:4:1`, a file, `CADASTRE_ZONE` or `--listen`.
    pub place: String,
    /// The key it is about, dotted (`server.listen`); empty if about the whole.
    pub key: String,
    /// What is wrong and what was expected.
    pub problem: String,
    /// What to do next; empty if the problem says it.
    pub advice: String,
}

impl Fault {
    /// A fault of a key.
    pub fn new(
        place: impl Into<String>,
        key: impl Into<String>,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            key: key.into(),
            problem: problem.into(),
            advice: advice.into(),
        }
    }

    /// What is wrong, with the key it is about.
    #[must_use]
    pub fn what(&self) -> String {
        if self.key.is_empty() {
            return self.problem.clone();
        }
        format!("`{}`: {}", self.key, self.problem)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what())?;
        if !self.advice.is_empty() {
            write!(f, "; {}", self.advice)?;
        }
        Ok(())
    }
}

/// Every fault that was found, in the order of the file. As an error it is never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// Only this one.
    #[must_use]
    pub fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }

    /// Notes another.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// `value` if nothing is wrong, else all the faults.
    ///
    /// # Errors
    /// Itself, if there is any fault.
    pub fn or<T>(self, value: T) -> Result<T, Faults> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
