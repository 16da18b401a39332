//! Pages that can be read on their way: the server knows how a request came, and the shell says so on
//! whatever page answers it.

use std::future::Future;

tokio::task_local! {
    static EXPOSED: ();
}

/// Answers a request whose answer others on the way can read; its page warns of that.
pub async fn exposed<F: Future>(answer: F) -> F::Output {
    EXPOSED.scope((), answer).await
}

/// Whether what is rendered now can be read on its way.
pub(crate) fn is_exposed() -> bool {
    EXPOSED.try_with(|()| ()).is_ok()
}
