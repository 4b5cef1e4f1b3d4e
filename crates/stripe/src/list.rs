//! Whole lists, page by page, newest first; and single objects by id.

use clearsync_transport::TransportError;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    call::{Call, EXPAND},
    catalog::Held,
    client::{Client, other_shape},
    embedded,
    error::{StripeError, not_stripe},
    object::{Item, Kind},
    span::Span,
};

/// A list of Stripe's, with what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    kind: Kind,
    active: Option<bool>,
    within: Option<Span>,
    open_only: bool,
    expand: Vec<&'static str>,
}

impl List {
    /// The lists that together hold every object of `kind`. Two for prices, because Stripe documents that the list leaves
    /// archived ones out unless it is asked for them.
    #[must_use]
    pub fn whole(kind: Kind) -> Vec<Self> {
        let list = |active| Self {
            kind,
            active,
            within: None,
            open_only: false,
            expand: kind.expands().iter().map(|expand| expand.path).collect(),
        };
        match kind {
            Kind::Price => vec![list(Some(true)), list(Some(false))],
            _ => vec![list(None)],
        }
    }

    /// Invoices that wait for their payment.
    #[must_use]
    pub fn open_invoices() -> Self {
        let expands = Kind::Invoice.expands().iter();
        Self {
            kind: Kind::Invoice,
            active: None,
            within: None,
            open_only: true,
            expand: expands.map(|expand| expand.path).collect(),
        }
    }

    /// Whether it is [`List::open_invoices`].
    #[must_use]
    pub fn is_of_open_invoices(&self) -> bool {
        self.open_only
    }

    /// Only what was created within `span`. Has no effect on lists that Stripe cannot filter by time.
    #[must_use]
    pub fn within(mut self, span: Span) -> Self {
        self.within = self.kind.is_filtered_by_time().then_some(span);
        self
    }

    /// Leaves out what needs a permission that is not held: Stripe refuses a whole list when one expansion is refused.
    #[must_use]
    pub fn expanding_only(mut self, held: &Held) -> Self {
        self.expand = self
            .kind
            .expands()
            .iter()
            .filter(|expand| expand.needs.is_none_or(|row| held.has(row)))
            .map(|expand| expand.path)
            .collect();
        self
    }

    /// The kind of object.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// A name for the list without its span, to store progress by: `prices?active=true`.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.kind.list_path().trim_start_matches("/v1/");
        match self.active {
            Some(active) => format!("{path}?active={active}"),
            None => path.to_owned(),
        }
    }

    fn expands_entries(&self) -> bool {
        self.expand.iter().any(|path| path.contains(".data."))
    }

    pub(crate) fn call(&self, after: Option<&Cursor>) -> Call {
        let mut query = vec![("limit", PAGE_SIZE.to_string())];
        if self.kind == Kind::Subscription {
            query.push(("status", "all".to_owned()));
        }
        if self.open_only {
            query.push(("status", "open".to_owned()));
        }
        if let Some(active) = self.active {
            query.push(("active", active.to_string()));
        }
        if let Some(span) = self.within {
            query.extend(span.query());
        }
        for path in &self.expand {
            query.push((EXPAND, format!("data.{path}")));
        }
        if let Some(Cursor(id)) = after {
            query.push(("starting_after", id.clone()));
        }
        Call::Get {
            template: self.kind.list_path(),
            id: None,
            query,
        }
    }
}

/// The most objects that Stripe puts on a page.
pub const PAGE_SIZE: usize = 100;

/// Where the next page begins: the id of the last object of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// A stored cursor.
    #[must_use]
    pub fn new(id: String) -> Self {
        Self(id)
    }

    /// The cursor as text, to store it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a list, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The objects.
    pub items: Vec<Item>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

impl Page {
    /// When the oldest object on the page was created.
    #[must_use]
    pub fn oldest(&self) -> Option<Timestamp> {
        self.items.iter().filter_map(|item| item.created_at).min()
    }
}

