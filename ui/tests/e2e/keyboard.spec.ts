import { expect, type Page, test } from "@playwright/test";
import { open } from "./page";

/** Presses Tab until the named control has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const target = page.getByRole("button", { name }).or(page.getByRole("switch", { name })).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${name} is not reached by Tab`);
}

test("a table is walked, opened and left by keyboard alone", async ({ page }) => {
  await open(page, "crowded");
  await tabTo(page, "Subscriptions");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Subscriptions" })).toBeFocused();
  await expect(page.getByText("Northwind Traders", { exact: true })).toBeVisible();
  const focused = page.locator("[role=row]:focus");
  for (let presses = 0; presses < 12 && (await focused.count()) === 0; presses += 1)
    await page.keyboard.press("Tab");
  await expect(focused).toHaveAttribute("aria-rowindex", "2");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("PageDown");
  await expect(focused).toHaveAttribute("aria-rowindex", "15");
  await page.keyboard.press("End");
  await expect(focused).toHaveAttribute("aria-rowindex", "20001");
  await expect(focused).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Subscription" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(focused).toHaveAttribute("aria-rowindex", "20001");
});

test("the views open by their shortcuts, and the search by its own", async ({ page }) => {
  await open(page, "everyday");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.keyboard.press("Control+2");
  await expect(page.getByRole("heading", { name: "Subscriptions" })).toBeVisible();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("oakridge");
  await expect(page.getByText("subscriptions match")).toBeVisible();
});

test("setup goes from start to finish by keyboard", async ({ page }) => {
  await open(page, "stripeKey");
  await tabTo(page, "Use the sample key");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Permissions" })).toBeFocused();
  await page.evaluate(() => {
    const { fake } = window;
    if (fake === undefined) return;
    fake.world.setup = { ...fake.world.setup, reached: "hubSpot" };
    fake.tellData("setup");
  });
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await tabTo(page, "Use the sample key");
  await page.keyboard.press("Enter");
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await tabTo(page, /Create companies/);
  await page.keyboard.press("Space");
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Import from Stripe" })).toBeFocused();
});
