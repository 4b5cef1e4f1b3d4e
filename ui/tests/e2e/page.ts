import { expect, type Page } from "@playwright/test";
import axe from "axe-core";
import { NOW } from "../fake/data";
import type { Scenario } from "../fake/scenarios";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** The sizes the window is looked at in. */
export const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
] as const;
const SCHEMES = ["light", "dark"] as const;

/** Opens the built page on a made-up world, as the app would: under its policy, with frozen prototypes. */
export async function open(page: Page, scenario: Scenario): Promise<string[]> {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.clock.setFixedTime(NOW);
  await page.addInitScript((name) => {
    Object.assign(window, { scenario: name });
  }, scenario);
  await page.addInitScript({ path: "test-results/fake/fake.js" });
  await page.addInitScript(() => {
    Object.freeze(Object.prototype);
    document.addEventListener("securitypolicyviolation", (event) => {
      // biome-ignore lint/suspicious/noConsole: the test listens to it
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.goto("/");
  return complaints;
}

/** Looks at the page as it stands in every size and scheme: nothing wider than the window, nothing axe objects to. */
export async function look(page: Page, name: string): Promise<void> {
  await page.evaluate(axe.source);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      // What is drawn to measure is measured again a moment after the window has changed.
      await expect.poll(() => overflowing(page), `${name} is wider than ${size.width}`).toEqual([]);
      await page.screenshot({
        path: `test-results/screens/${name}-${size.width}-${colorScheme}.png`,
        animations: "disabled",
      });
      expect(await objections(page), `${name} at ${size.width} in the ${colorScheme}`).toEqual([]);
    }
  }
}

/** Parts that stand out of the window to the right and cannot be scrolled to. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (node: Element | null): boolean => {
      if (node === null || node === document.body) return false;
      return (
        ["auto", "scroll", "hidden"].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement)
      );
    };
    const wide = [...document.querySelectorAll("body *")].filter((node) => {
      const { right, width } = node.getBoundingClientRect();
      return width > 1 && right > window.innerWidth + 1 && !scrolls(node.parentElement);
    });
    const scrollers = [...document.querySelectorAll("main, main *")].filter((node) => {
      const style = getComputedStyle(node);
      return (
        node.scrollWidth > node.clientWidth + 1 &&
        ["auto", "scroll"].includes(style.overflowX) &&
        style.overflowY !== "hidden"
      );
    });
    return [...wide, ...scrollers].slice(0, 5).map((node) => `${node.tagName}.${node.className}`);
  });
}

/**
 * The rules that are left out: contrast beyond what WCAG asks for at level AA, and one that is experimental and does not
 * know that a grid's rows may take the focus.
 */
const LEFT_OUT = ["color-contrast-enhanced", "focus-order-semantics"];

/** What axe objects to, by all of its other rules. */
function objections(page: Page): Promise<string[]> {
  return page.evaluate(async (leftOut) => {
    const named = window.axe.getRules().map(({ ruleId }) => [ruleId, { enabled: !leftOut.includes(ruleId) }]);
    const rules = Object.fromEntries(named);
    const { violations } = await window.axe.run(document, { rules, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    );
  }, LEFT_OUT);
}
