import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "./render";

describe("diagnostics", () => {
  it("are all there to be read before they are saved", async () => {
    const { fake, user } = show("everyday");
    await user.click(await screen.findByRole("button", { name: "Settings" }));
    await user.click(await screen.findByRole("button", { name: "Save diagnostics…" }));
    const dialog = await screen.findByRole("dialog", { name: "What is saved" });
    await user.click(within(dialog).getByRole("button", { name: "report.json" }));
    expect(await within(dialog).findByText(/"phase": "idle"/)).toBeVisible();
    expect(fake.callsOf("saveDiagnostics")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Save as zip" }));
    expect(await screen.findByText("/home/jane/Downloads/clearsync-diagnostics.zip")).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(fake.callsOf("saveDiagnostics")).toHaveLength(1);
  });
});
