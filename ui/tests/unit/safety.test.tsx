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

describe("the write guard", () => {
  it("keeps the number before where none is left, and says so", async () => {
    const { fake, user } = show("everyday");
    await goTo(user, /^Settings/);
    await user.click(await screen.findByRole("button", { name: /^Write guard/ }));
    const records = await screen.findByRole("textbox", { name: "Number of records" });
    await user.clear(records);
    await user.tab();
    expect(await screen.findByText("A number is needed here, so 50 stays.")).toBeVisible();
    expect(records).toHaveValue("50");
    expect(fake.callsOf("changeGuard")).toEqual([]);
    await user.type(records, "0");
    expect(screen.queryByText(/^A number is needed/)).toBeNull();
  });
});

describe("what a run wrote", () => {
  it("is filtered by kind and by action", async () => {
    const { fake, user } = show("everyday");
    await goTo(user, /^History/);
    const [run] = await screen.findAllByRole("button", { name: /: what it wrote$/ });
    if (run === undefined) throw new Error("no run");
    await user.click(run);
    for (const [filter, choice] of [
      ["Kind", "Company"],
      ["Action", "Made"],
    ] as const) {
      await user.click(await screen.findByRole("combobox", { name: filter }));
      await user.click(await screen.findByRole("option", { name: choice, hidden: true }));
    }
    await waitFor(() =>
      expect(fake.callsOf("runChanges").at(-1)).toEqual([
        expect.objectContaining({ object: "companies", action: "create" }),
      ]),
    );
  });
});

describe("the preview", () => {
  it("counts what HubSpot refused before", async () => {
    const { user } = show("everyday", (world) => {
      if (world.plan !== null) world.plan = { ...world.plan, failing: 3 };
    });
    await goTo(user, /^Preview/);
    expect(await screen.findByText(/3 of the skipped were refused by HubSpot before\./)).toBeVisible();
  });
});
