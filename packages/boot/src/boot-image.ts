import type { Result } from "@dibkit/model";
import type { BootFailure } from "./boot-failure.js";
import type { BootOptions, BootReport } from "./boot-options.js";
import { runBoot } from "./run-boot.js";
import { runChecks } from "./run-checks.js";

/**
 * Boots an image under QEMU with a serial console and waits for what the options name, in order: the pattern, then each
 * exchange, then each HTTP answer. A machine that KVM hangs, or with which QEMU crashes under KVM, is started again without. The image is not changed, and QEMU
 * is gone when this returns or dibkit dies.
 */
export function bootImage(imagePath: string, options: BootOptions): Promise<Result<BootReport, BootFailure>> {
  return runBoot(imagePath, options, { checks: runChecks });
}
