//! What a key can do, found out by asking. Stripe has no request that lists a key's permissions; but it looks at the
//! permission before it looks at anything else, so that the kind of answer tells.

use std::time::Duration;

use futures::{StreamExt, stream};

use crate::{
    account::account_call,
    call::Call,
    catalog::{Held, Level, Preset, Probe, ROWS, Row},
    client::Client,
    error::{RequestId, StripeError},
    key::ApiKeyKind,
    refusal::{AccountId, Refusal},
};

/// Checks whether the key holds `rows` as `preset` asks, four at a time. `on_check` hears each verdict as it arrives;
/// a row that is asked again is heard of more than once.
///
/// A plain secret key holds everything, so that only the key itself is checked.
pub async fn audit(
    client: &Client,
    preset: Preset,
    rows: &[&'static Row],
    on_check: impl Fn(&Check),
) -> Audit {
    let mut audit = Audit {
        checks: rows
            .iter()
            .map(|&row| Check {
                row,
                verdict: Verdict::NotChecked,
            })
            .collect(),
        stopped: None,
    };
    if client.key().kind() == ApiKeyKind::Secret {
        audit.settle_secret_key(client, &on_check).await;
        return audit;
    }
    let on_check = &on_check;
    let checks = rows
        .iter()
        .enumerate()
        .map(|(index, &row)| async move { (index, check(client, preset, row, on_check).await) });
    let mut verdicts = stream::iter(checks.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
    while let Some((index, outcome)) = verdicts.next().await {
        match outcome {
            Ok(verdict) => {
                audit.checks[index].verdict = verdict;
                on_check(&audit.checks[index]);
            }
            Err(refused) => {
                audit.stopped = Some(refused);
                break;
            }
        }
    }
    drop(verdicts);
    audit
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// One check for each row, in the order in which they were asked for.
    pub checks: Vec<Check>,
    /// Why the rest was not checked: the key itself is not accepted.
    pub stopped: Option<StripeError>,
}

impl Audit {
    /// The rows that the key is known to hold.
    #[must_use]
    pub fn held(&self) -> Held {
        self.checks
            .iter()
            .filter(|check| check.verdict == Verdict::Held)
            .map(|check| check.row)
            .collect()
    }

    /// Whether every row is held.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.verdict == Verdict::Held)
    }

    /// The account that Stripe named in a refusal.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        self.checks.iter().find_map(|check| match &check.verdict {
            Verdict::Missing { refusal, .. } => refusal.account.as_ref(),
            _ => None,
        })
    }

    async fn settle_secret_key(&mut self, client: &Client, on_check: &impl Fn(&Check)) {
        let verdict = match client.try_once(&account_call()).await {
            Err(refused) if stops_all(&refused) => {
                self.stopped = Some(refused);
                return;
            }
            Err(cause) if cause.may_pass() => Verdict::Unverified {
                cause,
                retrying: false,
            },
            _ => Verdict::Held,
        };
        for check in &mut self.checks {
            check.verdict = verdict.clone();
            on_check(check);
        }
    }
}

/// One row of the checklist and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The row.
    pub row: &'static Row,
    /// What is known.
    pub verdict: Verdict,
}

/// What is known of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not asked yet.
    NotChecked,
    /// The key has it.
    Held,
    /// The key lacks it.
    Missing {
        /// What Stripe says of it, with the link to edit the key.
        refusal: Refusal,
        /// Whether the row stands at Read where Write is needed.
        has_read: bool,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// Could not be found out, for a reason that says nothing about the key.
    Unverified {
        /// The reason.
        cause: StripeError,
        /// Whether it is being asked again.
        retrying: bool,
    },
}

