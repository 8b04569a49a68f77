import { upstreamInstallation } from "@dibkit/model";
import { describe } from "vitest";

/** diskimage-builder on this machine. Its absence skips tests on a laptop and fails them where `CI` is set. */
export const upstream = upstreamInstallation(process.env);

export function describeUpstream(title: string, body: (installation: NonNullable<typeof upstream>) => void): void {
  if (upstream !== undefined) {
    describe(title, () => body(upstream as NonNullable<typeof upstream>));
  } else if (process.env.CI === undefined) {
    describe.skip(`${title} (skipped: diskimage-builder is not installed)`, () => undefined);
  } else {
    throw new Error("diskimage-builder is not installed: install python3-diskimage-builder");
  }
}
