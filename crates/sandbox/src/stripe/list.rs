use serde_json::Value;

use super::{filter::Checks, params::Params, refusal::Refusal, resource::Resource};
use crate::stripe_data::{Rank, StripeData};

const LONGEST_PAGE: usize = 100;
const DEFAULT_PAGE: usize = 10;
pub(super) const PAGING: [&str; 4] = ["limit", "starting_after", "ending_before", "expand"];

/// A part of a list, in the list's order.
pub(super) struct Page<'d> {
    pub(super) data: Vec<&'d Value>,
    /// Whether the list goes on in the direction of the walk.
    pub(super) has_more: bool,
}

/// Where a page starts and how long it may be.
pub(super) struct Paging<'p> {
    limit: usize,
    cursor: Cursor<'p>,
}

enum Cursor<'p> {
    Start,
    After(&'p str),
    Before(&'p str),
}

impl<'p> Paging<'p> {
    pub(super) fn read(params: &'p Params) -> Result<Self, Refusal> {
        let cursor = match (params.text("starting_after"), params.text("ending_before")) {
            (Some(_), Some(_)) => {
                return Err(Refusal::bad(
                    "You cannot parameterize both starting_after and ending_before.",
                    "ending_before",
                ));
            }
            (Some(id), None) => Cursor::After(id),
            (None, Some(id)) => Cursor::Before(id),
            (None, None) => Cursor::Start,
        };
        let limit = match params.text("limit") {
            Some(text) => page_length(text)?,
            None => DEFAULT_PAGE,
        };
        Ok(Self { limit, cursor })
    }

    fn cut<'d>(&self, mut rest: impl DoubleEndedIterator<Item = &'d Value>) -> Page<'d> {
        let mut data: Vec<&Value> = match self.cursor {
            Cursor::Start | Cursor::After(_) => rest.by_ref().take(self.limit + 1).collect(),
            Cursor::Before(_) => rest.by_ref().rev().take(self.limit + 1).collect(),
        };
        let has_more = data.len() > self.limit;
        data.truncate(self.limit);
        if matches!(self.cursor, Cursor::Before(_)) {
            data.reverse();
        }
        Page { data, has_more }
    }
}

fn page_length(text: &str) -> Result<usize, Refusal> {
    let limit: i64 = text
        .parse()
        .map_err(|_| Refusal::not_an_integer(text, "limit"))?;
    match usize::try_from(limit) {
        Ok(limit @ 1..=LONGEST_PAGE) => Ok(limit),
        Ok(0) | Err(_) => Err(Refusal::bad(
            "This value must be greater than or equal to 1.",
            "limit",
        )),
        Ok(_) => Err(Refusal::bad(
            "This value must be less than or equal to 100.",
            "limit",
        )),
    }
}

/// A page of all objects of a resource that pass `checks`, newest first.
pub(super) fn page<'d>(
    data: &'d StripeData,
    resource: &Resource,
    checks: &Checks,
    paging: &Paging<'_>,
) -> Result<Page<'d>, Refusal> {
    let (mut after, mut before) = checks.ranks();
    match paging.cursor {
        Cursor::Start => {}
        Cursor::After(id) => {
            let cursor = place(data, resource, checks, id, "starting_after")?;
            before = before.min(cursor);
        }
        Cursor::Before(id) => {
            let cursor = place(data, resource, checks, id, "ending_before")?;
            after = after.max(cursor);
        }
    }
    let rest = data
        .newest_first(resource.kind, after, before)
        .filter(|object| checks.pass(object));
    Ok(paging.cut(rest))
}

/// The cursor must itself be in the list that is asked for.
fn place(
    data: &StripeData,
    resource: &Resource,
    checks: &Checks,
    id: &str,
    param: &str,
) -> Result<Rank, Refusal> {
    let (after, before) = checks.ranks();
    match data.ranked(resource.kind, id) {
        Some((rank, _)) if resource.kind == "event" && rank <= after => {
            let message = format!(
                "The event '{id}' is no longer available because it's aged out of our retention policy."
            );
            Err(Refusal::bad(message, param))
        }
        Some((rank, object)) if after < rank && rank < before && checks.pass(object) => Ok(rank),
        _ => Err(Refusal::no_such_in(resource.noun(), id, param)),
    }
}

/// A page of entries that have an order of their own, such as the lines of an invoice.
pub(super) fn page_of_entries<'d>(
    entries: &'d [Value],
    noun: &str,
    paging: &Paging<'_>,
) -> Result<Page<'d>, Refusal> {
    let place = |id: &str, param| {
        entries
            .iter()
            .position(|entry| entry["id"] == id)
            .ok_or_else(|| Refusal::no_such_in(noun, id, param))
    };
    let rest = match paging.cursor {
        Cursor::Start => entries,
        Cursor::After(id) => &entries[place(id, "starting_after")? + 1..],
        Cursor::Before(id) => &entries[..place(id, "ending_before")?],
    };
    Ok(paging.cut(rest.iter()))
}

/// The parameters a list knows.
pub(super) fn known(resource: &Resource) -> Vec<&'static str> {
    let filters = resource.filters.iter().map(|filter| filter.name);
    filters.chain(PAGING).collect()
}
