//! What changed since the last time, from Stripe's list of events.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::{
    call::Call,
    client::Client,
    error::StripeError,
    list::{Cursor, PAGE_SIZE},
    object::{Item, Kind},
    span::Span,
};

/// What to read after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// The events of this span.
    Window(Span),
    /// Stripe no longer has all events since the last time: read every list anew.
    Gap,
}

/// Stripe documents that events are kept for 30 days; an hour less, so that none ages away while it is being read.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24 - 1);
/// Events can appear late, so that each window begins before the end of the last one.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// The newest seconds of the list may still be incomplete.
const LAG: SignedDuration = SignedDuration::from_secs(10);

impl Poll {
    /// What to read at `now`, when everything up to `last` was read. A clock that was set back only makes the window overlap more.
    #[must_use]
    pub fn since(last: Timestamp, now: Timestamp) -> Self {
        if now.duration_since(last) > KEPT {
            return Self::Gap;
        }
        let from = last.min(now).saturating_sub(OVERLAP);
        let until = now.saturating_sub(LAG);
        match (from, until) {
            (Ok(from), Ok(until)) => Span::new(from, until).map_or(Self::Gap, Self::Window),
            _ => Self::Gap,
        }
    }
}

/// One page of events, newest first. Act on them oldest first, once all pages are there.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// The events.
    pub events: Vec<Event>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

/// Something that happened, and the objects that it touched. What the event says of them may be of another API version
/// or outdated: read them anew by id.
#[derive(Debug, Clone)]
pub struct Event {
    /// The event as it came, with its id and time.
    pub item: Item,
    /// What happened: `customer.subscription.updated`.
    pub kind: String,
    /// The objects to read anew.
    pub touched: Vec<(Kind, String)>,
}

impl Client {
    /// Reads one page of the events of `window`.
    ///
    /// # Errors
    /// Any [`StripeError`]. [`StripeError::NotFound`] means that the cursor has aged away: begin the window again.
    pub async fn events(
        &self,
        window: Span,
        after: Option<&Cursor>,
    ) -> Result<EventPage, StripeError> {
        self.some_events(None, window, after).await
    }

    /// Reads one page of the events of `window` that belong to a group.
    ///
    /// # Errors
    /// As [`Client::events`].
    pub async fn events_of(
        &self,
        group: EventGroup,
        window: Span,
        after: Option<&Cursor>,
    ) -> Result<EventPage, StripeError> {
        // Stripe documents that `type` takes a group of events, with `*` as a wildcard.
        let pattern = match group {
            EventGroup::Subscriptions => "customer.subscription.*",
            EventGroup::Discounts => "customer.discount.*",
        };
        self.some_events(Some(pattern), window, after).await
    }

    async fn some_events(
        &self,
        kind: Option<&str>,
        window: Span,
        after: Option<&Cursor>,
    ) -> Result<EventPage, StripeError> {
        let mut query = vec![("limit", PAGE_SIZE.to_string())];
        query.extend(window.query());
        query.extend(kind.map(|kind| ("type", kind.to_owned())));
        if let Some(cursor) = after {
            query.push(("starting_after", cursor.as_str().to_owned()));
        }
        let call = Call::Get {
            template: "/v1/events",
            id: None,
            query,
        };
        let page = self.raw_page(&call, after).await?;
        Ok(EventPage {
            events: page.items.into_iter().map(Event::read).collect(),
            next: page.next,
        })
    }
}

/// Events that are read apart from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventGroup {
    /// What happened to subscriptions.
    Subscriptions,
    /// What happened to discounts.
    Discounts,
}

impl Event {
    /// Reads what an event is about. An event of a shape that is not known touches nothing.
    #[must_use]
    pub fn read(item: Item) -> Self {
        let head: EventHead = serde_json::from_str(item.json.get()).unwrap_or_default();
        Self {
            item,
            touched: head.data.object.touched(),
            kind: head.kind,
        }
    }
}

