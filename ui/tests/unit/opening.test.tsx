import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "./render";

describe("data that is not open yet", () => {
  it("is waited for, and nothing else is asked until it is open", async () => {
    const { fake } = show("opening");
    expect(await screen.findByText("Opening your data")).toBeVisible();
    expect(fake.callsOf("status")).toEqual([]);
    fake.world.opening = { state: "open" };
    expect(await screen.findByText("MRR over time")).toBeVisible();
  });

  it("is tried again on the user's word", async () => {
    const { fake, user } = show("closed");
    expect(await screen.findByText("The keychain is locked")).toBeVisible();
    expect(screen.queryByRole("button", { name: /begin anew/ })).toBeNull();
    fake.world.opening = { state: "waiting" };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(fake.callsOf("openAgain")).toEqual([[false]]);
    expect(await screen.findByText("Opening your data")).toBeVisible();
    fake.world.opening = { state: "open" };
    expect(await screen.findByText("MRR over time")).toBeVisible();
  });

  it("is set aside only after the user has said so", async () => {
    const { fake, user } = show("keyGone");
    await user.click(await screen.findByRole("button", { name: "Set it aside and begin anew" }));
    const dialog = await screen.findByRole("dialog", { name: "Begin anew?" });
    expect(fake.callsOf("openAgain")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Set aside and begin anew" }));
    await waitFor(() => expect(fake.callsOf("openAgain")).toEqual([[true]]));
    expect(await screen.findByText("MRR over time")).toBeVisible();
  });
});