/// Looks for what the key can do beyond what `preset` asks: sections that must stay None, and any write. Only requests
/// without effect are sent; each refused one stands in the request log of the account, which the user should know before.
///
/// # Errors
/// The key itself is not accepted.
pub async fn excess(
    client: &Client,
    preset: Preset,
    on_finding: impl Fn(&Finding),
) -> Result<Vec<Finding>, StripeError> {
    let questions = ROWS
        .iter()
        .filter_map(|row| Some((row, row.excess(preset)?)));
    let mut findings = Vec::new();
    if client.key().kind() == ApiKeyKind::Secret {
        findings.extend(questions.map(|(row, _)| Finding::new(row, preset, Reach::Exceeds)));
        findings.iter().for_each(on_finding);
        return Ok(findings);
    }
    let asked =
        questions.map(|(row, probe)| async move { (row, ask(client, *probe, |_| {}).await) });
    let mut answers = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE);
    while let Some((row, answer)) = answers.next().await {
        let reach = match answer? {
            Answer::Yes => Reach::Exceeds,
            Answer::No { .. } => Reach::WithinNeed,
            Answer::Unknown(cause) => Reach::Unverified { cause },
        };
        let finding = Finding::new(row, preset, reach);
        on_finding(&finding);
        findings.push(finding);
    }
    drop(answers);
    Ok(findings)
}

/// Whether a key can do more in one row than it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row.
    pub row: &'static Row,
    /// The level that was looked for, one above what is asked.
    pub level: Level,
    /// Whether it is there.
    pub reach: Reach,
}

impl Finding {
    fn new(row: &'static Row, preset: Preset, reach: Reach) -> Self {
        let level = match row.level_in(preset) {
            Level::None => Level::Read,
            Level::Read | Level::Write => Level::Write,
        };
        Self { row, level, reach }
    }
}

/// How far a key reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// No further than it needs to.
    WithinNeed,
    /// Further than it needs to.
    Exceeds,
    /// Could not be found out.
    Unverified {
        /// The reason.
        cause: StripeError,
    },
}

const AT_ONCE: usize = 4;
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

async fn check(
    client: &Client,
    preset: Preset,
    row: &'static Row,
    on_check: &impl Fn(&Check),
) -> Result<Verdict, StripeError> {
    let Some(proof) = row.proof(preset) else {
        return Ok(Verdict::NotChecked);
    };
    let report = |cause: &StripeError| {
        on_check(&Check {
            row,
            verdict: Verdict::Unverified {
                cause: cause.clone(),
                retrying: true,
            },
        });
    };
    Ok(match ask(client, *proof, report).await? {
        Answer::Yes => Verdict::Held,
        Answer::No {
            refusal,
            request_id,
        } => Verdict::Missing {
            refusal,
            has_read: has_read(client, preset, row).await?,
            request_id,
        },
        Answer::Unknown(cause) => Verdict::Unverified {
            cause,
            retrying: false,
        },
    })
}

/// Whether a row that lacks Write has Read at least.
async fn has_read(client: &Client, preset: Preset, row: &Row) -> Result<bool, StripeError> {
    match (row.level_in(preset), row.read) {
        (Level::Write, Some(read)) => Ok(matches!(ask(client, read, |_| {}).await?, Answer::Yes)),
        _ => Ok(false),
    }
}

enum Answer {
    Yes,
    No {
        refusal: Refusal,
        request_id: Option<RequestId>,
    },
    Unknown(StripeError),
}

/// Sends one probe, up to three times while the answer says nothing about the key. Fails when the key is not accepted.
async fn ask(
    client: &Client,
    probe: Probe,
    on_trouble: impl Fn(&StripeError),
) -> Result<Answer, StripeError> {
    let call = Call::Probe(probe);
    let mut pauses = PAUSES.iter();
    loop {
        let error = match client.try_once(&call).await {
            Ok(()) => return Ok(Answer::Yes),
            Err(error) => error,
        };
        match error {
            // Past the permission: a wrong parameter, no such object, or a list that only Connect platforms have.
            StripeError::NotFound { .. }
            | StripeError::Rejected { status: 400, .. }
            | StripeError::AccountNotOpen {
                platform_required: true,
                ..
            } => return Ok(Answer::Yes),
            StripeError::PermissionMissing {
                refusal,
                request_id,
            } => {
                return Ok(Answer::No {
                    refusal: *refusal,
                    request_id,
                });
            }
            refused if stops_all(&refused) => return Err(refused),
            cause if cause.may_pass() => match pauses.next() {
                Some(pause) => {
                    on_trouble(&cause);
                    tokio::time::sleep(*pause).await;
                }
                None => return Ok(Answer::Unknown(cause)),
            },
            cause => return Ok(Answer::Unknown(cause)),
        }
    }
}

fn stops_all(error: &StripeError) -> bool {
    matches!(
        error,
        StripeError::Unauthorized { .. } | StripeError::Publishable { .. }
    )
}
