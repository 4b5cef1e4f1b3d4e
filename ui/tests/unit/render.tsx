import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../../src/App";
import { FakeBackend } from "../fake/backend";
import { SCENARIOS, type Scenario } from "../fake/scenarios";
import type { World } from "../fake/world";

/** Draws the whole window on a made-up world. */
export function show(scenario: Scenario, change: (world: World) => void = () => undefined) {
  const world = SCENARIOS[scenario]();
  change(world);
  const fake = new FakeBackend(world);
  const user = userEvent.setup();
  render(<App backend={fake.backend} />);
  return { fake, user };
}
