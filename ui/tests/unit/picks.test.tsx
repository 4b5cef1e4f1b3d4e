import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { PropertyPicks } from "../../src/features/writing/PropertyPicks";
import type { PropertyPick, PropertyPlan } from "../../src/ipc/backend";

const contact = (name: string, state: PropertyPlan["state"]): PropertyPlan => ({
  object: "contact",
  name: `clearsync_${name}`,
  label: name,
  state,
});
const PLAN = [
  contact("stripe_customer_id", "present"),
  contact("mrr", "present"),
  contact("arr", "toCreate"),
  contact("plans", "noRoom"),
];

function box(label: string, ...names: string[]) {
  const picked: PropertyPick[] = names.map((name) => ({ object: "contact", name: `clearsync_${name}` }));
  render(
    <MantineProvider>
      <PropertyPicks properties={PLAN} picked={picked} onChange={() => undefined} />
    </MantineProvider>,
  );
  return screen.getByRole("checkbox", { name: label, hidden: true });
}

describe("the properties a portal with little room gets", () => {
  it("are no more than fit", () => expect(box("plans", "mrr", "arr")).toBeDisabled());
  it("can be others than those proposed", () => expect(box("plans", "mrr")).toBeEnabled());
  it("are made room for by no property that is there already", () =>
    expect(box("plans", "arr")).toBeDisabled());
  it("always have the key", () => expect(box("stripe_customer_id")).toBeChecked());
});
