import { tmpdir } from "node:os";
import { createCommandRunner } from "../command-runner.js";
import type { NamespaceEntry } from "./enter-namespace.js";
import { inUserNamespace } from "./in-user-namespace.js";
import { type MissingPrivilege, missingPrivilege } from "./missing-privilege.js";
import { canMountInside, findNamespaceEntry, firstUnmetNeed } from "./namespace-needs.js";

/** What a caller wants: to build as root, in a user namespace, or as whoever it is can. */
export type PrivilegeChoice = "auto" | "root" | "namespace";

export type PrivilegeDecision =
  /** This process can mount: it is root, or in a user namespace already. */
  | { readonly kind: "here" }
  | { readonly kind: "enter"; readonly entry: NamespaceEntry }
  | ({ readonly kind: "refused" } & Pick<MissingPrivilege, "message" | "help">);

/** Decides once how a command gets to mount filesystems and to own files, before anything is planned. */
export async function decidePrivilege(
  choice: PrivilegeChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PrivilegeDecision> {
  const missing = missingPrivilege();
  if (choice === "root" && missing !== undefined) return { kind: "refused", ...missing };
  if (missing === undefined && (choice !== "namespace" || inUserNamespace())) return { kind: "here" };
  const runner = createCommandRunner();
  const context = { runner, env, scratch: env.TMPDIR || tmpdir() };
  // Trying the whole thing takes a fraction of the time that it takes to find out what of it is missing.
  const unmet = (await canMountInside(context)) ? undefined : await firstUnmetNeed(context);
  if (unmet === undefined) return { kind: "enter", entry: await findNamespaceEntry(runner) };
  const message = `neither root nor a user namespace is there to build with: ${unmet.name}: ${unmet.found}`;
  return { kind: "refused", message, help: unmet.help ?? 'see "dibkit doctor"' };
}
