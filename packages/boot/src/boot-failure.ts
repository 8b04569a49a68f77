import type { CommandFailure } from "@dibkit/exec";

/** Why an image was not seen to boot. `console` holds the last lines the image printed. */
export type BootFailure =
  /** The image, the architecture or the firmware cannot be booted here. */
  | {
      readonly kind: "cannot-boot";
      readonly message: string;
      readonly help: string;
      /** Of a machine that was started. */
      readonly console?: readonly string[];
    }
  /** QEMU ended by itself. */
  | {
      readonly kind: "machine-stopped";
      readonly message: string;
      readonly console: readonly string[];
      readonly command?: CommandFailure;
    }
  /** The console showed that the system will not come up. */
  | { readonly kind: "system-failed"; readonly message: string; readonly console: readonly string[] }
  /** What was waited for did not come in time. */
  | { readonly kind: "timeout"; readonly message: string; readonly console: readonly string[] }
  /** Nothing happened for longer than was allowed. */
  | { readonly kind: "stalled"; readonly message: string; readonly console: readonly string[] }
  /** A server in the image answered, but not as expected. */
  | { readonly kind: "wrong-answer"; readonly message: string; readonly console: readonly string[] }
  | { readonly kind: "aborted"; readonly message: string };
