import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { sameSwitches } from "../../src/features/policy/switches";
import { draftOf, inputOf, reportedIn, withRow } from "../../src/features/rates/draft";
import { formatAxisMoney, formatChange, formatMonth, formatPercent } from "../../src/i18n/format";
import { directionOf } from "../../src/kit/Change";
import { exchangeRates, policies } from "../fake/policies";
import { show } from "./render";

const euros = (decimal: string) => ({ decimal, currency: "EUR" });

describe("what is written of figures", () => {
  it("says changes with their sign, and nothing before nought", () => {
    expect(formatChange(euros("12.50"), "en-GB")).toBe("+€12.50");
    expect(formatChange(euros("-12.50"), "en-GB")).toBe("-€12.50");
    expect(formatChange(euros("0.00"), "en-GB")).toBe("€0.00");
    expect(directionOf(euros("-0.00"))).toBe("none");
    expect(directionOf(euros("-0.01"))).toBe("down");
    expect(directionOf(euros("10"))).toBe("up");
  });

  it("says ratios as percentages and months by name", () => {
    expect(formatPercent("1.083", 1, "en-GB")).toBe("108.3%");
    expect(formatPercent("0.915", 0, "en-GB")).toBe("92%");
    expect(formatMonth("2026-05", "long", "en-GB")).toBe("May 2026");
    expect(formatMonth("2026-05", "short", "en-GB")).toBe("May 26");
    expect(formatMonth("soon")).toBe("soon");
    expect(formatAxisMoney(40_000, "EUR", "en-US")).toBe("€40K");
  });
});

describe("the overview", () => {
  it("asks for another currency and for other months, and for nothing else anew", async () => {
    const { fake, user } = show("everyday");
    await user.click(await screen.findByLabelText("USD"));
    await user.click(screen.getByLabelText("24 months"));
    await waitFor(() =>
      expect(fake.callsOf("companyFigures")).toEqual([
        [{ currency: null, months: 12 }],
        [{ currency: "USD", months: 12 }],
        [{ currency: "USD", months: 24 }],
      ]),
    );
    expect(fake.callsOf("overview")).toHaveLength(1);
  });

  it("is worked out anew when Rust says that figures have changed", async () => {
    const { fake } = show("everyday");
    await screen.findByText("MRR over time");
    act(() => fake.tellData("figures"));
    await waitFor(() => expect(fake.callsOf("companyFigures")).toHaveLength(2));
    expect(fake.callsOf("movements")).toHaveLength(2);
  });

  it("leads to the rate that is missing", async () => {
    const { user } = show("everyday");
    await user.click(await screen.findByText("Add a rate"));
    expect(await screen.findByRole("heading", { name: "Exchange rates" })).toHaveFocus();
  });

  it("tells what each month's bar is made of", async () => {
    const { user } = show("everyday");
    const bars = await screen.findByRole("slider", { name: /What moved MRR/ });
    bars.focus();
    await user.keyboard("{Home}");
    const told = bars.getAttribute("aria-valuetext") ?? "";
    for (const part of ["New +", "Upgrades +", "Downgrades -", "Churn -"]) expect(told).toContain(part);
    await user.keyboard("{End}{ArrowRight}");
    expect(bars).toHaveAttribute("aria-valuenow", "11");
  });
});

describe("rules", () => {
  it("are the same whatever the order of the statuses", () => {
    const { switches } = policies().active;
    expect(sameSwitches(switches, { ...switches, counted: switches.counted.toReversed() })).toBe(true);
    expect(sameSwitches(switches, { ...switches, discounts: "none" })).toBe(false);
    expect(sameSwitches(switches, { ...switches, migrationWindowDays: 7 })).toBe(false);
  });

  it("are applied only on the user's word, and exactly as shown", async () => {
    const { fake, user } = show("everyday");
    await user.click(await screen.findByText(/How MRR is counted/));
    await user.click(await screen.findByLabelText("Conservative"));
    await screen.findByText(/subscriptions would change/);
    expect(fake.callsOf("choosePolicy")).toEqual([]);
    await user.click(screen.getByText("Count this way"));
    const conservative = policies().presets.find(({ id }) => id === "conservative");
    await waitFor(() =>
      expect(fake.callsOf("choosePolicy")).toEqual([["conservative", conservative?.switches]]),
    );
    await screen.findByText(/These are the rules in use/);
  });

  it("are left as they are by the other button", async () => {
    const { fake, user } = show("everyday");
    await user.click(await screen.findByText(/How MRR is counted/));
    await user.click(await screen.findByLabelText("Stripe default"));
    await user.click(await screen.findByText("Keep the rules in use"));
    expect(screen.getByLabelText(/ClearSync/)).toBeChecked();
    expect(fake.callsOf("choosePolicy")).toEqual([]);
  });
});

describe("rates", () => {
  it("go to Rust as text, a decimal comma as a point, without unfinished rows", () => {
    const draft = withRow(draftOf(exchangeRates()), "JPY", "2026-05-12");
    const [first, ...rest] = draft.rates;
    const filled = {
      ...draft,
      rates: [{ ...first, rate: " 0,0061 " } as (typeof rest)[0] & object, ...rest],
    };
    expect(inputOf(filled).rates[0]).toEqual({
      currency: "JPY",
      since: "2026-05-12",
      rate: "0.0061",
    });
    expect(inputOf(withRow(draft, null, "2026-05-12")).rates).toHaveLength(draft.rates.length);
    expect(new Set(withRow(draft, null, "2026-05-12").rates.map(({ key }) => key)).size).toBe(5);
  });
});

describe("another reporting currency", () => {
  it("takes no rate along, since each was a rate into the one before", () => {
    const kept = exchangeRates();
    expect(inputOf(reportedIn("USD", kept))).toEqual({ reporting: "USD", rates: [] });
    expect(inputOf(reportedIn(null, kept))).toEqual({ reporting: null, rates: [] });
    expect(reportedIn("EUR", kept)).toEqual(draftOf(kept));
  });
});

describe("a subscription's life", () => {
  it("asks for the explanation of the moment that is clicked, before and after a movement", async () => {
    const { fake, user } = show("everyday");
    await user.click((await screen.findAllByRole("button", { name: "Northwind Traders" }))[0] as HTMLElement);
    const drawer = await screen.findByRole("dialog", { name: "Subscription" });
    const [points, moves] = await within(drawer).findAllByRole("table");
    const figures = within(moves as HTMLElement).getAllByRole("button");
    await user.click(figures[0] as HTMLElement);
    await user.click(figures[1] as HTMLElement);
    expect(within(points as HTMLElement).getAllByRole("row")).toHaveLength(8);
    const asked = fake.callsOf("explain").map(([, at]) => Date.parse(String(at)));
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBeLessThan(asked[1] as number);
  });
});