#[derive(Default, Deserialize)]
struct EventHead {
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Default, Deserialize)]
struct EventData {
    object: ObjectHead,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ObjectHead {
    id: Option<String>,
    object: String,
    customer: Option<Reference>,
    subscription: Option<Reference>,
    invoice: Option<Reference>,
    charge: Option<Reference>,
}

/// An id, or the whole object where Stripe writes it out.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Object { id: String },
    Other(serde::de::IgnoredAny),
}

impl ObjectHead {
    fn touched(self) -> Vec<(Kind, String)> {
        let own_kind = match self.object.as_str() {
            // A plan is the old name of a price and has the same id.
            "plan" => Some(Kind::Price),
            object => Kind::from_object(object),
        };
        let owners: Vec<(Kind, Option<Reference>)> = match self.object.as_str() {
            "discount" => vec![
                (Kind::Customer, self.customer),
                (Kind::Subscription, self.subscription),
            ],
            "invoice_payment" | "invoiceitem" => vec![(Kind::Invoice, self.invoice)],
            "subscription_schedule" => vec![(Kind::Subscription, self.subscription)],
            "refund" | "dispute" => vec![(Kind::Charge, self.charge)],
            _ => Vec::new(),
        };
        let own = own_kind.zip(self.id);
        own.into_iter()
            .chain(
                owners
                    .into_iter()
                    .filter_map(|(kind, owner)| Some((kind, owner?.id()?))),
            )
            .collect()
    }
}

impl Reference {
    fn id(self) -> Option<String> {
        match self {
            Self::Id(id) | Self::Object { id } => Some(id),
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::to_raw_value};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn windows_overlap_and_leave_the_newest_seconds_out() {
        let day = 86_400;
        let window = |from, until| Poll::Window(Span::of_seconds(from, until).unwrap());
        let now = 100 * day;
        assert_eq!(
            Poll::since(at(now - 300), at(now)),
            window(now - 360, now - 10)
        );
        assert_eq!(Poll::since(at(now), at(now)), window(now - 60, now - 10));
        // The clock was set back by an hour.
        assert_eq!(
            Poll::since(at(now + 3600), at(now)),
            window(now - 60, now - 10)
        );
        assert_eq!(Poll::since(at(now - 30 * day), at(now)), Poll::Gap);
        assert!(matches!(
            Poll::since(at(now - 29 * day), at(now)),
            Poll::Window(_)
        ));
    }

    fn touched(kind: &str, object: &serde_json::Value) -> Vec<(Kind, String)> {
        let event = json!({"id": "evt_1", "created": 1, "type": kind, "data": {"object": object}});
        Event::read(Item::read(to_raw_value(&event).unwrap()).unwrap()).touched
    }

    #[test]
    fn names_the_objects_to_read_anew() {
        assert_eq!(
            touched(
                "customer.subscription.updated",
                &json!({"id": "sub_1", "object": "subscription", "customer": "cus_1"})
            ),
            [(Kind::Subscription, "sub_1".to_owned())]
        );
        assert_eq!(
            touched(
                "customer.discount.created",
                &json!({"id": "di_1", "object": "discount", "customer": {"id": "cus_1"}, "subscription": "sub_1"})
            ),
            [
                (Kind::Customer, "cus_1".to_owned()),
                (Kind::Subscription, "sub_1".to_owned())
            ]
        );
        assert_eq!(
            touched(
                "invoice_payment.paid",
                &json!({"id": "inpay_1", "object": "invoice_payment", "invoice": "in_1"})
            ),
            [
                (Kind::InvoicePayment, "inpay_1".to_owned()),
                (Kind::Invoice, "in_1".to_owned())
            ]
        );
        assert_eq!(
            touched("plan.updated", &json!({"id": "price_1", "object": "plan"})),
            [(Kind::Price, "price_1".to_owned())]
        );
    }

    #[test]
    fn an_event_without_an_id_or_of_another_kind_touches_nothing() {
        assert!(touched("invoice.upcoming", &json!({"object": "invoice"})).is_empty());
        assert!(touched("balance.available", &json!({"object": "balance"})).is_empty());
        assert!(touched("new.thing", &json!(7)).is_empty());
        assert!(
            touched(
                "customer.discount.deleted",
                &json!({"object": "discount", "customer": 7, "subscription": null})
            )
            .is_empty()
        );
    }
}
