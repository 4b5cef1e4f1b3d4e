import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "./render";

const field = () => screen.findByLabelText("Restricted key");

describe("the Stripe key", () => {
  it("is named for what it is while it is typed, and sent nowhere", async () => {
    const { fake, user } = show("stripeKey");
    await user.type(await field(), "pk_live_123");
    expect(await screen.findByText("This is a publishable key")).toBeVisible();
    expect(screen.getByRole("button", { name: "Connect Stripe" })).toBeDisabled();
    expect(fake.callsOf("connectStripe")).toEqual([]);
  });

  it("leaves the field once it is kept, and the permissions open", async () => {
    const { fake, user } = show("stripeKey");
    await user.type(await field(), "rk_live_good");
    await screen.findByText("A restricted key for live data.");
    await user.click(screen.getByRole("button", { name: "Connect Stripe" }));
    expect(await screen.findByRole("heading", { name: "Permissions" })).toBeVisible();
    expect(fake.callsOf("connectStripe")).toEqual([[{ kind: "typed", text: "rk_live_good" }, false, false]]);
    expect(document.body.innerHTML).not.toContain("rk_live_good");
  });

  it("that is pasted and sent at once is not made to wait", async () => {
    const { fake, user } = show("stripeKey");
    await user.click(await field());
    await user.paste("rk_live_good");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: "Permissions" })).toBeVisible();
    expect(fake.callsOf("connectStripe")).toEqual([[{ kind: "typed", text: "rk_live_good" }, false, false]]);
  });

  it("stays in the field when Stripe refuses it", async () => {
    const { user } = show("stripeKey");
    await user.type(await field(), "rk_live_refused");
    await screen.findByText("A restricted key for live data.");
    await user.click(screen.getByRole("button", { name: "Connect Stripe" }));
    expect(await screen.findByText("Stripe does not know this key")).toBeVisible();
    expect(await field()).toHaveValue("rk_live_refused");
  });

  it("of another account replaces the old one only on the user's word", async () => {
    const { fake, user } = show("stripeKey");
    await user.type(await field(), "rk_live_other");
    await screen.findByText("A restricted key for live data.");
    await user.click(screen.getByRole("button", { name: "Connect Stripe" }));
    const dialog = await screen.findByRole("dialog", { name: "Replace the Stripe account?" });
    await user.click(within(dialog).getByRole("button", { name: "Replace account" }));
    await waitFor(() =>
      expect(fake.callsOf("connectStripe").at(-1)).toEqual([
        { kind: "typed", text: "rk_live_other" },
        false,
        true,
      ]),
    );
  });

  it("is kept for this run only on the user's word", async () => {
    const { fake, user } = show("stripeKey");
    await user.type(await field(), "rk_live_keychain");
    await screen.findByText("A restricted key for live data.");
    await user.click(screen.getByRole("button", { name: "Connect Stripe" }));
    await user.click(await screen.findByRole("button", { name: "Keep the key for this run only" }));
    await waitFor(() => expect(fake.callsOf("connectStripe").at(-1)?.[1]).toBe(true));
  });

  it("can be pasted by Rust, past the window", async () => {
    const { fake, user } = show("stripeKey");
    await user.click(await screen.findByRole("button", { name: "Paste from clipboard" }));
    expect(await screen.findByText("The clipboard holds no text")).toBeVisible();
    expect(fake.callsOf("connectStripe")).toEqual([[{ kind: "clipboard" }, false, false]]);
    await user.click(screen.getByRole("button", { name: "Use the sample key" }));
    await waitFor(() => expect(fake.callsOf("connectStripe").at(-1)?.[0]).toEqual({ kind: "sample" }));
  });
});

describe("the checklist", () => {
  it("is watched while it is shown, and checked when the window is come back to", async () => {
    const { fake, user } = show("permissions", (world) => {
      world.stripe = { ...world.stripe, checking: false };
    });
    await screen.findByText("missing");
    expect(fake.callsOf("watchChecklist")).toEqual([["stripe", true]]);
    window.dispatchEvent(new Event("focus"));
    expect(fake.callsOf("checkAll")).toEqual([["stripe"]]);
    await user.click(screen.getByRole("button", { name: "Back" }));
    await waitFor(() => expect(fake.callsOf("watchChecklist").at(-1)).toEqual(["stripe", false]));
  });

  it("asks for one row, ticks it live, and opens only the link Rust gave", async () => {
    const { fake, user } = show("permissions", (world) => {
      world.stripe = { ...world.stripe, checking: false };
    });
    await user.click(await screen.findByRole("button", { name: "Check again: Payment Methods" }));
    expect(fake.callsOf("checkRow")).toEqual([["stripe", "payment_methods"]]);
    await waitFor(() => expect(screen.queryByText("missing")).toBeNull());
  });

  it("looks for more than needed only on the user's word", async () => {
    const { fake, user } = show("permissionsHeld");
    await screen.findByText("The key can do everything ClearSync needs.");
    expect(fake.callsOf("checkExcess")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Check for more than needed" }));
    expect(await screen.findByText("The key can do no more than ClearSync needs.")).toBeVisible();
  });
});
