import { expect, type Page, test } from "@playwright/test";
import type { Scenario } from "../fake/scenarios";
import { look, open } from "./page";

const rail = (name: string) => (page: Page) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("button", { name }).click();
const none = () => Promise.resolve();

/** A screen: the world behind it, what its picture is called, the way to it, and what must stand on it. */
type Screen = [scenario: Scenario, name: string, go: (page: Page) => Promise<unknown>, says: string];

const SETUP: Screen[] = [
  ["opening", "opening-waiting", none, "Opening your data"],
  ["closed", "opening-locked", none, "The keychain is locked"],
  ["keyGone", "opening-key-gone", none, "Set it aside and begin anew"],
  ["welcome", "setup-01-welcome", none, "Start setup"],
  ["stripeKey", "setup-02-stripe-key", none, "Use the sample key"],
  ["stripeKeyConnected", "setup-02-stripe-key-connected", none, "Replace key"],
  ["permissions", "setup-03-permissions-busy", none, "Set “Payment Methods” to Read on this key."],
  ["permissionsHeld", "setup-03-permissions-held", none, "The key can do everything ClearSync needs."],
  ["permissionsExcess", "setup-03-permissions-excess", none, "can do more"],
  ["permissionsRefused", "setup-03-permissions-refused", none, "This key has expired"],
  ["hubSpot", "setup-04-hubspot", none, "Open HubSpot"],
  ["hubSpotScopes", "setup-04-hubspot-scopes", none, "Add this scope to the key."],
  ["whatToCreate", "setup-05-what-to-create", none, "Create contacts"],
  ["importReady", "setup-06-import-ready", none, "Start import"],
  ["importBusy", "setup-06-import-busy", none, "12,400 of 20,000"],
  ["importFailed", "setup-06-import-failed", none, "was not found"],
  ["review", "setup-07-review", none, "420 subscriptions"],
  ["preview", "setup-08-preview", none, "Push 201 changes"],
  ["firstSync", "setup-09-first-sync", none, "112 of 212"],
  ["firstSyncWaiting", "setup-09-first-sync-waiting", none, "Nothing has been pushed yet"],
  ["firstSyncDone", "setup-09-first-sync-done", none, "The first sync is done."],
  ["keepInSync", "setup-10-keep-in-sync", none, "Finish setup"],
];

const EVERYDAY: Screen[] = [
  ["everyday", "overview", none, "MRR over time"],
  ["sample", "overview-sample", none, "Sample data"],
  ["busy", "overview-busy", none, "12,400 of 20,000"],
  ["held", "overview-held", none, "The run is paused."],
  ["paused", "overview-paused", none, "Syncing is paused until"],
  ["offline", "overview-offline", none, "answered"],
  ["needsYou", "overview-needs-you", none, "lacks a permission"],
  ["empty", "overview-empty", none, "No figures yet"],
  ["everyday", "subscriptions", rail("Subscriptions"), "420 subscriptions"],
  ["crowded", "subscriptions-crowded", rail("Subscriptions"), "20,000 subscriptions"],
  ["empty", "subscriptions-empty", rail("Subscriptions"), "No subscriptions yet"],
  ["everyday", "preview", rail("Preview"), "Push 201 changes"],
  ["crowded", "preview-crowded", rail("Preview"), "Push 4,031 changes"],
  ["otherInstallation", "preview-other-installation", rail("Preview"), "Take over and push 201 changes"],
  ["empty", "preview-empty", rail("Preview"), "No plan yet"],
  ["everyday", "history", rail("History"), "61,204"],
  ["empty", "history-empty", rail("History"), "No run yet"],
  ["everyday", "attention", rail("Attention"), "Permission missing"],
  ["crowded", "attention-crowded", rail("Attention"), "more"],
  ["empty", "attention-empty", rail("Attention"), "Nothing needs you"],
  ["everyday", "settings", rail("Settings"), "Look for changes"],
  ["empty", "settings-not-connected", rail("Settings"), "Connect Stripe"],
];

