//! Lists inside objects. Stripe puts ten entries at most into an object and the rest behind a list of their own.

use serde_json::Value;

use crate::{
    call::{Call, EXPAND},
    client::{Client, other_shape},
    error::StripeError,
    list::{Cursor, PAGE_SIZE},
    object::{Item, Kind},
};

/// Where the entries of one embedded list are read from.
struct Embedded {
    field: &'static str,
    template: &'static str,
    /// The parameter that names the owner, where the path does not.
    owner_param: Option<&'static str>,
    expand: Option<&'static str>,
}

fn embedded_in(kind: Kind) -> Option<Embedded> {
    match kind {
        Kind::Invoice => Some(Embedded {
            field: "lines",
            template: "/v1/invoices/{id}/lines",
            owner_param: None,
            expand: None,
        }),
        Kind::CreditNote => Some(Embedded {
            field: "lines",
            template: "/v1/credit_notes/{id}/lines",
            owner_param: None,
            expand: None,
        }),
        Kind::Subscription => Some(Embedded {
            field: "items",
            template: "/v1/subscription_items",
            owner_param: Some("subscription"),
            expand: Some("data.discounts"),
        }),
        _ => None,
    }
}

/// `item` with its embedded list complete, its entries' discounts written out where the key may read them.
pub(crate) async fn completed(
    client: &Client,
    kind: Kind,
    item: Item,
    with_discounts: bool,
) -> Result<Item, StripeError> {
    let Some(embedded) = embedded_in(kind).filter(|_| item.is_cut) else {
        return Ok(item);
    };
    match entries(client, &embedded, &item.id, with_discounts).await {
        Ok(entries) => with_entries(item, embedded.field, entries).ok_or_else(other_shape),
        // Deleted since the list was read. The object stays as it came; the event of its deletion follows.
        Err(StripeError::NotFound { .. }) => Ok(item),
        Err(error) => Err(error),
    }
}

async fn entries(
    client: &Client,
    embedded: &Embedded,
    owner: &str,
    with_discounts: bool,
) -> Result<Vec<Value>, StripeError> {
    let mut entries = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let mut query = vec![("limit", PAGE_SIZE.to_string())];
        query.extend(embedded.owner_param.map(|name| (name, owner.to_owned())));
        query.extend(
            embedded
                .expand
                .filter(|_| with_discounts)
                .map(|path| (EXPAND, path.to_owned())),
        );
        if let Some(cursor) = &after {
            query.push(("starting_after", cursor.as_str().to_owned()));
        }
        let call = Call::Get {
            template: embedded.template,
            id: embedded.owner_param.is_none().then(|| owner.to_owned()),
            query,
        };
        let page = client.raw_page(&call, after.as_ref()).await?;
        for item in page.items {
            entries.push(serde_json::from_str(item.json.get()).map_err(|_| other_shape())?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(entries);
        }
    }
}

fn with_entries(item: Item, field: &str, entries: Vec<Value>) -> Option<Item> {
    let mut object: Value = serde_json::from_str(item.json.get()).ok()?;
    let list = object.get_mut(field)?.as_object_mut()?;
    list.insert("data".to_owned(), Value::Array(entries));
    list.insert("has_more".to_owned(), Value::Bool(false));
    let json = serde_json::value::to_raw_value(&object).ok()?;
    Some(Item {
        json,
        is_cut: false,
        ..item
    })
}