/// What became of an object.
#[derive(Debug, Clone)]
pub enum Found {
    /// It is there.
    Present(Item),
    /// It was deleted, and Stripe remembers it.
    Deleted,
    /// Stripe knows no such object.
    Absent,
}

impl Client {
    /// Reads one page of `list`, its objects whole.
    ///
    /// # Errors
    /// Any [`StripeError`]. [`StripeError::NotFound`] means that the cursor's object is gone: begin the list again.
    pub async fn page(&self, list: &List, after: Option<&Cursor>) -> Result<Page, StripeError> {
        let page = self.page_as_sent(list, after).await?;
        let items = self.completed(list, page.items).await?;
        Ok(Page { items, ..page })
    }

    /// Reads one page of `list` as Stripe sends it: where it leaves more than ten entries out of an object,
    /// [`Client::completed`] reads the rest.
    ///
    /// # Errors
    /// As [`Client::page`].
    pub async fn page_as_sent(
        &self,
        list: &List,
        after: Option<&Cursor>,
    ) -> Result<Page, StripeError> {
        self.raw_page(&list.call(after), after).await
    }

    /// Completes what a page of `list` left out of its objects.
    ///
    /// # Errors
    /// Any [`StripeError`].
    pub async fn completed(&self, list: &List, items: Vec<Item>) -> Result<Vec<Item>, StripeError> {
        stream::iter(items)
            .map(|item| embedded::completed(self, list.kind, item, list.expands_entries()))
            .buffered(COMPLETIONS_AT_ONCE)
            .try_collect()
            .await
    }

    /// Reads one object as it is now.
    ///
    /// # Errors
    /// Any [`StripeError`] but [`StripeError::NotFound`], which is an answer here.
    pub async fn retrieve(&self, kind: Kind, id: &str, held: &Held) -> Result<Found, StripeError> {
        let query = kind
            .expands()
            .iter()
            .filter(|expand| expand.needs.is_none_or(|row| held.has(row)))
            .map(|expand| (EXPAND, expand.path.to_owned()))
            .collect();
        let call = Call::Get {
            template: kind.object_path(),
            id: Some(id.to_owned()),
            query,
        };
        match self.ask::<Box<RawValue>>(&call).await {
            Ok(json) if is_tombstone(&json) => Ok(Found::Deleted),
            Ok(json) => {
                let item = Item::read(json).ok_or_else(other_shape)?;
                Ok(Found::Present(
                    embedded::completed(self, kind, item, held.has("coupons")).await?,
                ))
            }
            // An id that cannot stand in a path is no object's id.
            Err(
                StripeError::NotFound { .. } | StripeError::Unreachable(TransportError::Unsendable),
            ) => Ok(Found::Absent),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn raw_page(
        &self,
        call: &Call,
        after: Option<&Cursor>,
    ) -> Result<Page, StripeError> {
        let body = self.ask_bytes(call).await?;
        let page: PageObject =
            serde_json::from_slice(&body).map_err(|_| StripeError::NotStripe(not_stripe(&body)))?;
        let items = page
            .data
            .into_iter()
            .map(|json| Item::read(json.to_owned()).ok_or_else(other_shape))
            .collect::<Result<Vec<_>, _>>()?;
        let next = if page.has_more {
            let last = items.last().ok_or_else(other_shape)?;
            // A page that ends where it began would be asked for without end.
            if after.is_some_and(|after| after.0 == last.id) {
                return Err(other_shape());
            }
            Some(Cursor(last.id.clone()))
        } else {
            None
        };
        Ok(Page { items, next })
    }
}

const COMPLETIONS_AT_ONCE: usize = 16;

#[derive(Deserialize)]
struct PageObject<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    has_more: bool,
}

fn is_tombstone(json: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Tombstone {
        #[serde(default)]
        deleted: bool,
    }
    serde_json::from_str(json.get()).is_ok_and(|Tombstone { deleted }| deleted)
}
