import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SETUP_STEPS } from "../../src/features/setup/steps";
import { asProblem } from "../../src/ipc/backend";
import { members } from "./contract";
import { show } from "./render";

describe("setup", () => {
  it("is found again at the step where it was left", async () => {
    show("whatToCreate");
    expect(await screen.findByRole("heading", { level: 1, name: "What to create" })).toBeVisible();
  });

  it("goes on only as far as Rust says", async () => {
    const { fake } = show("permissions");
    expect(await screen.findByRole("button", { name: "Continue" })).toBeDisabled();
    act(() => {
      fake.world.setup = { ...fake.world.setup, reached: "hubSpot" };
      fake.tellData("setup");
    });
    await waitFor(() => expect(screen.getByRole("button", { name: "Continue" })).toBeEnabled());
  });

  it("keeps the choices before it goes on", async () => {
    const { fake, user } = show("whatToCreate");
    await user.click(await screen.findByRole("switch", { name: /Create companies/ }));
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByRole("heading", { name: "Import from Stripe" })).toBeVisible();
    expect(fake.callsOf("saveChoices")).toEqual([[{ createContacts: true, createCompanies: true }]]);
  });

  it("pushes exactly the plan that is shown", async () => {
    const { fake, user } = show("preview");
    await user.click(await screen.findByRole("button", { name: "Push 201 changes" }));
    expect(fake.callsOf("push")).toEqual([[7]]);
    expect(await screen.findByRole("heading", { name: "First sync" })).toBeVisible();
  });

  it("makes a plan where there is none", async () => {
    const { fake } = show("preview", (world) => {
      world.plan = null;
    });
    expect(await screen.findByRole("button", { name: "Push 201 changes" })).toBeVisible();
    expect(fake.callsOf("makePlan")).toHaveLength(1);
  });

  it("ends in the main window", async () => {
    const { fake, user } = show("keepInSync");
    await user.click(await screen.findByRole("button", { name: "Finish setup" }));
    expect(await screen.findByRole("heading", { name: "Overview" })).toBeVisible();
    expect(fake.callsOf("finishSetup")).toEqual([[true]]);
  });

  it("knows the steps of the contract in their order", () => {
    expect(SETUP_STEPS).toEqual(members("SetupStep"));
  });
});

describe("the main window", () => {
  it("shows what Rust tells, as it tells it", async () => {
    const { fake } = show("everyday");
    const rail = await screen.findByRole("navigation", { name: "Main" });
    expect(within(rail).getByRole("button", { name: /^Preview/ })).toHaveTextContent("201");
    act(() => fake.setStatus({ waitingChanges: 7 }));
    await waitFor(() =>
      expect(within(rail).getByRole("button", { name: /^Preview/ })).toHaveTextContent("7"),
    );
  });

  it("asks again for what has changed, and for nothing else", async () => {
    const { fake } = show("everyday");
    await screen.findByText("MRR over time");
    act(() => fake.tellData("history"));
    act(() => fake.tellData("figures"));
    await waitFor(() => expect(fake.callsOf("overview")).toHaveLength(2));
    expect(fake.callsOf("settings")).toEqual([]);
  });

  it("says what went wrong, and tries again on the user's word", async () => {
    const { fake, user } = show("failing");
    await screen.findByText("The database is in use");
    fake.world.failing = {};
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() =>
      expect(fake.callsOf("syncNow").length + fake.callsOf("companyFigures").length).toBeGreaterThan(1),
    );
  });

  it("leads a problem with a key to the place where it is replaced", async () => {
    const { user } = show("everyday", (world) => {
      world.status = {
        ...world.status,
        problem: {
          code: "stripeKeyRefused",
          params: {},
          action: { kind: "replaceStripeKey" },
          requestId: null,
        },
      };
    });
    await user.click(await screen.findByRole("button", { name: "Replace Stripe key" }));
    expect(await screen.findByLabelText("Restricted key")).toBeVisible();
  });

  it("takes anything Rust did not name for unexpected", () => {
    expect(asProblem("overview not allowed by ACL").code).toBe("unexpected");
    expect(asProblem(new Error("boom")).code).toBe("unexpected");
  });
});

describe("spoken progress", () => {
  afterEach(() => vi.useRealTimers());

  it("is told at most once in ten seconds, and then the last", async () => {
    const { fake } = show("busy");
    await screen.findByText("MRR over time");
    const region = () => [...document.querySelectorAll('[role="status"]')].at(-1)?.textContent;
    await waitFor(() => expect(region()).toContain("12,400"));
    const progress = fake.world.status.progress;
    if (progress === null) throw new Error("the scenario is busy");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    for (const done of [12_500, 12_600, 12_700])
      act(() => fake.setStatus({ progress: { ...progress, done } }));
    // The cache tells its news in a task of its own.
    act(() => vi.advanceTimersByTime(1));
    act(() => vi.advanceTimersByTime(5_000));
    expect(region()).toContain("12,400");
    act(() => vi.advanceTimersByTime(5_100));
    expect(region()).toContain("12,700");
  });
});
