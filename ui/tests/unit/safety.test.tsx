import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { driftSeen } from "../fake/safety";
import { show } from "./render";

const SEARCH = "Search name, e-mail, domain or id";

async function goTo(user: ReturnType<typeof show>["user"], place: RegExp) {
  const rail = await screen.findByRole("navigation", { name: "Main" });
  await user.click(within(rail).getByRole("button", { name: place }));
}

describe("approvals", () => {
  it("mean everything again once the filter is cleared", async () => {
    const { fake, user } = show("everyday");
    await goTo(user, /^Preview/);
    const filter = await screen.findByRole("combobox", { name: "What is done" });
    const pick = async () => {
      await user.click(filter);
      await user.click(await screen.findByRole("option", { name: "Updated", hidden: true }));
    };
    await pick();
    expect(await screen.findByRole("button", { name: /^Hold the .* shown back$/ })).toBeVisible();
    await pick();
    await user.click(await screen.findByRole("button", { name: "Hold everything back" }));
    expect(fake.callsOf("approve")).toEqual([[{ kind: "all" }, false]]);
  });
});

describe("the comparison with HubSpot", () => {
  it("shows what was seen since, when Rust tells of it", async () => {
    const { fake, user } = show("everyday");
    await goTo(user, /^History/);
    await user.click(await screen.findByRole("button", { name: "Compare with HubSpot" }));
    expect(await screen.findByText(/^2 differ/)).toBeVisible();
    fake.world.drift = driftSeen(5, 452);
    act(() => fake.tellData("attention"));
    await waitFor(() => expect(screen.getByText(/^5 differ/)).toBeVisible());
  });
});

describe("an undo", () => {
  it("counts nothing that is held back", async () => {
    const { user } = show("everyday", (world) => {
      const some = world.undoRows.filter(({ action }) => action !== "leave").slice(0, 3);
      for (const row of some) row.waits = true;
    });
    await goTo(user, /^History/);
    await user.click(await screen.findByRole("button", { name: "Take everything back" }));
    expect(await screen.findByRole("button", { name: "Take 278 changes back" })).toBeVisible();
  });
});

describe("matches to review", () => {
  it("are found whatever the case of the word", async () => {
    const { user } = show("everyday", (world) => {
      world.review = world.review.slice(0, 2).map((item, n) => ({ ...item, name: `Ada.${n}@ACME.example` }));
    });
    await goTo(user, /^Attention/);
    await user.click(await screen.findByRole("button", { name: "Review matches" }));
    await user.type(screen.getByLabelText(SEARCH), "ada.1@acme");
    await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "2"));
  });
});
