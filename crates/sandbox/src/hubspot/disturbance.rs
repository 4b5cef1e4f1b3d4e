//! What can go wrong with a request beside the portal's own rules.

/// Something that happens to a request instead of, or on top of, its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disturbance {
    /// 429 under a policy, though nothing was used up.
    RateLimited(RatePolicy),
    /// 423: another write holds the records.
    Locked,
    /// 477: the portal is being moved between data centres.
    Moving {
        /// `Retry-After`, in seconds.
        retry_after_s: u64,
    },
    /// A refusal with this status, such as 502, before anything was done.
    Status(u16),
    /// The answer takes longer; what was asked is done at once.
    Slow {
        /// How much longer.
        delay_ms: u64,
    },
    /// The connection breaks before anything was done.
    BrokenBefore,
    /// The connection breaks after the request was carried out, before its answer.
    BrokenAfter,
    /// The answer ends in the middle, after the request was carried out.
    CutShort,
    /// A web page in place of the answer, as a captive portal sends, before anything was done.
    Page,
}

/// The allowances a 429 can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatePolicy {
    /// Ten seconds, rolling.
    TenSecondly,
    /// One second, for search.
    Secondly,
    /// The day.
    Daily,
}

/// Which of the coming requests are disturbed.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) disturbance: Disturbance,
    /// A part of the path.
    pub(super) path_part: String,
    pub(super) times: usize,
}

/// Takes the disturbance of a request, if one is planned for it.
pub(super) fn take(planned: &mut Vec<Planned>, path: &str) -> Option<Disturbance> {
    let at = planned
        .iter()
        .position(|plan| path.contains(&plan.path_part))?;
    let plan = planned.get_mut(at)?;
    let disturbance = plan.disturbance;
    plan.times = plan.times.saturating_sub(1);
    if plan.times == 0 {
        planned.remove(at);
    }
    Some(disturbance)
}
