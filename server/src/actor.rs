//! Who stands at the command line: whoever may open the database is an admin by that fact.

use cadastre_model::Actor;

/// The person at the command line, named by the login that started the program.
pub fn at_command_line() -> Actor {
    let user = ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|user| !user.is_empty());
    Actor::cli(user.as_deref().unwrap_or("unknown"))
}
