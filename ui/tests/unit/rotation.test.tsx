import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "./render";

async function settings(setUp?: Parameters<typeof show>[1]) {
  const shown = show("everyday", setUp);
  await shown.user.click(await screen.findByRole("button", { name: "Settings" }));
  return shown;
}

async function rotating() {
  const shown = await settings();
  await shown.user.click((await screen.findAllByRole("button", { name: "Rotate key" }))[0] as HTMLElement);
  return { ...shown, field: await screen.findByLabelText("Restricted key") };
}

describe("a new key", () => {
  it("is checked beside the old one, takes its place in one step, and the old one is to be deleted", async () => {
    const { fake, user, field } = await rotating();
    await user.type(field, "rk_live_better");
    await user.click(await screen.findByRole("button", { name: "Check the new key" }));
    expect(await screen.findByText("The new key can do all that the old one can.")).toBeVisible();
    expect(fake.callsOf("checkNewKey")).toEqual([["stripe", { kind: "typed", text: "rk_live_better" }]]);
    expect(fake.callsOf("takeNewKey")).toEqual([]);
    expect(field).toHaveValue("");
    await user.click(screen.getByRole("button", { name: "Use ···· n3w4" }));
    const former = await screen.findByRole("region", { name: "Delete the old Stripe key" });
    expect(fake.callsOf("takeNewKey")).toEqual([["stripe", false]]);
    expect(within(former).getByText("···· 8f2K")).toBeVisible();
    await user.click(within(former).getByRole("button", { name: "Ask if it still works" }));
    expect(await within(former).findByText("Stripe still takes the old key. Delete it there.")).toBeVisible();
    await user.click(within(former).getByRole("button", { name: "Open Stripe" }));
    expect(fake.callsOf("openLink")).toEqual([["https://dashboard.stripe.com/apikeys"]]);
    await user.click(within(former).getByRole("button", { name: "Done, I deleted it" }));
    await waitFor(() => expect(former).not.toBeInTheDocument());
  });

  it("that can do less shows the rows, and does not take the place", async () => {
    const { fake, user, field } = await rotating();
    await user.type(field, "rk_live_less");
    await user.click(await screen.findByRole("button", { name: "Check the new key" }));
    expect(await screen.findByText(/The new key lacks something/)).toBeVisible();
    const lost = screen.getByRole("row", { name: /Payment Methods/ });
    expect(
      within(lost)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["held", "missing"]);
    expect(screen.queryByRole("button", { name: /^Use/ })).toBeNull();
    expect(fake.callsOf("takeNewKey")).toEqual([]);
  });

  it("of another account is refused and stays in the field", async () => {
    const { user, field } = await rotating();
    await user.type(field, "rk_live_other");
    await user.click(await screen.findByRole("button", { name: "Check the new key" }));
    expect(await screen.findByText("This key belongs to another account")).toBeVisible();
    expect(field).toHaveValue("rk_live_other");
  });

  it("that was checked is forgotten when the guide is left", async () => {
    const { fake, user } = await rotating();
    await user.click(screen.getByRole("button", { name: "Keep this key" }));
    await waitFor(() => expect(fake.callsOf("leaveNewKey")).toEqual([["stripe"]]));
    expect((await screen.findAllByRole("button", { name: "Rotate key" })).length).toBe(2);
  });
});

describe("forgetting everything", () => {
  it("needs the word, says what was removed and what was not, and stands at the welcome", async () => {
    const { fake, user } = await settings();
    await user.click(await screen.findByRole("button", { name: "Forget everything" }));
    const dialog = await screen.findByRole("dialog", { name: "Forget everything?" });
    expect(within(dialog).getByText(/HubSpot keeps what was written/)).toBeVisible();
    const forget = within(dialog).getByRole("button", { name: "Forget everything" });
    expect(forget).toBeDisabled();
    await user.type(within(dialog).getByLabelText(/Type “forget”/), "forgot");
    expect(forget).toBeDisabled();
    await user.clear(within(dialog).getByLabelText(/Type “forget”/));
    await user.type(within(dialog).getByLabelText(/Type “forget”/), "forget");
    expect(fake.callsOf("forget")).toEqual([]);
    await user.click(forget);
    const report = await screen.findByRole("dialog", { name: "Everything is forgotten" });
    expect(within(report).getByText("Stripe key in the keychain")).toBeVisible();
    expect(within(report).getByText("we_1QhZ6uL8qWm31vd")).toBeVisible();
    await user.click(within(report).getByRole("button", { name: "Open Stripe" }));
    expect(fake.callsOf("openLink")).toEqual([["https://dashboard.stripe.com/webhooks"]]);
    await user.click(within(report).getAllByRole("button", { name: "Close" })[0] as HTMLElement);
    expect(await screen.findByRole("button", { name: "Start setup" })).toBeVisible();
  });

  it("offers to take everything back from HubSpot first", async () => {
    const { fake, user } = await settings();
    await user.click(await screen.findByRole("button", { name: "Take everything back from HubSpot first" }));
    expect(await screen.findByRole("button", { name: "Take everything back" })).toBeVisible();
    expect(fake.callsOf("forget")).toEqual([]);
  });
});

describe("figures that stand still", () => {
  it("are named on the overview while the key may not read what they are made of", async () => {
    show("everyday");
    expect(await screen.findByText(/Cards about to expire stand still/)).toBeVisible();
  });
});
