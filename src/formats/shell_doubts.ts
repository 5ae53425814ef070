import { eitherOf, type ShellArrays } from "./shell_arrays.ts";
import type { Asked } from "./shell_conditions.ts";
import { beginning, type ShellState } from "./shell_state.ts";

/** What the environment must answer. */
interface Answers {
  /** For something to happen. */
  readonly asked: readonly Asked[];
  /** For it not to happen. */
  readonly denied: readonly Asked[];
}

const NOTHING: Answers = { asked: [], denied: [] };

/** What a script may come to, and may not. */
export class ShellDoubts {
  /** What variables may be. */
  readonly guesses = new Map<string, string | null>();

  /** What may happen, once or often: where it leaves the shell is known only if nothing changes. Tells whether it ends the script. */
  unsure(state: ShellState, go: (state: ShellState) => void, answers?: Answers): boolean {
    const { directory, args } = state;
    const ends = this.guess(state, () => go(state), answers);
    if (state.directory !== directory) state.directory = null;
    if (state.args !== args) state.args = null;
    return ends;
  }

  /** Does what it may not come to: what it sets nobody knows then, and may be. Where it ends the script, the rest is for other answers. */
  guess(state: ShellState, go: () => void, { asked, denied }: Answers = NOTHING): boolean {
    const { variables: before, arrays, asked: outer, rehearsing } = state;
    state.asked = withMore(outer, asked);
    go();
    const ends = state.ended !== null;
    state.asked = ends ? withMore(outer, denied) : outer;
    state.ended = null;
    state.rehearsing = rehearsing;
    const changes = state.variables !== before || state.arrays !== arrays;
    if (!ends && changes && asked.length + denied.length > 0) {
      rehearse(state, before, arrays, { asked, denied });
    }
    state.arrays = eitherOf(arrays, state.arrays);
    if (state.variables === before) return ends;
    const sure = new Map(state.variables);
    for (const [name, value] of state.variables) {
      if (before.get(name) === value) continue;
      const known = beginning(before.get(name), value);
      if (known === null) sure.delete(name);
      else sure.set(name, known);
      this.guesses.set(name, value);
    }
    state.variables = sure;
    return ends;
  }
}

/** Notes what else the environment must answer where a variable or an array has got an option for a rehearsal, or lost it. */
function rehearse(
  state: ShellState,
  variables: ShellState["variables"],
  arrays: ShellArrays,
  { asked, denied }: Answers,
): void {
  const changed = [
    ...[...state.variables].map(([name, after]) => [name, variables.get(name), after] as const),
    ...[...state.arrays].map(([name, after]) =>
      [name, arrays.get(name)?.join(" "), after?.join(" ")] as const
    ),
  ];
  const found = new Map(state.rehearsing);
  for (const [name, before, after] of changed) {
    const [was, is] = [isRehearsal(before), isRehearsal(after)];
    const answers = was ? asked : denied;
    if (was === is || answers.length === 0 || found.size >= MOST || !/^\w{1,100}$/.test(name)) continue;
    found.set(name, answers);
  }
  state.rehearsing = found;
}

function isRehearsal(value: string | null | undefined): boolean {
  return REHEARSAL.test(value ?? "");
}

const REHEARSAL = /(?:^|\s)--dry-?run(?:=true)?(?:\s|$)/i;

/** So many answers make a command sure enough; scripts ask on and on. */
const MOST = 20;

function withMore(asked: readonly Asked[], more: readonly Asked[]): readonly Asked[] {
  return more.length === 0 || asked.length + more.length > MOST ? asked : [...asked, ...more];
}
