//! What commands said of bad input, gathered for one snapshot.

use cadastre_tests::cadastre::{Cadastre, Ran};

use super::stand::Stand;

/// Cases, each with its exit status and its words.
#[derive(Default)]
pub struct Told {
    text: String,
    hidden: Vec<(String, String)>,
}

impl Told {
    /// Nothing yet. The home's path is left out of all texts.
    pub fn by(stand: &Stand) -> Self {
        Self::in_home(&stand.cadastre)
    }

    /// The same where there is only a home.
    pub fn in_home(cadastre: &Cadastre) -> Self {
        let home = cadastre.home().display().to_string();
        Self { text: String::new(), hidden: vec![(home, "~".to_owned())] }
    }

    /// Writes `word` for what is different each time: a port, a database's name.
    #[must_use]
    pub fn hiding(mut self, text: &str, word: &str) -> Self {
        self.hidden.push((text.to_owned(), word.to_owned()));
        self
    }

    /// Adds a case. Nothing may be printed as if all were well, and nothing may have panicked.
    #[track_caller]
    pub fn case(&mut self, title: &str, ran: &Ran) {
        assert_eq!(ran.stdout, "", "{title}: printed beside the error\n{}", ran.stderr);
        self.case_with_answer(title, ran);
    }

    /// Adds a case of a command that answers and complains.
    #[track_caller]
    pub fn case_with_answer(&mut self, title: &str, ran: &Ran) {
        assert!(!ran.stderr.contains("panicked"), "{title}: {}", ran.stderr);
        let status = ran.status.map_or("none".to_owned(), |status| status.to_string());
        // What is logged begins with its moment, and is not what is looked at here.
        let is_logged = |line: &&str| line.starts_with("20") && line.contains("Z  ");
        let said: Vec<&str> = ran.stderr.lines().filter(|line| !is_logged(line)).collect();
        let mut said = said.join("\n");
        for (text, word) in &self.hidden {
            said = said.replace(text, word);
        }
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.text.push_str(&format!("{gap}== {title}: exit {status}\n{}\n", said.trim_end()));
    }

    /// All cases.
    pub fn text(self) -> String {
        self.text
    }
}