for (const view of ["Overview", "Subscriptions", "Preview", "History", "Attention", "Settings"]) {
  const name = view.toLowerCase();
  EVERYDAY.push(["failing", `${name}-failing`, rail(view), "The database is in use"]);
  EVERYDAY.push(["loading", `${name}-loading`, rail(view), view]);
}

for (const [scenario, name, go, says] of [...SETUP, ...EVERYDAY]) {
  test(name, async ({ page }) => {
    const complaints = await open(page, scenario);
    await go(page);
    await expect(page.getByText(says).first()).toBeVisible();
    await look(page, name);
    expect(complaints).toEqual([]);
  });
}

test("a subscription's explanation", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Subscriptions")(page);
  await page.getByRole("row").nth(2).click();
  await expect(page.getByText("How this MRR was worked out")).toBeVisible();
  await look(page, "subscription-drawer");
  expect(complaints).toEqual([]);
});

test("a record's fields", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Preview")(page);
  await page.getByRole("row").nth(2).click();
  await expect(page.getByText("This record will be made.")).toBeVisible();
  await look(page, "record-drawer");
  expect(complaints).toEqual([]);
});

test("checking permissions from the settings", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Check permissions" }).click();
  await expect(page.getByText("The key can do everything ClearSync needs.")).toBeVisible();
  await look(page, "settings-permissions");
  expect(complaints).toEqual([]);
});

test("rotating a key", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Rotate key" }).first().click();
  await expect(page.getByText("Make a new key beside the old one")).toBeVisible();
  await look(page, "rotation-begun");
  await page.getByLabel("Restricted key").fill("rk_live_less");
  await page.getByRole("button", { name: "Check the new key" }).click();
  await expect(page.getByText("The new key lacks something")).toBeVisible();
  await page.getByText("Change over").scrollIntoViewIfNeeded();
  await look(page, "rotation-lacks");
  await page.getByLabel("Restricted key").fill("rk_live_better");
  await page.getByRole("button", { name: "Check the new key" }).click();
  await expect(page.getByText("can do all that the old one can")).toBeVisible();
  await page.getByRole("button", { name: "Use ····" }).scrollIntoViewIfNeeded();
  await look(page, "rotation-fits");
  await page.getByRole("button", { name: "Use ····" }).click();
  await page.getByRole("button", { name: "Ask if it still works" }).click();
  await expect(page.getByText("Stripe still takes the old key")).toBeVisible();
  await look(page, "rotation-done");
  expect(complaints).toEqual([]);
});

test("the accounts, and the way to another", async ({ page }) => {
  const complaints = await open(page, "accounts");
  await expect(page.getByText("MRR over time")).toBeVisible();
  await page.getByRole("button", { name: "Accounts: Acme GmbH (Live)" }).click();
  await expect(page.getByRole("menuitem", { name: "Add another account" })).toBeVisible();
  await look(page, "accounts-menu");
  await page
    .getByRole("menuitem", { name: /^Globex/ })
    .first()
    .click();
  await expect(page.getByRole("button", { name: /^Accounts: Globex/ })).toBeVisible();
  await expect(page.getByText("MRR over time")).toBeVisible();
  await look(page, "accounts-other");
  await rail("Settings")(page);
  await page.getByRole("button", { name: /^Remove Globex/ }).click();
  await expect(page.getByLabel("Type “remove”")).toBeVisible();
  await look(page, "accounts-remove");
  expect(complaints).toEqual([]);
});

