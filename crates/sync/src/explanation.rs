//! The derivation of a figure, as it is shown: with the names people gave to what Stripe knows by ids.

use std::collections::BTreeMap;

use clearsync_billing::{ExplainedRow, Figure, ItemStep};
use clearsync_store::{AccountId, Figure as StoredFigure, Reader, StoreError};
use serde::Deserialize;
use serde_json::Value;

use crate::view::{Explanation, ExplanationLine};

/// Explains a stored figure. A derivation of an older form is told as missing, and comes anew with the next change.
pub(crate) fn explanation(
    reader: &Reader,
    account: AccountId,
    stored: &StoredFigure,
) -> Result<Explanation, StoreError> {
    match Figure::deserialize(&stored.explanation) {
        Ok(figure) => explained(reader, account, &figure),
        Err(_) => Ok(Explanation {
            sentence: "The derivation comes with the next sync.".to_owned(),
            lines: Vec::new(),
            notes: Vec::new(),
        }),
    }
}

/// Explains a figure.
pub(crate) fn explained(
    reader: &Reader,
    account: AccountId,
    figure: &Figure,
) -> Result<Explanation, StoreError> {
    let names = Names::read(reader, account, figure)?;
    let line = |row: ExplainedRow| ExplanationLine {
        name: names.0.get(&row.about).cloned(),
        id: row.about,
        detail: row.what,
        result: row.result,
    };
    Ok(Explanation {
        sentence: figure.sentence_naming(|item| names.0.get(item.item.as_str()).cloned()),
        lines: figure.table().into_iter().map(line).collect(),
        notes: figure.notes.iter().map(ToString::to_string).collect(),
    })
}

/// What the parts of a figure are called, by Stripe id.
struct Names(BTreeMap<String, String>);

impl Names {
    fn read(reader: &Reader, account: AccountId, figure: &Figure) -> Result<Self, StoreError> {
        let derivation = &figure.derivation;
        let whole = (
            derivation.subscription.to_string(),
            "Subscription".to_owned(),
        );
        let mut names = BTreeMap::from([whole]);
        for item in &derivation.items {
            if let Some(name) = name_of(reader, account, item)? {
                names.insert(item.price.to_string(), name.clone());
                names.insert(item.item.to_string(), name);
            }
            let coupons = item.discounts.iter();
            names.extend(
                coupons.filter_map(|step| Some((step.coupon.to_string(), step.name.clone()?))),
            );
        }
        Ok(Self(names))
    }
}

fn name_of(
    reader: &Reader,
    account: AccountId,
    item: &ItemStep,
) -> Result<Option<String>, StoreError> {
    let text = |kind: &str, id: &str, field: &str| -> Result<Option<String>, StoreError> {
        let object = reader.object(account, kind, id)?;
        let value: Value = object
            .and_then(|object| serde_json::from_str(&object.json).ok())
            .unwrap_or_default();
        let text = value[field].as_str().map(str::trim);
        Ok(text.filter(|text| !text.is_empty()).map(str::to_owned))
    };
    let product = match &item.product {
        Some(product) => text("product", product.as_str(), "name")?,
        None => None,
    };
    let nickname = text("price", item.price.as_str(), "nickname")?;
    Ok(price_name(product.as_deref(), nickname.as_deref()))
}

/// What a price is called: after its product, with its nickname where it has one of its own.
pub(crate) fn price_name(product: Option<&str>, nickname: Option<&str>) -> Option<String> {
    match (product, nickname) {
        (Some(product), Some(nickname)) if product != nickname => {
            Some(format!("{product} – {nickname}"))
        }
        (product, nickname) => product.or(nickname).map(str::to_owned),
    }
}
