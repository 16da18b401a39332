//! The parameters of an address: each taken by who knows it, and everything that is wrong said at
//! once. What nobody takes is an error, never ignored.

use crate::api::failure::{ApiFailure, Problems};
use crate::web::Origin;
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use cadastre_model::Timestamp;
use cadastre_service::Service;
use std::convert::Infallible;
use url::form_urlencoded;

/// What an address asks for, as far as nobody has taken it yet.
pub struct Asked {
    pairs: Vec<(String, String)>,
    problems: Problems,
}

impl Asked {
    /// All of it.
    pub fn of(uri: &Uri) -> Asked {
        let query = uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Asked { pairs, problems: Problems::new() }
    }

    /// Notes that a parameter cannot be.
    pub fn problem(&mut self, name: &str, message: impl Into<String>) {
        self.problems.entry(name.to_owned()).or_default().push(message.into());
    }

    /// Takes every value of a parameter.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        let is_it = |pair: &mut (String, String)| pair.0 == name;
        self.pairs.extract_if(.., is_it).map(|(_, value)| value).collect()
    }

    /// Takes the one value of a parameter.
    pub fn one(&mut self, name: &str) -> Option<String> {
        let mut values = self.all(name);
        if values.len() > 1 {
            self.problem(name, "given more than once; expected one value");
        }
        values.pop()
    }

    /// Takes a whole number.
    pub fn number(&mut self, name: &str, most: u32) -> Option<u32> {
        let text = self.one(name)?;
        match text.parse::<u32>() {
            Ok(number) if number <= most => Some(number),
            _ => {
                self.problem(name, format!("`{text}` is not a whole number from 0 to {most}"));
                None
            }
        }
    }

    /// Takes a yes or no.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let text = self.one(name)?;
        let flag = flag_of(&text);
        if flag.is_none() {
            self.problem(name, format!("`{text}` is neither true nor false"));
        }
        flag
    }

    /// Takes the moment to read at.
    pub fn as_of(&mut self, service: &Service) -> Option<Timestamp> {
        let text = self.one("as_of")?;
        match service.zone().as_of(&text, service.now()) {
            Ok(moment) => Some(moment),
            Err(error) => {
                self.problem("as_of", error.to_string());
                None
            }
        }
    }

    /// Takes all that is left, values of one parameter together, in the order they came.
    pub fn rest(&mut self) -> Vec<(String, Vec<String>)> {
        let mut rest: Vec<(String, Vec<String>)> = Vec::new();
        while let Some((name, _)) = self.pairs.first() {
            let name = name.clone();
            let values = self.all(&name);
            rest.push((name, values));
        }
        rest
    }

    /// Says everything that is wrong; what is left is unknown. `known` names what there is.
    pub fn finish(mut self, known: &str) -> Result<(), ApiFailure> {
        for (name, _) in self.rest() {
            self.problem(&name, format!("there is no such parameter here; expected {known}"));
        }
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(ApiFailure::problems("parameters", &self.problems)),
        }
    }
}

/// Yes or no, as clients write it.
pub fn flag_of(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// What addresses in answers begin with: clients follow them as they stand.
#[derive(Clone, Debug)]
pub struct Base(String);

impl Base {
    /// An address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The same page of an address at another place: its parameters with `set` in place of `offset`
    /// and `start`.
    pub fn elsewhere(&self, uri: &Uri, set: Option<(&str, &str)>) -> String {
        let query = uri.query().unwrap_or_default();
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name != "offset" && name != "start" {
                pairs.append_pair(&name, &value);
            }
        }
        if let Some((name, value)) = set {
            pairs.append_pair(name, value);
        }
        let pairs = pairs.finish();
        match pairs.is_empty() {
            true => self.address(uri.path()),
            false => self.address(&format!("{}?{pairs}", uri.path())),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Base, Infallible> {
        let origin = parts.extensions.get::<Origin>();
        Ok(Base(origin.map_or(String::new(), |origin| origin.0.clone())))
    }
}
