import { err, ok, type Result } from "@dibkit/model";

/** `auto` takes KVM where a guest proves that it works, and software emulation elsewhere. */
export const acceleratorWishes = ["auto", "kvm", "tcg"] as const;

export type AcceleratorWish = (typeof acceleratorWishes)[number];

/** What a flag says, else what the variable `DIBKIT_ACCEL` says, else `auto`. The error is a message. */
export function acceleratorWish(
  flag: AcceleratorWish | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Result<AcceleratorWish, string> {
  if (flag !== undefined) return ok(flag);
  const word = env.DIBKIT_ACCEL || "auto";
  const wish = acceleratorWishes.find((one) => one === word);
  if (wish !== undefined) return ok(wish);
  const legal = acceleratorWishes.map((one) => `"${one}"`).join(", ");
  return err(`unknown DIBKIT_ACCEL "${word}", expected one of ${legal}`);
}
