use http::Method;

use super::{
    permission::Permission,
    resource::{RESOURCES, Resource},
};

/// What a request asks for, read from its method and path alone.
#[derive(Debug)]
pub(super) enum Route<'p> {
    List(&'static Resource),
    Retrieve(&'static Resource, &'p str),
    Create(&'static Resource),
    Update(&'static Resource, &'p str),
    Delete(&'static Resource, &'p str),
    /// `GET /v1/account`.
    Account,
    /// `GET /v1/balance` and `GET /v1/tax/settings`: one object per account, with its permission.
    Single(&'static str, &'static str),
    /// `GET /v1/invoices/{id}/lines`.
    InvoiceLines(&'p str),
    /// `GET /v1/subscription_items?subscription=`.
    SubscriptionItems,
    /// `GET /v1/customers/{id}/payment_methods`.
    CustomerPaymentMethods(&'p str),
    /// `GET /v1/charges/{id}/refunds`.
    ChargeRefunds(&'p str),
}

impl<'p> Route<'p> {
    pub(super) fn of(method: &Method, path: &'p str) -> Option<Self> {
        let path = path.strip_prefix("/v1/")?.trim_end_matches('/');
        let get = method == Method::GET;
        match path {
            "account" if get => return Some(Self::Account),
            "balance" if get => return Some(Self::Single("balance", "balance")),
            "tax/settings" if get => return Some(Self::Single("tax.settings", "tax_settings")),
            "subscription_items" if get => return Some(Self::SubscriptionItems),
            _ => {}
        }
        for resource in RESOURCES {
            let Some(rest) = path.strip_prefix(resource.path) else {
                continue;
            };
            if rest.is_empty() {
                return match *method {
                    Method::GET => Some(Self::List(resource)),
                    Method::POST => Some(Self::Create(resource)),
                    _ => None,
                };
            }
            if let Some(rest) = rest.strip_prefix('/') {
                return Self::of_item(method, resource, rest);
            }
        }
        None
    }

    fn of_item(method: &Method, resource: &'static Resource, rest: &'p str) -> Option<Self> {
        match (rest.split_once('/'), method) {
            (None, &Method::GET) => Some(Self::Retrieve(resource, rest)),
            (None, &Method::POST) => Some(Self::Update(resource, rest)),
            (None, &Method::DELETE) => Some(Self::Delete(resource, rest)),
            (Some((id, "lines")), &Method::GET) if resource.kind == "invoice" => {
                Some(Self::InvoiceLines(id))
            }
            (Some((id, "payment_methods")), &Method::GET) if resource.kind == "customer" => {
                Some(Self::CustomerPaymentMethods(id))
            }
            (Some((id, "refunds")), &Method::GET) if resource.kind == "charge" => {
                Some(Self::ChargeRefunds(id))
            }
            _ => None,
        }
    }
}

impl Route<'_> {
    /// The permission that guards it.
    pub(super) fn permission(&self) -> Permission {
        match self {
            Self::List(resource) | Self::Retrieve(resource, _) => {
                Permission::read(resource.permission)
            }
            Self::Create(resource) | Self::Update(resource, _) | Self::Delete(resource, _) => {
                Permission::write(resource.permission)
            }
            Self::Account => Permission::read("connected_account"),
            Self::Single(_, permission) => Permission::read(permission),
            Self::InvoiceLines(_) => Permission::read("invoice"),
            Self::SubscriptionItems => Permission::read("subscription"),
            Self::CustomerPaymentMethods(_) => Permission::read("payment_method"),
            Self::ChargeRefunds(_) => Permission::read("charge"),
        }
    }

    /// The path with ids left open, by which requests are counted.
    pub(super) fn endpoint(&self) -> String {
        match self {
            Self::List(resource) | Self::Create(resource) => resource.path.to_owned(),
            Self::Retrieve(resource, _) | Self::Update(resource, _) | Self::Delete(resource, _) => {
                format!("{}/{{id}}", resource.path)
            }
            Self::Account => "account".to_owned(),
            Self::Single(kind, _) => (*kind).to_owned(),
            Self::InvoiceLines(_) => "invoices/{id}/lines".to_owned(),
            Self::SubscriptionItems => "subscription_items".to_owned(),
            Self::CustomerPaymentMethods(_) => "customers/{id}/payment_methods".to_owned(),
            Self::ChargeRefunds(_) => "charges/{id}/refunds".to_owned(),
        }
    }
}
