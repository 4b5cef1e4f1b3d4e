//! Invoices add up.

use serde_json::Value;

use super::{integer, noon, objects, played, rows};
use crate::business::{Business, Currency, Shape};

#[test]
fn invoices_add_up() {
    for seed in 0..6 {
        for invoice in &objects(&played(seed))["invoice"] {
            let id = &invoice["id"];
            let lines = rows(&invoice["lines"]);
            let sum = |field: &str| -> i64 { lines.iter().map(|line| integer(line, field)).sum() };
            assert_eq!(integer(invoice, "subtotal"), sum("amount"), "{id}");

            let off: i64 = lines
                .iter()
                .flat_map(|line| amounts(&line["discount_amounts"]))
                .sum();
            let off_in_total: i64 = amounts(&invoice["total_discount_amounts"]).sum();
            assert_eq!(off, off_in_total, "{id}");

            let on_top = tax(invoice, "exclusive");
            let within = tax(invoice, "inclusive");
            let total = integer(invoice, "total");
            assert_eq!(total, integer(invoice, "subtotal") - off + on_top, "{id}");
            let without_tax = total - on_top - within;
            assert_eq!(integer(invoice, "total_excluding_tax"), without_tax, "{id}");
            let line_taxes: i64 = lines.iter().flat_map(|line| amounts(&line["taxes"])).sum();
            assert_eq!(line_taxes, on_top + within, "{id}");

            let credit = (-integer(invoice, "starting_balance"))
                .max(0)
                .min(total.max(0));
            let credited = integer(invoice, "pre_payment_credit_notes_amount");
            let due = (total - credit - credited).max(0);
            assert_eq!(integer(invoice, "amount_due"), due, "{id}");
            let left = due - integer(invoice, "amount_paid");
            assert_eq!(integer(invoice, "amount_remaining"), left, "{id}");
            assert!(
                invoice["status"] != "paid" || left == 0,
                "{id} is paid in part"
            );
        }
    }
}

#[test]
fn no_line_is_discounted_below_nothing() {
    for seed in 0..6 {
        for invoice in &objects(&played(seed))["invoice"] {
            for line in rows(&invoice["lines"]) {
                let off: i64 = amounts(&line["discount_amounts"]).sum();
                let amount = integer(line, "amount");
                assert!(off <= amount.max(0), "{}", line["id"]);
            }
        }
    }
}

#[test]
fn dinars_are_charged_in_steps_of_ten() {
    let shape = Shape {
        currencies: vec![(Currency::Kwd, 1)],
        ..Shape::small()
    };
    let objects = objects(&Business::play(4, &shape, noon()));
    let lines: Vec<&Value> = objects["invoice"]
        .iter()
        .flat_map(|invoice| rows(&invoice["lines"]))
        .collect();
    assert!(lines.len() > 50);
    for line in lines {
        assert_eq!(integer(line, "amount") % 10, 0, "{}", line["id"]);
    }
}

#[test]
fn customers_pay_what_invoices_ask() {
    for seed in 0..6 {
        let objects = objects(&played(seed));
        for invoice in &objects["invoice"] {
            let paid: i64 = objects["invoice_payment"]
                .iter()
                .filter(|payment| payment["invoice"] == invoice["id"])
                .filter_map(|payment| payment["amount_paid"].as_i64())
                .sum();
            assert_eq!(integer(invoice, "amount_paid"), paid, "{}", invoice["id"]);
        }
        for intent in &objects["payment_intent"] {
            let captured: i64 = objects["charge"]
                .iter()
                .filter(|charge| charge["payment_intent"] == intent["id"])
                .map(|charge| integer(charge, "amount_captured"))
                .sum();
            assert_eq!(
                integer(intent, "amount_received"),
                captured,
                "{}",
                intent["id"]
            );
        }
    }
}

fn amounts(rows: &Value) -> impl Iterator<Item = i64> {
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.into_iter().map(|row| integer(&row, "amount"))
}

fn tax(invoice: &Value, behavior: &str) -> i64 {
    let rows = invoice["total_taxes"].as_array().unwrap();
    rows.iter()
        .filter(|row| row["tax_behavior"] == behavior)
        .map(|row| integer(row, "amount"))
        .sum()
}
