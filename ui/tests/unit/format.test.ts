import { describe, expect, it } from "vitest";
import { formatDay, formatDuration, formatMoney, formatNumber, formatRelative } from "../../src/i18n/format";

const plain = (text: string) => text.replaceAll(/\s/g, " ");

describe("money", () => {
  it.each([
    ["48210.00", "EUR", "de", "48.210,00 €"],
    ["48210.00", "EUR", "en-US", "€48,210.00"],
    ["-5", "JPY", "ja", "-¥5"],
    ["1.250", "KWD", "en-US", "KWD 1.250"],
    // Beyond what a floating-point number can hold.
    ["90071992547409931.07", "USD", "en-US", "$90,071,992,547,409,931.07"],
    // The decimals are those Rust gave, whatever the locale's data holds for the currency.
    ["12.50", "HUF", "en-US", "HUF 12.50"],
    ["7", "UGX", "en-US", "UGX 7"],
  ])("%s %s in %s", (decimal, currency, locale, expected) => {
    expect(plain(formatMoney({ decimal, currency }, locale)).replace("￥", "¥")).toBe(expected);
  });
});

describe("numbers", () => {
  it("keep their digits, and other text stays", () => {
    expect(formatNumber("90071992547409931.07", "en-US")).toBe("90,071,992,547,409,931.07");
    expect(formatNumber("300.00", "en-US")).toBe("300.00");
    expect(formatNumber("12 to 14", "en-US")).toBe("12 to 14");
  });
});

describe("times", () => {
  const now = new Date("2026-05-12T10:00:00Z");
  it.each([
    ["2026-05-12T09:59:40Z", "now"],
    ["2026-05-12T09:56:00Z", "4 minutes ago"],
    ["2026-05-12T10:00:30Z", "in 1 minute"],
    ["2026-05-12T13:00:00Z", "in 3 hours"],
    ["2026-05-10T10:00:00Z", "2 days ago"],
    ["2026-01-10T10:00:00Z", "Jan 10, 2026"],
  ])("%s", (at, expected) => {
    expect(formatRelative(new Date(at), now, "long", "en-US")).toBe(expected);
  });

  it("a day is the same in every time zone", () => {
    expect(formatDay("2026-06-01", "en-US")).toBe("Jun 1, 2026");
    expect(formatDay("soon", "en-US")).toBe("soon");
  });

  it("durations", () => {
    expect(formatDuration(now, new Date("2026-05-12T10:00:12Z"), "en-US")).toBe("12 sec");
    expect(formatDuration(now, new Date("2026-05-12T10:04:12Z"), "en-US")).toBe("4 min");
  });
});