test("the setup of another account", async ({ page }) => {
  const complaints = await open(page, "accountsNew");
  await expect(page.getByRole("button", { name: "Start setup" })).toBeVisible();
  await look(page, "accounts-new");
  await page.getByRole("button", { name: "Accounts: New account" }).click();
  await page.getByRole("menuitem", { name: /^Acme GmbH/ }).click();
  await expect(page.getByText("MRR over time")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("forgetting everything asks for the word and says what is gone", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  const button = page.getByRole("button", { name: "Forget everything" });
  await button.scrollIntoViewIfNeeded();
  await look(page, "settings-forget");
  await button.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("There is no way back")).toBeVisible();
  await dialog.getByLabel("Type “forget”").fill("forget");
  await look(page, "settings-forget-asked");
  await dialog.getByRole("button", { name: "Forget everything" }).click();
  await expect(page.getByText("Everything is forgotten")).toBeVisible();
  await look(page, "forgotten");
  expect(complaints).toEqual([]);
});

test("disconnecting asks first", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Disconnect" }).first().click();
  await expect(page.getByText("Disconnect Stripe?")).toBeVisible();
  await look(page, "settings-disconnect");
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("button", { name: "Connect Stripe" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("holding rows of the plan back", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Preview")(page);
  await page.getByRole("row", { name: /new/ }).first().click();
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox").nth(0).check();
  await page.getByRole("checkbox").nth(2).check();
  await expect(page.getByRole("button", { name: "Hold the 2 chosen back" })).toBeVisible();
  await look(page, "preview-chosen");
  await page.getByRole("button", { name: "Hold the 2 chosen back" }).click();
  await expect(page.getByText("2 changes are held back")).toBeVisible();
  await expect(page.getByRole("button", { name: "Push 199 changes" })).toBeVisible();
  await look(page, "preview-held");
  await page.getByRole("button", { name: "Approve everything" }).click();
  await expect(page.getByText("Nothing is held back.")).toBeVisible();
  await page.getByRole("button", { name: "Export CSV" }).click();
  await expect(page.getByText("Plan exported")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("deciding about a match", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Attention")(page);
  await page.getByRole("button", { name: "Review matches" }).click();
  await expect(page.getByRole("row", { name: /ada\.0@/ })).toBeVisible();
  await look(page, "review");
  await page.getByRole("row", { name: /ada\.0@/ }).click();
  await expect(page.getByText("Ada Lovelace")).toBeVisible();
  await look(page, "review-candidates");
  await page.getByRole("button", { name: "Use this record" }).first().click();
  await expect(page.getByRole("button", { name: "Take decision back" })).toBeVisible();
  await look(page, "review-decided");
  await page.getByRole("button", { name: "Take decision back" }).click();
  await expect(page.getByRole("button", { name: "Take decision back" })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Make the plan again to see it.")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("how ClearSync writes", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "How ClearSync writes" }).click();
  await expect(page.getByRole("radio", { name: "Deals" })).toBeVisible();
  await look(page, "writing");
  await page.getByRole("radio", { name: "Deals" }).check();
  await page.getByRole("textbox", { name: "Least MRR" }).fill("a lot");
  await page.getByRole("checkbox", { name: /org_id/ }).check();
  await page.getByRole("switch", { name: "Write all that fit" }).click({ force: true });
  await page.getByRole("button", { name: /^Contacts/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Write an amount")).toBeVisible();
  await look(page, "writing-wrong");
  await rail("Overview")(page);
  await rail("Settings")(page);
  await page.getByRole("button", { name: "How ClearSync writes" }).click();
  await expect(page.getByText("Not saved yet.")).toBeVisible();
  await page.getByRole("textbox", { name: "Least MRR" }).fill("49.50");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Make the plan again to see what changes.")).toBeVisible();
  await look(page, "writing-saved");
  expect(complaints).toEqual([]);
});

test("the write guard", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Write guard" }).click();
  await page.getByRole("button", { name: /^Contact/ }).click();
  await look(page, "guard");
  await page.getByRole("combobox", { name: "Who has the say about MRR" }).click();
  await page.getByRole("option", { name: "Never write it" }).click();
  await expect(page.getByText("2 exceptions")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("filters by name", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "How ClearSync writes" }).click();
  await page.getByRole("combobox", { name: "Products" }).click();
  await page.getByRole("option", { name: "Pro · prod_ProOld" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("These filters leave out 300 of 420 subscriptions.")).toBeVisible();
  await page.getByText("These filters leave out").scrollIntoViewIfNeeded();
  await look(page, "writing-filters");
  expect(complaints).toEqual([]);
});

test("real time, turned on and off", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Real time" }).click();
  await page.getByRole("textbox", { name: "Public address" }).fill("http://10.0.0.1/");
  await page.getByRole("button", { name: "Turn on real time" }).click();
  await expect(page.getByText("Stripe cannot reach this address")).toBeVisible();
  await look(page, "realtime-off");
  await page.getByRole("textbox", { name: "Public address" }).fill("https://hooks.example.com/clearsync");
  await page.getByRole("button", { name: "Turn on real time" }).click();
  await expect(page.getByText("Listening. Nothing has come yet.")).toBeVisible();
  await look(page, "realtime-on");
  await page.getByRole("button", { name: "Turn off real time" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off real time" }).click();
  await expect(page.getByRole("button", { name: "Turn on real time" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("real time, when no delivery comes", async ({ page }) => {
  const complaints = await open(page, "crowded");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Real time" }).click();
  await expect(page.getByText("Another program has the port")).toBeVisible();
  await page.getByRole("button", { name: "Change address or port" }).click();
  await look(page, "realtime-crowded");
  expect(complaints).toEqual([]);
});

test("playbooks", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "HubSpot playbooks" }).click();
  await expect(page.getByText("Follow up failed payments")).toBeVisible();
  await look(page, "playbooks");
  expect(complaints).toEqual([]);
});

test("what a run wrote, and taking it back", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("History")(page);
  await page
    .getByRole("button", { name: /what it wrote/ })
    .first()
    .click();
  await expect(page.getByRole("row", { name: /person-0/ })).toBeVisible();
  await look(page, "history-run");
  await page.getByRole("row", { name: /person-1\./ }).click();
  await expect(page.getByRole("button", { name: "Take this record back" })).toBeVisible();
  await look(page, "history-record");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Take this run back" }).click();
  await expect(page.getByText("80 records go to the recycle bin.")).toBeVisible();
  await expect(page.getByRole("row", { name: /person-0/ })).toBeVisible();
  await look(page, "history-undo");
  await page.getByRole("row", { name: /person-1\./ }).click();
  await page.getByRole("button", { name: "Leave it as it is" }).click();
  await expect(page.getByText("1 stays because you held it back.")).toBeVisible();
  await page.getByRole("row", { name: /person-1\./ }).click();
  await expect(page.getByText("You held this back. It stays as it is.")).toBeVisible();
  await look(page, "history-undo-held");
  await page.getByRole("button", { name: "Take it back too" }).click();
  await expect(page.getByText("because you held it back")).toHaveCount(0);
  await page.getByRole("button", { name: "Take 281 changes back" }).click();
  await expect(page.getByRole("dialog")).toContainText("recycle bin");
  await look(page, "history-undo-asked");
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("Each run of ClearSync")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("comparing with HubSpot", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("History")(page);
  await page.getByRole("button", { name: "Compare with HubSpot" }).click();
  await page.getByRole("row", { name: /ada\.0/ }).click();
  await expect(page.getByText("leaves it")).toBeVisible();
  await look(page, "history-drift-record");
  await page.keyboard.press("Escape");
  await expect(page.getByText("puts a part right")).toBeVisible();
  await look(page, "history-drift");
  await page.getByRole("button", { name: "Compare now" }).click();
  await expect(page.getByText("452 of 452")).toBeVisible();
  expect(complaints).toEqual([]);
});

const BEHIND: [name: string, button: string, nothing: string][] = [
  ["drift", "Compare with HubSpot", "Not compared yet"],
  ["undo", "Take everything back", "Nothing to take back"],
];
for (const [name, button, nothing] of BEHIND) {
  const states: [Scenario, string, string][] = [
    ["behindFailing", "failing", "The database is in use"],
    ["behindLoading", "loading", "History"],
    ["behindEmpty", "empty", nothing],
  ];
  for (const [scenario, state, says] of states) {
    test(`history-${name}-${state}`, async ({ page }) => {
      const complaints = await open(page, scenario);
      await rail("History")(page);
      await page.getByRole("button", { name: button }).click();
      await expect(page.getByText(says).first()).toBeVisible();
      await look(page, `history-${name}-${state}`);
      expect(complaints).toEqual([]);
    });
  }
}

test("thousands of differences", async ({ page }) => {
  const complaints = await open(page, "crowded");
  await rail("History")(page);
  await page.getByRole("button", { name: "Compare with HubSpot" }).click();
  await expect(page.getByText("3,000 differ")).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(60);
  await look(page, "history-drift-crowded");
  expect(complaints).toEqual([]);
});

test("mail domains that are nobody's company", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Mail domains" }).click();
  await look(page, "mail-domains");
  const added = page.getByRole("combobox", { name: "Also nobody’s company" });
  await added.pressSequentially("localhost");
  await added.press("Enter");
  await page.getByRole("button", { name: "Save domains" }).click();
  await expect(page.getByText("This is no domain")).toBeVisible();
  await look(page, "mail-domains-refused");
  await added.press("Backspace");
  await page.getByRole("button", { name: "Save domains" }).click();
  await expect(page.getByText("Companies are matched anew")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("beginning anew without the key asks first", async ({ page }) => {
  const complaints = await open(page, "keyGone");
  await page.getByRole("button", { name: "Set it aside and begin anew" }).click();
  await expect(page.getByText("Begin anew?")).toBeVisible();
  await look(page, "opening-begin-anew");
  await page.getByRole("button", { name: "Set aside and begin anew", exact: true }).click();
  await expect(page.getByText("MRR over time")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a copy that is not encrypted asks first", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  await page.getByRole("button", { name: "Save a readable copy…" }).click();
  await expect(page.getByText("Save a copy that is not encrypted?")).toBeVisible();
  await look(page, "settings-readable-copy");
  await page.getByRole("button", { name: "Save the copy" }).click();
  await expect(page.getByText("clearsync-data.sqlite")).toBeVisible();
  await look(page, "settings-readable-copied");
  expect(complaints).toEqual([]);
});

test("restoring a backup asks first", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await rail("Settings")(page);
  const restore = page.getByRole("button", { name: /^Restore: Backup of/ });
  await restore.last().scrollIntoViewIfNeeded();
  await look(page, "settings-backups");
  await restore.last().click();
  await expect(page.getByText("Restore this backup?")).toBeVisible();
  await look(page, "settings-restore");
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("The backup is restored.")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a key that is refused, and the guide unfolded", async ({ page }) => {
  const complaints = await open(page, "stripeKey");
  await page.getByLabel("Restricted key").fill("pk_live_1234567890");
  await expect(page.getByText("This is a publishable key")).toBeVisible();
  await page.getByRole("button", { name: "Every row and its level" }).click();
  await page.getByRole("button", { name: "Step by step" }).click();
  await look(page, "stripe-key-wrong");
  expect(complaints).toEqual([]);
});

test("the button stays in its place when what a key is appears above it", async ({ page }) => {
  const complaints = await open(page, "hubSpot");
  const button = page.getByRole("button", { name: "Connect HubSpot" });
  const before = await button.boundingBox();
  await page.getByLabel("Service key").fill("pat-na1-1234567890");
  await expect(page.getByText("A HubSpot key.")).toBeVisible();
  expect(await button.boundingBox()).toEqual(before);
  await page.getByLabel("Service key").fill("");
  await expect(page.getByText("A HubSpot key.")).toBeHidden();
  expect(await button.boundingBox()).toEqual(before);
  expect(complaints).toEqual([]);
});

test("the policy is in force: no style, script or address of a stranger", async ({ page }) => {
  const complaints = await open(page, "everyday");
  await expect(page.getByText("MRR over time")).toBeVisible();
  expect(complaints).toEqual([]);
  const background = await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "body { background: rgb(1, 2, 3) }";
    document.head.append(style);
    const script = document.createElement("script");
    script.textContent = "document.title = 'taken'";
    document.head.append(script);
    return getComputedStyle(document.body).backgroundColor;
  });
  expect(background).not.toBe("rgb(1, 2, 3)");
  await expect(page).toHaveTitle("ClearSync");
  await expect(page.evaluate(() => fetch("https://example.com"))).rejects.toThrow();
  await expect.poll(() => complaints.filter((complaint) => complaint.startsWith("policy:")).length).toBe(3);
});
