import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "./render";

const TEST = "0tkf9a1";
/** jsdom lays nothing out, so that a menu stands nowhere and counts as hidden. */
const menu = () => screen.findByRole("button", { name: /^Accounts: / });

async function choose(user: ReturnType<typeof show>["user"], name: RegExp) {
  // A view that opens takes the focus, and an open menu closes then.
  await screen.findByRole("heading", { level: 1 });
  await user.click(await menu());
  await user.click(await screen.findByRole("menuitem", { name, hidden: true }));
}

describe("accounts", () => {
  it("are one menu, with one of them quiet", async () => {
    const { user } = show("everyday");
    await user.click(await menu());
    const items = await screen.findAllByRole("menuitem", { hidden: true });
    expect(items.map((item) => item.textContent)).toEqual(["Add another account"]);
  });

  it("are changed by a click, and everything that is shown with them", async () => {
    const { shell, user } = show("accounts");
    const rail = () => screen.findByRole("navigation", { name: "Main" });
    expect(within(await rail()).getByRole("button", { name: /^Preview/ })).toHaveTextContent("201");
    await choose(user, /Acme GmbH.*Needs you/);
    expect(await screen.findByRole("button", { name: "Accounts: Acme GmbH (Test)" })).toBeVisible();
    await waitFor(async () =>
      expect(within(await rail()).getByRole("button", { name: /^Preview/ })).toHaveTextContent("7"),
    );
    expect(shell.of(TEST).callsOf("status")).toHaveLength(1);
    const asked = shell.of("first").calls.length;
    await user.click(screen.getByRole("button", { name: "Sync now" }));
    expect(shell.of(TEST).callsOf("syncNow")).toHaveLength(1);
    expect(shell.of("first").calls, "the other is not asked any more").toHaveLength(asked);
  });

  it("show nothing that is told of another", async () => {
    const { shell, user } = show("accounts");
    await choose(user, /Acme GmbH.*Needs you/);
    const rail = await screen.findByRole("navigation", { name: "Main" });
    await waitFor(() =>
      expect(within(rail).getByRole("button", { name: /^Preview/ })).toHaveTextContent("7"),
    );
    const asked = shell.of(TEST).calls.length;
    act(() => {
      shell.of("first").setStatus({ waitingChanges: 999, phase: "paused" });
      shell.of("first").tellData("plan", "attention", "figures");
    });
    expect(within(rail).getByRole("button", { name: /^Preview/ })).toHaveTextContent("7");
    expect(shell.of(TEST).calls).toHaveLength(asked);
    await user.click(await menu());
    expect(
      await screen.findByRole("menuitem", { name: /Acme GmbH.*Paused/, hidden: true }),
    ).toBeInTheDocument();
  });

  it("tell nothing any more of what was begun under another", async () => {
    const { shell, user } = show("accounts");
    const first = shell.of("first");
    await screen.findByRole("button", { name: "Sync now" });
    let fail = (_: unknown): void => undefined;
    const late = new Promise((_, reject) => {
      fail = reject;
    });
    late.catch(() => undefined);
    first.late = { pause: late };
    await user.click(screen.getByRole("button", { name: "Pause" }));
    await user.click((await screen.findAllByRole("menuitem", { hidden: true }))[0] as HTMLElement);
    expect(first.callsOf("pause")).toHaveLength(1);
    await choose(user, /Acme GmbH.*Needs you/);
    await screen.findByRole("button", { name: "Accounts: Acme GmbH (Test)" });
    await act(async () => fail({ code: "databaseBusy", params: {}, action: null, requestId: null }));
    expect(screen.queryByText("The database is in use")).toBeNull();
  });

  it("are added from the menu and from the settings, and begin with setup", async () => {
    const { shell, user } = show("everyday");
    await user.click(await screen.findByRole("button", { name: "Settings" }));
    await user.click(await screen.findByRole("button", { name: "Add another account" }));
    expect(await screen.findByRole("button", { name: "Start setup" })).toBeVisible();
    expect(shell.backends.size).toBe(2);
    await choose(user, /Acme GmbH/);
    expect(await screen.findByRole("heading", { name: "Overview" })).toBeVisible();
    await user.click(await menu());
    await user.click(await screen.findByRole("menuitem", { name: "Add another account", hidden: true }));
    expect(await screen.findByRole("button", { name: "Start setup" })).toBeVisible();
  });

  it("are removed one by one, with the word for it", async () => {
    const { shell, user } = show("accounts");
    await choose(user, /Globex/);
    await choose(user, /^Remove Globex/);
    const dialog = await screen.findByRole("dialog", { name: /^Remove Globex/ });
    expect(within(dialog).getByText(/Other accounts stay as they are/)).toBeVisible();
    const remove = within(dialog).getByRole("button", { name: "Remove account" });
    expect(remove).toBeDisabled();
    await user.type(within(dialog).getByLabelText(/Type “remove”/), "remove");
    await user.click(remove);
    const report = await screen.findByRole("dialog", { name: "The account is removed" });
    await user.click(within(report).getAllByRole("button", { name: "Close" })[0] as HTMLElement);
    expect([...shell.backends.keys()]).toEqual(["first", TEST]);
    expect(await screen.findByRole("heading", { name: "Overview" })).toBeVisible();
  });

  it("that cannot be opened say why, and the others are a click away", async () => {
    const { shell, user } = show("accounts");
    const broken = shell.of(TEST);
    const newer = { code: "databaseNewer" as const, params: {}, action: null, requestId: null };
    broken.world.opening = { state: "closed", problem: newer, canBeginAnew: false };
    await choose(user, /Acme GmbH.*Needs you/);
    expect(await screen.findByText("The database is from a newer ClearSync")).toBeVisible();
    broken.world.opening = { state: "open" };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "Overview" })).toBeVisible();
  });
});
