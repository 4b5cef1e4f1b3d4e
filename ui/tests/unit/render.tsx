import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../../src/App";
import { SCENARIOS, type Scenario } from "../fake/scenarios";
import { FakeShell } from "../fake/shell";
import type { World } from "../fake/world";

/** Draws the whole window on a made-up world. */
export function show(scenario: Scenario, change: (world: World) => void = () => undefined) {
  const world = SCENARIOS[scenario]();
  change(world);
  const shell = new FakeShell(world, SCENARIOS.welcome);
  const user = userEvent.setup();
  render(<App shell={shell.shell} />);
  return { fake: shell.of("first"), shell, user };
}
