import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { openConsoleScreen } from "../src/console-screen.js";
import { createSequenceJoiner } from "../src/console-text.js";

/** What real firmware, boot loaders and a kernel wrote to the serial port under QEMU. */
const captured = (name: string) => readFileSync(new URL(`captured/${name}.console`, import.meta.url), "utf8");

/** The screen after a text that came in pieces of `size` characters. */
async function screenAfter(text: string, size = 7) {
  const screen = await openConsoleScreen();
  const join = createSequenceJoiner();
  for (let start = 0; start < text.length; start += size) screen.write(join(text.slice(start, start + size)));
  const lines = await screen.lastLines(30);
  const current = await screen.currentLine();
  screen.close();
  return { lines, current };
}

const GRUB_MENU = [
  "GNU GRUB  version 2.06-13+deb12u2",
  "*Debian GNU/Linux",
  "Use the ^ and v keys to select which entry is highlighted.",
  "Press enter to boot the selected OS, `e' to edit the commands",
  "before booting or `c' for a command-line.",
];

describe("shows what a person at the console would have read", () => {
  it.each<[string, readonly string[], string]>([
    [
      "seabios-grub",
      [
        "SeaBIOS (version 1.16.2-debian-1.16.2-1)",
        "iPXE (http://ipxe.org) 00:02.0 C000 PCI2.10 PnP PMM+0EFCEE00+0EF0EE00 C000",
        "Booting from Hard Disk...",
        "GRUB loading...",
        "Welcome to GRUB",
        ...GRUB_MENU.slice(0, 2),
        "Advanced options for Debian GNU/Linux",
        ...GRUB_MENU.slice(2),
        "The highlighted entry will be executed automatically in 0s.",
        "Booting `Debian GNU/Linux'",
        "Loading Linux 6.1.0-56-amd64 ...",
        "error: file `/boot/vmlinuz' not found.",
        "Press any key to continue...",
      ],
      "Press any key to continue...",
    ],
    [
      "uefi-grub-linux",
      [
        'BdsDxe: loading Boot0001 "UEFI Non-Block Boot Device" from PciRoot(0x0)/Pci(0x1,0x0)',
        'BdsDxe: starting Boot0001 "UEFI Non-Block Boot Device" from PciRoot(0x0)/Pci(0x1,0x0)',
        "Welcome to GRUB!",
        ...GRUB_MENU.slice(0, 2),
        "Debian GNU/Linux, with Linux 6.1.0-56-cloud-amd64 (recovery mode)",
        ...GRUB_MENU.slice(2),
        "The highlighted entry will be executed automatically in 0s.",
        "Booting `Debian GNU/Linux'",
        "error: no suitable video mode found.",
        "Booting in blind mode",
        // Longer than the console is wide.
        "[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)",
        "[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz consoll",
        "[    0.000000] BIOS-provided physical RAM map:",
      ],
      "[    0.000000] BIOS-provided physical RAM map:",
    ],
    [
      "uefi-shell",
      [
        'BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x1,0x0): Not Found',
        'BdsDxe: loading Boot0002 "EFI Internal Shell" from Fv(7CB8BDC9-F8EB-4F34-AAEA-3EE4AF6516A1)/FvFile(7C04A583-9E3E-4F1C-AD65-E05268D0B4D1)',
        'BdsDxe: starting Boot0002 "EFI Internal Shell" from Fv(7CB8BDC9-F8EB-4F34-AAEA-3EE4AF6516A1)/FvFile(7C04A583-9E3E-4F1C-AD65-E05268D0B4D1)',
        "UEFI Interactive Shell v2.2",
        "EDK II",
        "UEFI v2.70 (EDK II, 0x00010000)",
        "Mapping table",
        "BLK0: Alias(s):",
        "PciRoot(0x0)/Pci(0x1,0x0)",
        "Press ESC in 1 seconds to skip startup.nsh or any other key to continue.",
        "Shell>",
      ],
      "Shell>",
    ],
  ])("%s", async (name, lines, current) => {
    expect(await screenAfter(captured(name))).toEqual({ lines, current });
  });

  it("in the middle of GRUB's countdown", async () => {
    const text = captured("seabios-grub");
    const { lines } = await screenAfter(text.slice(0, text.indexOf("automatically in 2s.")));
    expect(lines.slice(-6)).toEqual([
      "*Debian GNU/Linux",
      "Advanced options for Debian GNU/Linux",
      ...GRUB_MENU.slice(2),
      "The highlighted entry will be executed automatically in 3s.",
    ]);
  });
});

describe("small texts", () => {
  it.each<[string, string, readonly string[]]>([
    ["colours", "\u001b[32mgreen\u001b[0m\r\n", ["green"]],
    ["a line that is written again", "10 %\r50 %\r100 %\r\n", ["100 %"]],
    ["a rest that is wiped", "loading everything\rdone\u001b[K\r\n", ["done"]],
    ["backspaces", "rooot\b\b\b\u001b[Kot\r\n", ["root"]],
    ["line feeds alone", "one\ntwo\n", ["one", "two"]],
    ["a frame of Unicode", "┌────┐\r\n│ OK │\r\n└────┘\r\n", ["OK"]],
    ["a frame of ASCII", "+----+\r\n| OK |\r\n+----+\r\n", ["OK"]],
    ["a table with gaps", "name          size\r\n", ["name  size"]],
    ["a screen that is wiped", "before\u001b[2J\u001b[Hafter", ["before", "after"]],
    ["another way to wipe it", "before\u001b[H\u001b[Jafter", ["before", "after"]],
    ["a reset", "before\u001bcafter", ["before", "after"]],
    ["wrapping switched off", `\u001b[?7l${"x".repeat(90)}\r\n`, ["x".repeat(90)]],
    ["nothing", "", []],
  ])("%s", async (_, text, lines) => {
    expect((await screenAfter(text, 1)).lines).toEqual(lines);
  });
});

it("shows a line that was cut in the middle of a control sequence, and tells nobody about it", async () => {
  const said = (["error", "warn", "log", "info"] as const).map((name) => vi.spyOn(console, name));
  const { lines } = await screenAfter("[  OK  ] Finished \u001b[0;1;39…\u001b[0m - Record Runlevel Change\r\nlogin: ");
  expect(said.flatMap(({ mock }) => mock.calls)).toEqual([]);
  for (const spy of said) spy.mockRestore();
  expect(lines.at(-2)).toContain("Record Runlevel Change");
});
