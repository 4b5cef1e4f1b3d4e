import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "./render";

async function settings(setUp?: Parameters<typeof show>[1]) {
  const shown = show("everyday", setUp);
  await shown.user.click(await screen.findByRole("button", { name: "Settings" }));
  await screen.findByRole("button", { name: "Back up now" });
  return shown;
}

describe("backups", () => {
  it("are made with one button, and listed with the newest first", async () => {
    const { fake, user } = await settings((world) => {
      world.backups = [];
    });
    expect(await screen.findByText(/No backups yet/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Back up now" }));
    expect(await screen.findByText("clearsync-20260512T100000000Z.sqlite")).toBeVisible();
    expect(fake.callsOf("backUp")).toHaveLength(1);
  });

  it("are restored only after the user has said so", async () => {
    const { fake, user } = await settings();
    const buttons = await screen.findAllByRole("button", { name: /^Restore: Backup of/ });
    await user.click(buttons[1] as HTMLElement);
    const dialog = await screen.findByRole("dialog", { name: "Restore this backup?" });
    expect(fake.callsOf("restoreBackup")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Restore" }));
    await waitFor(() =>
      expect(fake.callsOf("restoreBackup")).toEqual([["clearsync-20260505T093000000Z.sqlite"]]),
    );
    expect(await screen.findByText(/The backup is restored/)).toBeVisible();
  });

  it("say which of them are not encrypted, and such a copy is saved only on the user's word", async () => {
    const { fake, user } = await settings();
    expect(await screen.findAllByText("Not encrypted")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Save a readable copy…" }));
    const dialog = await screen.findByRole("dialog", { name: "Save a copy that is not encrypted?" });
    expect(fake.callsOf("saveReadableCopy")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Save the copy" }));
    expect(await screen.findByText(/clearsync-data.sqlite/)).toBeVisible();
  });

  it("that cannot be used are named", async () => {
    const { fake, user } = await settings();
    const [restore] = await screen.findAllByRole("button", { name: /^Restore: Backup of/ });
    fake.world.backups = [];
    await user.click(restore as HTMLElement);
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Restore" }));
    expect(await screen.findByText("This backup cannot be used")).toBeVisible();
  });
});
