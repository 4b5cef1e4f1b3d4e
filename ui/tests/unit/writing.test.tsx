import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import { useDraft } from "../../src/features/writing/useDraft";
import type { Writing } from "../../src/ipc/backend";
import { WRITING } from "../fake/modes";
import { show } from "./render";

async function showWriting(change: Partial<Writing>) {
  const shown = show("everyday");
  shown.fake.writing = { ...WRITING, ...change };
  await shown.user.click(await screen.findByRole("button", { name: /^Settings/ }));
  await shown.user.click(await screen.findByRole("button", { name: /^How ClearSync writes/ }));
  await screen.findByRole("radio", { name: /^Deals/ });
  return shown;
}

const gone = { owner: "customer", key: "segment" } as const;

describe("how ClearSync writes", () => {
  it("keeps what metadata must say when another key is added", async () => {
    const { fake, user } = await showWriting({
      filters: { ...WRITING.filters, metadata: [{ ...gone, value: "b2b" }] },
    });
    expect(await screen.findByLabelText("Value of segment of the customer")).toHaveValue("b2b");
    await user.click(screen.getByRole("combobox", { name: "Must carry metadata" }));
    await user.click(await screen.findByRole("option", { name: "tier of the price", hidden: true }));
    await user.type(screen.getByLabelText("Value of tier of the price"), "pro");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/^Saved\./);
    expect(fake.writing.filters.metadata).toEqual([
      { ...gone, value: "b2b" },
      { owner: "price", key: "tier", value: "pro" },
    ]);
  });

  it("names products, tells those of one name apart, and says how much a choice leaves out", async () => {
    const { fake, user } = await showWriting({});
    expect(await screen.findByText("All 420 subscriptions are written.")).toBeVisible();
    await user.click(screen.getByRole("combobox", { name: "Products" }));
    await user.click(await screen.findByRole("option", { name: "Pro · prod_ProOld", hidden: true }));
    expect(await screen.findByText("These filters leave out 300 of 420 subscriptions.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/^Saved\./);
    expect(fake.writing.filters.products).toEqual(["prod_ProOld"]);
  });

  it("keeps a product that nobody subscribes to any more", async () => {
    await showWriting({ filters: { ...WRITING.filters, products: ["prod_Gone"] } });
    const pills = await screen.findAllByText("prod_Gone");
    expect(pills.some((pill) => pill.getAttribute("role") !== "option")).toBe(true);
  });

  it("lets a mapped key go that no object carries any more", async () => {
    const { fake, user } = await showWriting({ metadata: [{ ...gone, kind: "text" }] });
    await user.click(await screen.findByRole("checkbox", { name: "segment of the customer" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/^Saved\./);
    expect(fake.writing.metadata).toEqual([]);
  });

  it("never chooses by itself to remove what the mode in use made, and does not count what it cannot know", async () => {
    const { user } = await showWriting({ mode: "deals", removeFormer: true });
    await user.click(screen.getByRole("radio", { name: /^Summary/ }));
    expect(screen.getByRole("checkbox", { name: /^Remove what another way/ })).not.toBeChecked();
    expect(screen.queryByText(/^0 records/)).toBeNull();
  });
});

describe("a draft", () => {
  it("is still there after an hour on another page", () => {
    vi.useFakeTimers();
    try {
      const cache = new QueryClient();
      const wrapper = ({ children }: { children: ReactNode }) => (
        <QueryClientProvider client={cache}>{children}</QueryClientProvider>
      );
      const first = renderHook(() => useDraft<Writing>("writing"), { wrapper });
      act(() => first.result.current[1](WRITING));
      first.unmount();
      vi.advanceTimersByTime(3_600_000);
      const later = renderHook(() => useDraft<Writing>("writing"), { wrapper });
      expect(later.result.current[0]).toEqual(WRITING);
    } finally {
      vi.useRealTimers();
    }
  });
});
