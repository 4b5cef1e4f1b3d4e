import { expect, type Page, test } from "@playwright/test";
import type { Scenario } from "../fake/scenarios";
import { look, open } from "./page";

const rail = (name: string) => (page: Page) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("button", { name }).click();
const settings = (name: string) => async (page: Page) => {
  await rail("Settings")(page);
  await page.getByRole("button", { name }).click();
};
const end = (page: Page) => page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
const CSV = { name: "mrr-per-subscriber.csv", mimeType: "text/csv", buffer: Buffer.from("customer_id\n") };

/** A screen: the world behind it, what its picture is called, the way to it, and what must stand on it. */
type Screen = [scenario: Scenario, name: string, go: (page: Page) => Promise<unknown>, says: string];

const SCREENS: Screen[] = [
  ["crowded", "overview-crowded", async () => undefined, "€903,515.38"],
  ["everyday", "movements", rail("Movements"), "1,240 movements"],
  ["crowded", "movements-crowded", rail("Movements"), "48,000 movements"],
  ["empty", "movements-empty", rail("Movements"), "No movements yet"],
  ["failing", "movements-failing", rail("Movements"), "The database is in use"],
  ["figuresFailing", "policy-failing", settings("How MRR is counted"), "The database is in use"],
  ["figuresFailing", "rates-failing", settings("Exchange rates"), "The database is in use"],
  ["empty", "rates-empty", settings("Exchange rates"), "Without one, each currency stands alone."],
  ["everyday", "reconciliation", settings("Reconciliation"), "Drop a CSV here"],
];

for (const [scenario, name, go, says] of SCREENS) {
  test(name, async ({ page }) => {
    const complaints = await open(page, scenario);
    await go(page);
    await expect(page.getByText(says).first()).toBeVisible();
    await look(page, name);
    expect(complaints).toEqual([]);
  });
}

test("the overview's months as a table, renewals, movements and cohorts", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await page.getByText("24 months").click();
  await page.getByText("Table", { exact: true }).click();
  const months = page.getByRole("region", { name: "MRR over time" });
  await expect(months.getByRole("row")).toHaveCount(25);
  await expect(months.getByRole("columnheader", { name: "Reactivation" })).toBeVisible();
  await months.scrollIntoViewIfNeeded();
  await look(page, "overview-months-table");
  await end(page);
  await expect(page.getByRole("region", { name: "Kept MRR by starting month" })).toBeInViewport();
  await look(page, "overview-end");
  expect(complaints).toEqual([]);
});

test("a chart is walked by keyboard, and leads to the movements of its month", async ({ page }) => {
  await open(page, "everyday");
  const bars = page.getByRole("slider", { name: /What moved MRR/ });
  await bars.focus();
  await page.keyboard.press("Home");
  await expect(bars).toHaveAttribute("aria-valuetext", /^June 2025: New/);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await expect(bars).toHaveAttribute("aria-valuetext", /^April 2026: New/);
  await expect(page.getByRole("slider", { name: /MRR at month end/ })).toHaveAttribute(
    "aria-valuetext",
    /^April 2026: €/,
  );
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Movements" })).toBeFocused();
  await expect(page.getByRole("combobox", { name: "From month" })).toHaveValue("April 2026");
  await expect(page.getByText("movements match")).toBeVisible();
});

test("any figure of a subscription's life is explained beside the present one", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Movements")(page);
  await page.getByRole("row").nth(1).click();
  const drawer = page.getByRole("dialog", { name: "Subscription" });
  await expect(drawer.getByRole("slider", { name: /MRR of this subscription/ })).toBeVisible();
  await look(page, "subscription-life");
  const figure = drawer.getByRole("table").first().getByRole("button").nth(2);
  await figure.focus();
  await page.keyboard.press("Enter");
  await expect(figure).toHaveAttribute("aria-expanded", "true");
  await expect(drawer.getByText(/^20 seats at €15.00/)).toBeVisible();
  await figure.scrollIntoViewIfNeeded();
  await look(page, "subscription-then-and-now");
  await drawer.getByRole("table").last().scrollIntoViewIfNeeded();
  await look(page, "subscription-movements");
  expect(complaints).toEqual([]);
});

