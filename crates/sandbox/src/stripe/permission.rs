use std::collections::BTreeSet;

/// What a key may do with a kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Read,
    Write,
}

/// One permission, such as `customer_read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permission {
    pub(super) resource: &'static str,
    pub(super) level: Level,
}

impl Permission {
    pub(super) fn read(resource: &'static str) -> Self {
        Self {
            resource,
            level: Level::Read,
        }
    }

    pub(super) fn write(resource: &'static str) -> Self {
        Self {
            resource,
            level: Level::Write,
        }
    }

    /// The name in today's texts.
    pub(super) fn token(self) -> String {
        let level = match self.level {
            Level::Read => "read",
            Level::Write => "write",
        };
        format!("{}_{level}", self.resource)
    }

    /// The name in the texts until 2025, which call the account permission and top-ups otherwise.
    pub(super) fn old_token(self) -> String {
        match (self.resource, self.level) {
            ("connected_account", Level::Read) => "rak_accounts_kyc_basic_read".to_owned(),
            ("top_up", Level::Read) => "rak_topup_read".to_owned(),
            ("top_up", Level::Write) => "rak_topup_write".to_owned(),
            _ => format!("rak_{}", self.token()),
        }
    }

    /// The row of the dashboard with its level, such as "Charges and Refunds Read".
    pub(super) fn row_name(self) -> String {
        let level = match self.level {
            Level::Read => "Read",
            Level::Write => "Write",
        };
        let row = ROW_NAMES
            .iter()
            .find(|(resource, _)| *resource == self.resource)
            .map_or_else(|| title(self.resource), |(_, row)| (*row).to_owned());
        format!("{row} {level}")
    }
}

/// Rows whose name is not the plural of the permission's own.
const ROW_NAMES: &[(&str, &str)] = &[
    ("balance", "Balance"),
    ("charge", "Charges and Refunds"),
    ("connected_account", "Accounts"),
    ("identity_product", "Verification Sessions and Reports"),
    ("financial_statement", "Report Runs and Report Types"),
    ("payment_intent", "PaymentIntents"),
    ("payment_links", "Payment Links"),
    ("payment_method", "PaymentMethods"),
    ("plan", "Prices"),
    ("tax_settings", "Tax Settings"),
    ("top_up", "Top-ups"),
    ("webhook", "Webhook Endpoints"),
];

fn title(resource: &str) -> String {
    let words: Vec<String> = resource
        .split('_')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    words.join(" ") + "s"
}

/// What a permission brings along beside itself. Stripe documents these in its reference of app permissions; the
/// buckets stand for a whole category of the dashboard.
const IMPLIED: &[(&str, &[&str])] = &[
    (
        "balance_transaction_source_read",
        &["application_fee_read", "balance_read", "transfer_read"],
    ),
    ("bucket_checkout_read", &["checkout_session_read"]),
    ("bucket_checkout_write", &["checkout_session_write"]),
    (
        "bucket_connect_read",
        &[
            "application_fee_read",
            "connected_account_read",
            "top_up_read",
            "transfer_read",
        ],
    ),
    (
        "bucket_connect_write",
        &[
            "account_link_write",
            "account_session_write",
            "application_fee_write",
            "connected_account_write",
            "edit_link_write",
            "top_up_write",
            "transfer_write",
        ],
    ),
    ("bucket_payment_links_read", &["payment_links_read"]),
    ("bucket_payment_links_write", &["payment_links_write"]),
    (
        "checkout_session_read",
        &[
            "mandate_read",
            "payment_intent_read",
            "payment_links_read",
            "product_read",
            "setup_intent_read",
            "sku_read",
        ],
    ),
    ("credit_note_read", &["invoice_read"]),
    ("customer_read", &["billing_clock_read"]),
    ("invoice_read", &["credit_note_read"]),
    ("payment_intent_read", &["product_read", "sku_read"]),
    ("payment_method_read", &["source_read"]),
    ("plan_read", &["product_read"]),
    ("quote_read", &["product_read", "sku_read"]),
    ("setup_intent_read", &["mandate_read"]),
    ("topup_read", &["top_up_read"]),
    ("topup_write", &["top_up_write"]),
    ("transfer_read", &["payout_read", "payout_write"]),
];

/// Everything that `granted` allows: itself, reading what may be written, and what is implied.
pub(super) fn closure<'a>(granted: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    let mut waiting: Vec<String> = granted.into_iter().cloned().collect();
    while let Some(token) = waiting.pop() {
        if let Some(resource) = token.strip_suffix("_write") {
            waiting.push(format!("{resource}_read"));
        }
        if let Some((_, implied)) = IMPLIED.iter().find(|(name, _)| *name == token) {
            let new = implied.iter().filter(|name| !held.contains(**name));
            waiting.extend(new.map(|name| (*name).to_owned()));
        }
        held.insert(token);
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implications_close_over_writing_and_buckets() {
        let held = closure(&["bucket_connect_write".to_owned(), "invoice_read".to_owned()]);
        let expected = [
            "transfer_read",
            "payout_write",
            "connected_account_read",
            "credit_note_read",
        ];
        for token in expected {
            assert!(held.contains(token), "{token} is implied");
        }
        assert!(
            !held.contains("invoice_write"),
            "reading implies no writing"
        );
    }

    #[test]
    fn rows_have_the_names_of_the_dashboard() {
        let name = |resource| Permission::read(resource).row_name();
        assert_eq!(name("plan"), "Prices Read");
        assert_eq!(name("checkout_session"), "Checkout Sessions Read");
        assert_eq!(
            Permission::read("connected_account").old_token(),
            "rak_accounts_kyc_basic_read"
        );
    }
}
