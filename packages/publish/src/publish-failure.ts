import type { CommandFailure } from "@dibkit/exec";
import { describeFailure } from "@dibkit/exec";

/** Which service a network failure was about. */
export type ServiceName = "keystone" | "glance";

/** Every expected way in which publishing can go wrong. `reason` is what the other side said, already redacted. */
export type PublishFailure =
  | { readonly kind: "configuration"; readonly message: string; readonly help?: string }
  | { readonly kind: "image-file"; readonly path: string; readonly reason: string; readonly help?: string }
  | { readonly kind: "unreachable"; readonly service: ServiceName; readonly url: string; readonly reason: string }
  | { readonly kind: "tls"; readonly service: ServiceName; readonly url: string; readonly reason: string }
  | { readonly kind: "timeout"; readonly service: ServiceName; readonly url: string; readonly seconds: number }
  | { readonly kind: "connection-lost"; readonly service: ServiceName; readonly url: string; readonly reason: string }
  | { readonly kind: "authentication"; readonly url: string; readonly reason: string }
  | { readonly kind: "endpoint"; readonly wanted: string; readonly offered: readonly string[] }
  | {
      readonly kind: "exists";
      readonly target: "image" | "domain" | "file";
      readonly name: string;
      readonly id?: string;
    }
  | { readonly kind: "quota"; readonly bytes: number; readonly reason: string }
  | { readonly kind: "forbidden"; readonly action: string; readonly reason: string }
  | {
      readonly kind: "rejected";
      readonly service: ServiceName;
      readonly action: string;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly kind: "upload-lost"; readonly sent: number; readonly bytes: number; readonly reason: string }
  | { readonly kind: "checksum"; readonly algorithm: string; readonly expected: string; readonly actual: string }
  | { readonly kind: "not-active"; readonly id: string; readonly status: string; readonly seconds: number }
  | { readonly kind: "old-image"; readonly id: string; readonly old: string; readonly reason: string }
  | { readonly kind: "command"; readonly failure: CommandFailure }
  | { readonly kind: "filesystem"; readonly action: string; readonly reason: string }
  | { readonly kind: "interrupted" };

/** A failure, and what could not be taken back: each a sentence with what the user can do about it. */
export interface PublishTrouble {
  readonly failure: PublishFailure;
  readonly leftovers: readonly string[];
}

/** What a person reads: one sentence, perhaps with advice. */
export interface FailureText {
  readonly message: string;
  readonly help?: string;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** `1572864` → `1.5 MiB`. */
export function renderBytes(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[step]}`;
}

/** The sentence and the advice for each failure. */
export function renderPublishFailure(failure: PublishFailure): FailureText {
  switch (failure.kind) {
    case "configuration":
      return { message: failure.message, ...(failure.help ? { help: failure.help } : {}) };
    case "image-file":
      return {
        message: `image "${failure.path}" cannot be published: ${failure.reason}`,
        ...(failure.help ? { help: failure.help } : {}),
      };
    case "unreachable":
    case "tls":
    case "timeout":
    case "connection-lost":
      return renderNetworkFailure(failure);
    case "authentication":
      return {
        message: `keystone at ${failure.url} refused the credentials: ${failure.reason}`,
        help: "check user, password, project and domain names of the cloud; nothing was uploaded",
      };
    case "endpoint":
      return {
        message: `the catalog has no image service for ${failure.wanted}; it offers ${
          failure.offered.length === 0 ? "none at all" : failure.offered.join(", ")
        }`,
        help: "choose with --region and --interface, or name the address with --image-endpoint",
      };
    case "exists":
      return {
        message: `${failure.target} "${failure.name}" already exists${failure.id ? ` as ${failure.id}` : ""}`,
        help:
          failure.target === "file"
            ? "give another --name, or move the file away"
            : "give another --name, or --if-exists replace or skip",
      };
    case "quota":
      return {
        message: `glance has no room for ${renderBytes(failure.bytes)}: ${failure.reason}`,
        help: "delete images of the project, or ask for more quota",
      };
    case "forbidden":
      return { message: `glance does not let this user ${failure.action}: ${failure.reason}` };
    case "rejected":
      return {
        message: `${failure.service} answered ${failure.status} to "${failure.action}": ${failure.reason}`,
      };
    case "upload-lost":
      return {
        message: `glance went away after ${renderBytes(failure.sent)} of ${renderBytes(failure.bytes)}: ${failure.reason}`,
        help: "publish again when the service is back; Glance cannot resume an upload, so it starts from the beginning",
      };
    case "checksum":
      return {
        message: `the ${failure.algorithm} of the uploaded image is "${failure.actual}", but the file has "${failure.expected}"`,
        help: "publish again; if it happens twice, look at the network and at the store of Glance",
      };
    case "not-active":
      return {
        message: `image ${failure.id} is "${failure.status}" ${failure.seconds} s after the upload, not "active"`,
      };
    case "old-image":
      return {
        message: `image ${failure.id} is published, but the old image ${failure.old} could not be deleted: ${failure.reason}`,
        help: `delete it when nothing uses it: openstack image delete ${failure.old}`,
      };
    case "command":
      return renderCommandFailure(failure.failure);
    case "filesystem":
      return { message: `cannot ${failure.action}: ${failure.reason}` };
    case "interrupted":
      return { message: "interrupted" };
  }
}

const PACKAGES: Readonly<Record<string, string>> = { virsh: "libvirt-clients", "qemu-img": "qemu-utils" };

/** virsh explains itself in lines that begin with `error:`; its whole command line would only hide them. */
function renderCommandFailure(failure: CommandFailure): FailureText {
  const said = failure.tail.slice(-4).map((line) => line.replace(/^(error|qemu-img|cp): /, ""));
  if (failure.kind === "not-found") {
    const name = PACKAGES[failure.program];
    return { message: describeFailure(failure), ...(name ? { help: `install the Debian package ${name}` } : {}) };
  }
  if (failure.argv[0] !== "virsh") return { message: [describeFailure(failure), ...said].join(": ") };
  const uri = failure.argv[failure.argv.indexOf("--connect") + 1];
  const action = failure.argv.slice(failure.argv.indexOf("--connect") + 2).join(" ");
  return { message: `libvirt at ${uri} could not do "${action}": ${said.filter((line) => line !== "").join(": ")}` };
}

function renderNetworkFailure(
  failure: Extract<PublishFailure, { kind: "unreachable" | "tls" | "timeout" | "connection-lost" }>,
): FailureText {
  const where = `${failure.service} at ${failure.url}`;
  switch (failure.kind) {
    case "unreachable":
      return { message: `cannot reach ${where}: ${failure.reason}` };
    case "timeout":
      return { message: `${where} did not answer for ${failure.seconds} s` };
    case "connection-lost":
      return { message: `${where} closed the connection: ${failure.reason}` };
    case "tls":
      return {
        message: `no trusted connection to ${where}: ${failure.reason}`,
        help: "name the authority with --cacert FILE (or cacert: in clouds.yaml); --insecure trusts anyone",
      };
  }
}
