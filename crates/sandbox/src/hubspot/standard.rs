//! The objects and properties every portal has.

use jiff::Timestamp;

use super::{
    object_type::ObjectType,
    pipeline::{Pipeline, Stage},
    property::{Choice, Group, Property, PropertyType},
    shape::PortalShape,
};
use PropertyType::{Bool, Datetime, Enumeration, Number, PhoneNumber, String as Text};

/// Contacts, companies, deals, products and line items of a fresh portal.
pub(super) fn object_types(shape: &PortalShape, now: Timestamp) -> Vec<ObjectType> {
    let mut types = vec![
        contacts(now),
        companies(now),
        deals(shape, now),
        products(now),
        line_items(now),
    ];
    for object_type in &mut types {
        add_system_properties(object_type, now);
        object_type.binned_records_hold_unique_values = shape.binned_records_hold_unique_values;
    }
    types
}

/// Adds what HubSpot itself keeps about every record.
pub(super) fn add_system_properties(object_type: &mut ObjectType, now: Timestamp) {
    let group = object_type
        .groups
        .keys()
        .next()
        .cloned()
        .unwrap_or_default();
    let system = [
        ("hs_object_id", "Record ID", Number),
        (
            object_type.created_property(),
            "Object create date/time",
            Datetime,
        ),
        (
            object_type.modified_property(),
            "Object last modified date/time",
            Datetime,
        ),
        ("hs_object_source", "Record source detail", Text),
        ("hs_merged_object_ids", "Merged record IDs", Text),
    ];
    for (name, label, kind) in system {
        let mut property = Property::standard(name, label, &group, kind, now);
        property.read_only = true;
        object_type.properties.insert(name.to_owned(), property);
        let shown = !matches!(name, "hs_object_source" | "hs_merged_object_ids");
        if shown {
            object_type.shown_by_default.push(name.to_owned());
        }
    }
}

fn build(
    mut object_type: ObjectType,
    group: (&str, &str),
    properties: &[(&str, &str, PropertyType)],
    shown: &[&str],
    now: Timestamp,
) -> ObjectType {
    object_type
        .groups
        .insert(group.0.to_owned(), Group::new(group.0, group.1));
    for (name, label, kind) in properties {
        let property = Property::standard(name, label, group.0, *kind, now);
        object_type.properties.insert((*name).to_owned(), property);
    }
    object_type.shown_by_default = owned(shown);
    object_type
}

fn owned(names: &[&str]) -> Vec<std::string::String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn contacts(now: Timestamp) -> ObjectType {
    let mut contacts = build(
        ObjectType::new("0-1", &["contact", "contacts"], ("Contact", "Contacts")),
        ("contactinformation", "Contact information"),
        &[
            ("email", "Email", Text),
            ("hs_additional_emails", "Additional email addresses", Text),
            ("firstname", "First name", Text),
            ("lastname", "Last name", Text),
            ("phone", "Phone number", PhoneNumber),
            ("company", "Company name", Text),
            (
                "associatedcompanyid",
                "Primary Associated Company ID",
                Number,
            ),
            ("jobtitle", "Job title", Text),
            ("website", "Website URL", Text),
            ("address", "Street address", Text),
            ("city", "City", Text),
            ("country", "Country/Region", Text),
            ("zip", "Postal code", Text),
            ("hubspot_owner_id", "Contact owner", Text),
            ("lifecyclestage", "Lifecycle stage", Enumeration),
            (
                "hs_marketable_status",
                "Marketing contact status",
                Enumeration,
            ),
        ],
        &["email", "firstname", "lastname"],
        now,
    );
    lifecycle_stages(&mut contacts);
    if let Some(property) = contacts.properties.get_mut("hs_marketable_status") {
        property.read_only = true;
        property.options = choices(&[("Marketing contact", "true"), ("Non-marketing", "false")]);
    }
    contacts.searched = owned(&["email", "firstname", "lastname", "phone", "company"]);
    contacts
}

fn companies(now: Timestamp) -> ObjectType {
    let mut companies = build(
        ObjectType::new("0-2", &["company", "companies"], ("Company", "Companies")),
        ("companyinformation", "Company information"),
        &[
            ("name", "Company name", Text),
            ("domain", "Company domain name", Text),
            ("description", "Description", Text),
            ("phone", "Phone number", PhoneNumber),
            ("website", "Website URL", Text),
            ("city", "City", Text),
            ("country", "Country/Region", Text),
            ("numberofemployees", "Number of employees", Number),
            ("annualrevenue", "Annual revenue", Number),
            ("hubspot_owner_id", "Company owner", Text),
            ("lifecyclestage", "Lifecycle stage", Enumeration),
        ],
        &["name", "domain"],
        now,
    );
    lifecycle_stages(&mut companies);
    companies.required = vec![owned(&["domain", "name"])];
    companies.searched = owned(&["name", "domain", "phone", "website"]);
    companies
}

