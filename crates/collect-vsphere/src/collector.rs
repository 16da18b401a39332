//! One run over all datacenters of a server.

use crate::api::Session;
use crate::enumerate::{Scope, enumerate, learn_all};
use crate::fault::Fault;
use crate::settings::VsphereSettings;
use crate::survey::Survey;
use crate::tags::Tags;
use crate::wire::{HttpSettings, Tape, Wire, client};
use async_trait::async_trait;
use cadastre_collect::{
    CollectError, Collector, Mode, Pattern, RunContext, Stopped, TestStep, Trust,
};
use cadastre_model::Coverage;
use futures::{FutureExt, StreamExt};
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;

/// Who logs in.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// The account's name.
    pub username: String,
    /// Its password.
    pub password: SecretString,
}

/// A source of this kind, ready to be asked.
#[derive(Debug)]
pub(crate) struct VsphereCollector {
    pub(crate) settings: VsphereSettings,
    pub(crate) login: Option<Login>,
    pub(crate) trust: Trust,
    pub(crate) mode: Mode,
    wanted: Pattern,
}

impl VsphereCollector {
    /// A collector by these settings.
    pub(crate) fn new(
        settings: VsphereSettings,
        login: Option<Login>,
        trust: Trust,
        mode: Mode,
    ) -> VsphereCollector {
        let wanted = settings.common.pattern();
        VsphereCollector { settings, login, trust, mode, wanted }
    }

    /// The server's name, for messages.
    pub(crate) fn place(&self) -> String {
        match &self.mode {
            Mode::Replay(recording) => recording.path().display().to_string(),
            Mode::Live | Mode::Record(_) => self.settings.url.clone(),
        }
    }

    /// A session with somebody logged in.
    pub(crate) async fn connect(&self, mode: &Mode) -> Result<Session, Fault> {
        let session = Session::open(self.wire(mode)?).await?;
        let nobody = Login { username: String::new(), password: SecretString::from("") };
        let login = self.login.as_ref().unwrap_or(&nobody);
        match session.log_in(&login.username, &login.password).await {
            Ok(()) => Ok(session),
            Err(fault) => {
                session.close().await;
                Err(fault)
            }
        }
    }

    pub(crate) fn wire(&self, mode: &Mode) -> Result<Wire, Fault> {
        let settings = HttpSettings {
            tls: self.trust.client_config().map_err(|error| Fault::tls(&error.to_string()))?,
            proxy: self.settings.common.proxy.clone(),
            timeout: self.settings.common.timeout,
        };
        let client = client(settings).map_err(|error| Fault::proxy(&error.to_string()))?;
        let tape = match mode {
            Mode::Live => Tape::Off,
            Mode::Record(recorder) => {
                recorder.note_settings(json!({ "skip_tags": self.settings.skip_tags }));
                Tape::Recording(recorder.clone())
            }
            Mode::Replay(recording) => Tape::Playing(Arc::new(recording.player())),
        };
        Ok(Wire::new(client, self.settings.url.clone(), tape))
    }

    /// Whether tags are left unread. A replay asks what was asked.
    fn skips_tags(&self) -> bool {
        match &self.mode {
            Mode::Replay(recording) => {
                let noted = recording.settings().get("skip_tags");
                noted.and_then(serde_json::Value::as_bool).unwrap_or(false)
            }
            Mode::Live | Mode::Record(_) => self.settings.skip_tags,
        }
    }

    async fn tags<'a>(&self, session: &'a Session) -> Result<Option<Tags<'a>>, Fault> {
        if self.skips_tags() || !session.about().is_vcenter {
            return Ok(None);
        }
        Tags::open(session.wire(), self.login.as_ref()).await
    }

    async fn run(&self, session: &Session, run: &RunContext) -> Result<(), CollectError> {
        let stopped = || CollectError::cancelled("vsphere");
        let preparing = async {
            let survey = Survey::make(session).await?;
            learn_all(session).await?;
            Ok::<_, Fault>((survey, self.tags(session).await))
        };
        // No scope is open yet, so what is being prepared can be dropped.
        let (survey, tags) = tokio::select! {
            prepared = Box::pin(preparing) => prepared.map_err(|fault| fault.at(self.place()))?,
            () = run.cancelled() => return Err(stopped()),
        };
        if survey.datacenters.is_empty() {
            return Err(Fault::nothing_to_see().at(self.place()));
        }
        let ended = match &tags {
            Ok(tags) => self.read(session, &survey, tags.as_ref(), run).await,
            Err(fault) => self.refuse(&survey, fault, run).await,
        };
        if let Ok(Some(tags)) = &tags {
            tags.close().await;
        }
        ended.map_err(|Stopped| stopped())
    }

    /// Reads datacenter by datacenter, several at once.
    async fn read(
        &self,
        session: &Session,
        survey: &Survey,
        tags: Option<&Tags<'_>>,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        let total = self.wanted.is_open().then_some(survey.machines());
        let total = total.and_then(|total| u64::try_from(total).ok());
        let reading: Vec<_> = survey
            .datacenters
            .iter()
            .filter(|datacenter| self.is_wanted(&datacenter.name))
            .map(|datacenter| {
                let wanted = &self.wanted;
                let scope = Scope { run, session, survey, tags, wanted, datacenter, total };
                enumerate(scope).boxed()
            })
            .collect();
        let ends: Vec<Result<(), Stopped>> = futures::stream::iter(reading)
            .buffer_unordered(self.settings.common.concurrency)
            .collect()
            .await;
        ends.into_iter().collect()
    }

    /// Without its tags a thing would seem to have lost them: nothing is read then.
    async fn refuse(
        &self,
        survey: &Survey,
        fault: &Fault,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        let why = format!(
            "tags could not be read: {}. To go without them, set `skip_tags = true`",
            fault.text()
        );
        for datacenter in survey.datacenters.iter().filter(|one| self.is_wanted(&one.name)) {
            run.scope_started(&datacenter.scope).await?;
            run.scope_finished(&datacenter.scope, Coverage::failed(why.as_str())).await;
        }
        Ok(())
    }

    /// Whether a datacenter is read at all: unless it is left out by its name.
    fn is_wanted(&self, datacenter: &str) -> bool {
        Pattern::new(&[], &self.settings.common.exclude).wants(&[datacenter])
    }
}

#[async_trait]
impl Collector for VsphereCollector {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let connecting = self.connect(&self.mode);
        let session = tokio::select! {
            session = Box::pin(connecting) => session.map_err(|fault| fault.at(self.place()))?,
            () = run.cancelled() => return Err(CollectError::cancelled("vsphere")),
        };
        let ended = Box::pin(self.run(&session, run)).await;
        session.close().await;
        ended
    }

    async fn test(&self, run: &RunContext) -> Vec<TestStep> {
        crate::probe::probe(self, run).await
    }
}
