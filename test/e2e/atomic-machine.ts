import type { Machine } from "@dibkit/testing";
import { expect } from "vitest";
import { CTRL_N, type Report, reportOf } from "./machine.js";

/** What a machine said of itself when it had been deployed, upgraded, gone back, and rid of the upgrade. */
export interface AtomicReports extends Readonly<Record<"deployed" | "upgraded" | "chosen" | "returned", Report>> {
  /** How the session came in each of the three boots. */
  readonly ways: readonly string[];
}

/** Has a machine of ostree upgrade to the next commit by a command line, start it, and go back by GRUB's menu. */
export async function upgradeAndReturn(
  machine: Machine,
  commands: Readonly<Record<string, string>>,
  upgrade: string,
): Promise<AtomicReports> {
  const ask = () => reportOf(machine, commands);
  const must = async (command: string) => {
    const run = await machine.run(command, { timeoutSeconds: 1800 });
    expect(run, `${command}\n${run.stderr}`).toMatchObject({ exitCode: 0 });
  };
  const deployed = await ask();
  const ways = [machine.way];
  await must(`echo yes >/var/kept; ${upgrade}`);
  await machine.reboot();
  const upgraded = await ask();
  ways.push(machine.way);
  // The second entry of the menu is the deployment that was there before.
  await machine.reboot({ typed: [{ when: /GNU GRUB/, send: CTRL_N }] });
  const chosen = await ask();
  ways.push(machine.way);
  await must("ostree admin undeploy 0");
  return { deployed, upgraded, chosen, returned: await ask(), ways };
}