fn deals(shape: &PortalShape, now: Timestamp) -> ObjectType {
    let mut deals = build(
        ObjectType::new("0-3", &["deal", "deals"], ("Deal", "Deals")),
        ("dealinformation", "Deal information"),
        &[
            ("dealname", "Deal name", Text),
            ("pipeline", "Pipeline", Text),
            ("dealstage", "Deal stage", Text),
            ("amount", "Amount", Number),
            ("closedate", "Close date", Datetime),
            ("description", "Deal description", Text),
            ("dealtype", "Deal type", Enumeration),
            ("hubspot_owner_id", "Deal owner", Text),
            ("hs_mrr", "Monthly recurring revenue", Number),
            ("hs_is_closed", "Is deal closed?", Bool),
        ],
        &["dealname", "pipeline", "dealstage", "amount", "closedate"],
        now,
    );
    if let Some(property) = deals.properties.get_mut("dealtype") {
        property.options = choices(&[
            ("New business", "newbusiness"),
            ("Existing business", "existingbusiness"),
        ]);
    }
    if let Some(property) = deals.properties.get_mut("hs_is_closed") {
        property.read_only = true;
    }
    if !shape.additional_currencies.is_empty() {
        let mut property = Property::standard(
            "deal_currency_code",
            "Currency",
            "dealinformation",
            Enumeration,
            now,
        );
        property.options = std::iter::once(&shape.currency)
            .chain(&shape.additional_currencies)
            .map(|code| Choice::new(code, code, 0))
            .collect();
        deals
            .properties
            .insert("deal_currency_code".to_owned(), property);
    }
    deals.required = vec![
        owned(&["dealname"]),
        owned(&["dealstage"]),
        owned(&["pipeline"]),
    ];
    deals.searched = owned(&["dealname", "description"]);
    deals
        .pipelines
        .insert("default".to_owned(), sales_pipeline(now));
    deals
}

fn sales_pipeline(now: Timestamp) -> Pipeline {
    let stages = [
        ("appointmentscheduled", "Appointment scheduled", "0.2"),
        ("qualifiedtobuy", "Qualified to buy", "0.4"),
        ("presentationscheduled", "Presentation scheduled", "0.6"),
        ("decisionmakerboughtin", "Decision maker bought-in", "0.8"),
        ("contractsent", "Contract sent", "0.9"),
        ("closedwon", "Closed won", "1.0"),
        ("closedlost", "Closed lost", "0.0"),
    ];
    let stages = (0..)
        .zip(stages)
        .map(|(order, (id, label, probability))| Stage::new(id, label, order, probability, now))
        .collect();
    Pipeline::new("default", "Sales pipeline", 0, stages, now)
}

fn products(now: Timestamp) -> ObjectType {
    let mut products = build(
        ObjectType::new("0-7", &["product", "products"], ("Product", "Products")),
        ("productinformation", "Product information"),
        &[
            ("name", "Name", Text),
            ("description", "Product description", Text),
            ("price", "Unit price", Number),
            ("hs_sku", "SKU", Text),
            (
                "recurringbillingfrequency",
                "Recurring billing frequency",
                Enumeration,
            ),
        ],
        &["name", "price"],
        now,
    );
    billing_frequencies(&mut products);
    products.searched = owned(&["name", "description", "hs_sku"]);
    products
}

fn line_items(now: Timestamp) -> ObjectType {
    let mut line_items = build(
        ObjectType::new(
            "0-8",
            &["line_item", "line_items"],
            ("Line item", "Line items"),
        ),
        ("lineiteminformation", "Line item information"),
        &[
            ("name", "Name", Text),
            ("description", "Product description", Text),
            ("price", "Unit price", Number),
            ("quantity", "Quantity", Number),
            ("amount", "Net price", Number),
            ("hs_product_id", "Product ID", Text),
            ("hs_sku", "SKU", Text),
            ("hs_line_item_currency_code", "Currency", Text),
            (
                "recurringbillingfrequency",
                "Recurring billing frequency",
                Enumeration,
            ),
        ],
        &["name", "price", "quantity", "amount"],
        now,
    );
    billing_frequencies(&mut line_items);
    line_items
}

fn lifecycle_stages(object_type: &mut ObjectType) {
    if let Some(property) = object_type.properties.get_mut("lifecyclestage") {
        property.options = choices(&[
            ("Subscriber", "subscriber"),
            ("Lead", "lead"),
            ("Marketing qualified lead", "marketingqualifiedlead"),
            ("Sales qualified lead", "salesqualifiedlead"),
            ("Opportunity", "opportunity"),
            ("Customer", "customer"),
            ("Evangelist", "evangelist"),
            ("Other", "other"),
        ]);
    }
}

fn billing_frequencies(object_type: &mut ObjectType) {
    if let Some(property) = object_type.properties.get_mut("recurringbillingfrequency") {
        property.options = choices(&[
            ("Weekly", "weekly"),
            ("Monthly", "monthly"),
            ("Quarterly", "quarterly"),
            ("Every six months", "per_six_months"),
            ("Annually", "annually"),
        ]);
    }
}

fn choices(listed: &[(&str, &str)]) -> Vec<Choice> {
    (0..)
        .zip(listed)
        .map(|(order, (label, value))| Choice::new(label, value, order))
        .collect()
}