test("other rules show what they would change before they are applied", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await settings("How MRR is counted")(page);
  await expect(page.getByText("These are the rules in use.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Count this way" })).toHaveCount(0);
  await page.getByRole("radio", { name: "Stripe default" }).check();
  await expect(page.getByText(/subscriptions would change/)).toBeVisible();
  await look(page, "policy-rules");
  await page.getByText(/subscriptions would change/).scrollIntoViewIfNeeded();
  await page.getByRole("heading", { name: "What would change" }).scrollIntoViewIfNeeded();
  await look(page, "policy-preview");
  await end(page);
  await look(page, "policy-bridge");
  await page.getByRole("combobox", { name: "Metered usage" }).click();
  await page.getByRole("option", { name: "The last closed period" }).click();
  await expect(page.getByRole("radio", { name: "Your own" })).toBeChecked();
  await page.getByRole("button", { name: "Count this way" }).click();
  await expect(page.getByText("These are the rules in use.")).toBeVisible();
  await expect(page.getByRole("radio", { name: "Your own in use" })).toBeChecked();
  await expect(page.getByRole("heading", { name: "What would change" })).toBeFocused();
  expect(complaints).toEqual([]);
});

test("rates are added, refused in place, and kept", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await settings("Exchange rates")(page);
  await page.getByRole("button", { name: "Add rate of JPY" }).click();
  const rate = page.getByRole("textbox", { name: "1 JPY in EUR" });
  await expect(rate).toBeFocused();
  await rate.fill("-1");
  await page.getByRole("button", { name: "Save rates" }).click();
  await expect(rate).toHaveAttribute("aria-invalid", "true");
  await look(page, "rates-refused");
  await rate.fill("0,0061");
  await page.getByRole("button", { name: "Save rates" }).click();
  await expect(page.getByText("JPY has MRR but no rate")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Save rates" })).toBeDisabled();
  await expect(rate).toHaveValue("0.0061");
  await look(page, "rates");
  expect(complaints).toEqual([]);
});

test("HubSpot’s own rates are read", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await settings("Exchange rates")(page);
  await page.getByRole("button", { name: "Use HubSpot’s rates" }).click();
  await expect(page.getByText("Read from HubSpot")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "1 EUR in USD" })).toHaveValue("1.0832");
  await expect(page.getByRole("button", { name: "Read HubSpot’s rates again" })).toBeEnabled();
  await look(page, "rates-hubspot");
  expect(complaints).toEqual([]);
});

test("a scope that HubSpot’s rates need is named when it is missing", async ({ page }) => {
  const complaints = await open(page, "ratesScopeMissing");
  await settings("Exchange rates")(page);
  await page.getByRole("button", { name: "Use HubSpot’s rates" }).click();
  await expect(page.getByText(/add the scope settings\.currencies\.read/)).toBeVisible();
  await look(page, "rates-scope-missing");
  expect(complaints).toEqual([]);
});

test("a table is compared, and every difference has its reason", async ({ page }) => {
  const complaints = await open(page, "crowded");
  await rail("Movements")(page);
  await page.getByRole("button", { name: "Reconcile with a CSV" }).click();
  await page.locator("input[type=file]").setInputFiles(CSV);
  await expect(page.getByText("5,000 rows")).toBeVisible();
  await page.getByRole("button", { name: "2 rows could not be read" }).click();
  await expect(page.getByText("Line 14:")).toBeVisible();
  await look(page, "reconciliation-crowded");
  await page.getByText("Missing here", { exact: true }).last().click();
  await expect(page.getByText("not known to ClearSync").first()).toBeVisible();
  await page.getByRole("button", { name: "Export your MRR" }).click();
  await expect(page.getByText("/home/jane/Downloads")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a table that cannot be read says why", async ({ page }) => {
  const complaints = await open(page, "figuresFailing");
  await settings("Reconciliation")(page);
  await page.locator("input[type=file]").setInputFiles(CSV);
  await expect(page.getByText("The database is in use")).toBeVisible();
  await look(page, "reconciliation-failing");
  expect(complaints).toEqual([]);
});
