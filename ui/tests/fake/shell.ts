import type { Forgotten, Shell, WorkspaceList, WorkspaceRow } from "../../src/ipc/backend";
import { FakeBackend } from "./backend";
import { forgotten } from "./rotation";
import type { World } from "./world";

/** The made-up workspaces of a computer, each with a world behind it. */
export class FakeShell {
  readonly backends = new Map<string, FakeBackend>();
  private readonly listeners = new Set<(rows: WorkspaceRow[]) => void>();
  private shown = "first";

  /** The first world, and those beside it. `blank` makes one in which nothing was begun. */
  constructor(
    first: World,
    private readonly blank: () => World,
  ) {
    this.put("first", first);
    for (const [id, world] of Object.entries(first.beside)) this.put(id, world);
  }

  readonly shell: Shell = {
    workspaces: async () => this.list(),
    showWorkspace: async (id) => this.show(id),
    addWorkspace: async () => this.add(),
    removeWorkspace: async (id) => this.remove(id),
    forget: () => this.of(this.shown).backend.forget(),
    onWorkspaces: (tell) => {
      this.listeners.add(tell);
      return () => this.listeners.delete(tell);
    },
    workspace: (id) => this.of(id).backend,
  };

  of(id: string): FakeBackend {
    const backend = this.backends.get(id);
    if (backend === undefined) throw new Error(`no workspace ${id}`);
    return backend;
  }

  list(): WorkspaceList {
    return { shown: this.shown, rows: [...this.backends].map(([id, { world }]) => row(id, world)) };
  }

  show(id: string): WorkspaceList {
    this.shown = this.of(id) && id;
    return this.list();
  }

  add(): WorkspaceList {
    const id = `0tkf9a${this.backends.size}`;
    this.put(id, this.blank());
    return this.show(id);
  }

  remove(id: string): Forgotten {
    this.backends.delete(id);
    this.shown = [...this.backends.keys()][0] ?? "first";
    this.tell();
    return forgotten();
  }

  private put(id: string, world: World): void {
    const backend = new FakeBackend(world, this);
    backend.backend.onStatus(() => this.tell());
    this.backends.set(id, backend);
  }

  private tell(): void {
    for (const tell of this.listeners) tell(this.list().rows);
  }
}

function row(id: string, { status, opening }: World): WorkspaceRow {
  const problem = opening.state === "closed" ? opening.problem : null;
  if (opening.state !== "open") {
    const phase = problem === null ? "notSetUp" : "attention";
    return { id, open: false, account: null, mode: null, portal: null, phase, attention: 0, problem };
  }
  return {
    id,
    open: true,
    account: status.stripe?.accountName ?? null,
    mode: status.stripe?.mode ?? null,
    portal: status.hubspot?.portalId ?? null,
    phase: status.phase,
    attention: status.attention,
    problem: null,
  };
}
