//! What every client is made from: credentials, retries, time limits, recording or replaying. The
//! clients themselves are made in `services`.

use crate::asked::{Asked, Questions};
use crate::settings::AwsSettings;
use crate::tape::{Tape, TapedClient};
use crate::transport::Transport;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::config::retry::RetryConfig;
use aws_sdk_ec2::config::timeout::TimeoutConfig;
use aws_sdk_ec2::config::{IdentityCache, SharedHttpClient, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use cadastre_collect::{CollectError, Mode, Trust};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// Attempts at one request, the first included, with growing pauses between them.
pub(crate) const ATTEMPTS: u32 = 6;

/// The first pause is at most this long, the last at most sixteen times that: eight seconds in all,
/// in which a region's budget of requests is filled again several times over.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// A connection is made within this time, or within the time limit of a request if that is less.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// What the questions of an account other than the credentials' own are marked with in a recording
/// is its number; theirs are marked with this, for the number is what is asked first.
pub(crate) const OWN: &str = "own";

/// Keys given in the settings.
#[derive(Clone, Debug)]
pub(crate) struct StaticKeys {
    /// The key's id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretString,
    /// The token of a temporary key.
    pub session_token: Option<SecretString>,
}

/// Makes clients for one run.
#[derive(Debug)]
pub(crate) struct Connection {
    /// What is asked.
    pub asked: Asked,
    sdk: SdkConfig,
    network: SharedHttpClient,
    tape: Tape,
    external_id: Option<String>,
}

impl Connection {
    /// Finds the credentials' provider and the home region. Nothing is asked yet of AWS, though the
    /// default chain may ask the machine's metadata service for its region.
    pub(crate) async fn open(
        settings: &AwsSettings,
        keys: Option<&StaticKeys>,
        trust: &Trust,
        mode: &Mode,
    ) -> Result<Connection, CollectError> {
        let transport = Transport::new(trust.clone(), settings.common.proxy.clone());
        let network = SharedHttpClient::new(transport);
        if let Mode::Replay(recording) = mode {
            return Ok(Connection {
                asked: Asked::of(recording)?,
                sdk: replaying(),
                network,
                tape: Tape::Playing(Arc::new(recording.player())),
                external_id: None,
            });
        }
        let (provider, chain_region) = credentials(keys, &network).await;
        let home = settings.regions.first().cloned().or(chain_region);
        let asked = Asked {
            home: home.unwrap_or_else(|| "us-east-1".to_owned()),
            regions: settings.regions.clone(),
            accounts: settings.accounts.clone(),
            role_name: settings.role_name.clone(),
            page_size: settings.page_size,
            questions: Questions::All,
            private_endpoint: settings.endpoint.is_some(),
        };
        let tape = match mode {
            Mode::Record(recorder) => {
                recorder.note_settings(serde_json::json!(asked));
                for secret in secrets_of(keys, settings) {
                    recorder.hide(&secret);
                }
                Tape::Recording(recorder.clone())
            }
            Mode::Live | Mode::Replay(_) => Tape::Off,
        };
        Ok(Connection {
            asked,
            sdk: live(settings, provider, &network),
            network,
            tape,
            external_id: settings.external_id.clone(),
        })
    }

    /// The configuration of the credentials' own account.
    pub(crate) fn own(&self) -> SdkConfig {
        self.sdk.clone()
    }

    /// The configuration of another account, in which `role_arn` is taken on when first needed, and
    /// again before it expires.
    pub(crate) async fn assume(&self, role_arn: String) -> SdkConfig {
        if matches!(self.tape, Tape::Playing(_)) {
            return self.sdk.clone();
        }
        // Asked past the tape: the answer is a secret.
        let base = self.sdk.to_builder().region(Region::new(self.asked.home.clone())).build();
        let mut provider = AssumeRoleProvider::builder(role_arn).session_name("cadastre");
        if let Some(external_id) = &self.external_id {
            provider = provider.external_id(external_id);
        }
        let provider = SharedCredentialsProvider::new(provider.configure(&base).build().await);
        self.sdk.to_builder().credentials_provider(provider).build()
    }

    /// A way through the tape for the questions of `account`.
    pub(crate) fn taped(&self, account: &str) -> TapedClient {
        TapedClient {
            network: self.network.clone(),
            tape: self.tape.clone(),
            account: account.to_owned(),
        }
    }
}

/// The provider of credentials, and the region that the default chain knows of.
async fn credentials(
    keys: Option<&StaticKeys>,
    network: &SharedHttpClient,
) -> (Option<SharedCredentialsProvider>, Option<String>) {
    if let Some(keys) = keys {
        let token = keys.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        let secret = keys.secret_access_key.expose_secret();
        let credentials = Credentials::new(&keys.access_key_id, secret, token, None, "settings");
        return (Some(SharedCredentialsProvider::new(credentials)), None);
    }
    let chain = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(network.clone())
        .load()
        .await;
    (chain.credentials_provider(), chain.region().map(ToString::to_string))
}

fn secrets_of(keys: Option<&StaticKeys>, settings: &AwsSettings) -> Vec<SecretString> {
    let keys = keys.into_iter();
    keys.flat_map(|keys| {
        [Some(keys.secret_access_key.clone()), keys.session_token.clone()].into_iter().flatten()
    })
    .chain(settings.external_id.clone().map(SecretString::from))
    .collect()
}

fn live(
    settings: &AwsSettings,
    provider: Option<SharedCredentialsProvider>,
    network: &SharedHttpClient,
) -> SdkConfig {
    let attempt = settings.common.timeout;
    let limits = TimeoutConfig::builder()
        .connect_timeout(attempt.min(CONNECT_LIMIT))
        .operation_attempt_timeout(attempt)
        .build();
    let mut sdk = common()
        .into_builder()
        .http_client(network.clone())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .timeout_config(limits);
    sdk.set_endpoint_url(settings.endpoint.clone());
    sdk.set_credentials_provider(provider);
    sdk.build()
}

/// Signs with a key that opens nothing, waits for nothing.
fn replaying() -> SdkConfig {
    let nobody = Credentials::new("RECORDING", "RECORDING", None, None, "recording");
    common()
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .sleep_impl(SharedAsyncSleep::new(NoSleep))
        .timeout_config(TimeoutConfig::disabled())
        .build()
}

fn common() -> SdkConfig {
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .retry_config(
            RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_PAUSE),
        )
        .identity_cache(IdentityCache::lazy().build())
        .time_source(SystemTimeSource::new())
        // The limit on an attempt covers a stream that stalls.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    sdk.set_app_name(AppName::new("cadastre").ok());
    sdk.build()
}

/// Pauses between attempts at a recording are over at once.
#[derive(Debug)]
struct NoSleep;

impl AsyncSleep for NoSleep {
    fn sleep(&self, _duration: Duration) -> Sleep {
        Sleep::new(std::future::ready(()))
    }
}
