use serde_json::{Value, json};

/// The account's own object as the sandbox starts with.
pub(super) fn sample() -> Value {
    json!({
        "id": "acct_1SampleStripeAcct",
        "object": "account",
        "business_profile": {
            "mcc": "5734",
            "name": "Sample Software",
            "product_description": null,
            "support_address": null,
            "support_email": null,
            "support_phone": null,
            "support_url": null,
            "url": "https://sample-software.example",
        },
        "business_type": "company",
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "controller": { "type": "account" },
        "country": "US",
        "created": 1_577_836_800,
        "default_currency": "usd",
        "details_submitted": true,
        "email": "owner@sample-software.example",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
            "dashboard": { "display_name": "Sample Software", "timezone": "Etc/UTC" },
            "payments": { "statement_descriptor": "SAMPLE SOFTWARE" },
        },
        "type": "standard",
    })
}

pub(super) fn id(account: &Value) -> String {
    account["id"].as_str().unwrap_or_default().to_owned()
}

/// An object of which an account has exactly one.
pub(super) fn single(kind: &str, account: &Value, livemode: bool) -> Value {
    match kind {
        "balance" => {
            let nothing = json!([{
                "amount": 0,
                "currency": account["default_currency"],
                "source_types": { "card": 0 },
            }]);
            json!({
                "object": kind,
                "available": nothing,
                "livemode": livemode,
                "pending": nothing,
            })
        }
        _ => json!({
            "object": kind,
            "defaults": { "provider": "stripe", "tax_behavior": null, "tax_code": null },
            "head_office": null,
            "livemode": livemode,
            "status": "pending",
            "status_details": { "pending": { "missing_fields": ["head_office"] } },
        }),
    }
}
