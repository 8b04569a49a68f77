import type { FactStore, ShellScript } from "@dibkit/shell";
import type { Terminal } from "../terminal.js";
import { codeVersion } from "./code-version.js";
import { keyOfText, openContentStore } from "./content-store.js";

/** What scripts said in earlier runs, by their text. */
export interface ShellFacts extends FactStore {
  save(): void;
}

// The facts of a script take eight times its size: this is room for 4,000 scripts.
const MOST_BYTES = 32 * 1024 * 1024;

export function openShellFacts(env: Terminal["env"]): ShellFacts {
  const store = openContentStore(env, { name: "shell-facts", version: codeVersion(["shell"]), mostBytes: MOST_BYTES });
  return {
    get: (text) => {
      const facts = store.get(keyOfText(text));
      return facts === undefined ? undefined : (JSON.parse(facts) as ShellScript);
    },
    set: (text, script) => store.set(keyOfText(text), JSON.stringify(script)),
    save: () => store.save(),
  };
}
