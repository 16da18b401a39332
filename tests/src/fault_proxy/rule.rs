//! Which call gets which fault.
//!
//! A rule knows calls and counts; it carries nothing out itself.

use std::time::Duration;

use super::call::Call;

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answered with an error instead of being sent on.
    Refuse {
        /// HTTP status, as EC2 gives with that code: 401 `AuthFailure`, 403
        /// `UnauthorizedOperation`, 401 `OptInRequired`.
        status: u16,
        /// The error code a client acts on.
        code: String,
        /// The text a person reads.
        message: String,
    },
    /// Answered 503 `RequestLimitExceeded`; [`Rule::times`] says how often.
    Throttle,
    /// Answered as expired temporary credentials are: by EC2 with 400
    /// `RequestExpired`, by other services with 403 `ExpiredToken`.
    ExpiredToken,
    /// The answer's header comes whole, its body stops after `at` bytes (or
    /// one before its end, if it is no longer) and the connection closes.
    CutBody {
        /// Bytes of the body that still come.
        at: usize,
    },
    /// Waits, then goes on.
    Delay(Duration),
    /// The connection closes without an answer; nothing is sent on.
    DropConnection,
    /// A successful answer whose list is empty, and which has no next page.
    Empty,
    /// The answer lacks the smallest item with `<element>id</element>` in it,
    /// wherever that occurs: `("instanceId", "i-1")` takes an instance out of
    /// its reservation.
    FilterOut {
        /// Name of the XML element: `instanceId`.
        element: String,
        /// Its text.
        id: String,
    },
}

impl Fault {
    /// [`Fault::Refuse`] as EC2 refuses a region to an account: 401 `AuthFailure`.
    pub fn auth_failure() -> Self {
        Self::Refuse {
            status: 401,
            code: "AuthFailure".to_owned(),
            message: "AWS was not able to validate the provided access credentials".to_owned(),
        }
    }

    /// [`Fault::Refuse`] as a missing permission is refused: 403
    /// `UnauthorizedOperation`.
    pub fn unauthorized() -> Self {
        Self::Refuse {
            status: 403,
            code: "UnauthorizedOperation".to_owned(),
            message: "You are not authorized to perform this operation.".to_owned(),
        }
    }
}

/// A fault and the calls that get it: all, unless narrowed.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    service: Option<String>,
    region: Option<String>,
    action: Option<String>,
    after: usize,
    times: Option<usize>,
}

impl Rule {
    /// The fault, for every call.
    pub fn new(fault: Fault) -> Self {
        Self { fault, service: None, region: None, action: None, after: 0, times: None }
    }

    /// Only for calls of this service (`ec2`).
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        self.service = Some(service.to_owned());
        self
    }

    /// Only for calls in this region (`eu-west-1`).
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Only for calls of this action (`DescribeInstances`).
    #[must_use]
    pub fn action(mut self, action: &str) -> Self {
        self.action = Some(action.to_owned());
        self
    }

    /// Lets the first `calls` matching calls pass: the fault comes on page n.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.after = calls;
        self
    }

    /// Only `times` times, then never again.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// The fault, if this call gets it; counts it down.
    pub(super) fn meet(&mut self, call: &Call) -> Option<Fault> {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|it| it == is);
        if !fits(&self.service, &call.service)
            || !fits(&self.region, &call.region)
            || !fits(&self.action, &call.action)
        {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        if let Some(times) = &mut self.times {
            if *times == 0 {
                return None;
            }
            *times -= 1;
        }
        Some(self.fault.clone())
    }
}
