import { expect, it } from "vitest";
import { type AcceleratorWish, acceleratorWish } from "../src/accelerator/accelerator-wish.js";

it.each<[AcceleratorWish | undefined, string | undefined, unknown]>([
  [undefined, undefined, { ok: true, value: "auto" }],
  [undefined, "", { ok: true, value: "auto" }],
  [undefined, "tcg", { ok: true, value: "tcg" }],
  ["kvm", "tcg", { ok: true, value: "kvm" }],
  ["auto", "nonsense", { ok: true, value: "auto" }],
  [undefined, "qemu", { ok: false, error: 'unknown DIBKIT_ACCEL "qemu", expected one of "auto", "kvm", "tcg"' }],
])("flag %s, variable %s", (flag, DIBKIT_ACCEL, expected) => {
  expect(acceleratorWish(flag, { DIBKIT_ACCEL })).toEqual(expected);
});
