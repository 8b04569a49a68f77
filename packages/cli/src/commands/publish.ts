import { resolve } from "node:path";
import { ok } from "@dibkit/model";
import type { PublishContext, PublishTrouble } from "@dibkit/publish";
import { defineCommand, type ExitCode, optionFlag } from "../command.js";
import { provenanceProperty } from "../publish/provenance-property.js";
import { foreignOption, publishOptions } from "../publish/publish-options.js";
import { publishProgress } from "../publish/publish-progress.js";
import { glanceRequest, libvirtRequest } from "../publish/publish-requests.js";
import type { Terminal } from "../terminal.js";
import { usageFailure, writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "publish",
  group: "ship",
  summary: "upload an image to OpenStack Glance, or make a libvirt domain of it",
  description:
    "glance reads clouds.yaml, secure.yaml and OS_* variables as openstacksdk does; passwords come from there only, never from the command line. On failure and on Ctrl-C the half image is deleted.\n" +
    "libvirt copies the image into a storage pool and defines a domain with a serial console. A failure undoes both.",
  arguments: [
    { name: "TARGET", summary: "where to", required: true, choices: ["glance", "libvirt"] },
    { name: "IMAGE", summary: "the image file", required: true },
  ],
  options: publishOptions,
  examples: [
    {
      command: "dibkit publish glance atomic.qcow2 --property os_distro=fedora-atomic",
      does: "uploads an image for Magnum",
    },
    {
      command: "dibkit publish glance web.qcow2 --cloud prod --if-exists replace",
      does: "uploads, then deletes the old one",
    },
    {
      command: "dibkit publish libvirt web.qcow2 --start",
      does: "runs the image as a domain of this machine's libvirt",
    },
  ],
  async run({ arguments: { TARGET: target, IMAGE: image }, options }, terminal) {
    const foreign = foreignOption(target, options);
    if (foreign) return usageFailure(terminal, `${optionFlag(foreign)} does not belong to "dibkit publish ${target}"`);
    if (options.pool !== undefined && options.directory !== undefined)
      return usageFailure(terminal, "--pool and --directory exclude each other");
    if (options.accel !== undefined && options.virtualization !== undefined)
      return usageFailure(terminal, "--accel and --virtualization exclude each other");
    const [publish, { createCommandRunner }, { acceleratorWish, kvmTrouble }] = await Promise.all([
      import("@dibkit/publish"),
      import("@dibkit/exec"),
      import("@dibkit/boot"),
    ]);
    const wish = acceleratorWish(options.accel, terminal.env);
    if (target === "libvirt" && !wish.ok) return usageFailure(terminal, wish.error, "correct or unset it");
    const properties = publish.parseProperties(options.property);
    if (!properties.ok) return usageFailure(terminal, properties.error, "write --property os_distro=fedora-atomic");
    const path = resolve(terminal.cwd, image);
    const proof = options.provenance ? await provenanceProperty(path) : ok({});
    if (!proof.ok) return usageFailure(terminal, proof.error.message, proof.error.help);
    const progress = publishProgress(terminal, publish.renderBytes);
    const runner = createCommandRunner();
    const context: PublishContext = {
      runner,
      ...{ env: terminal.env, cwd: terminal.cwd, signal: terminal.signal, onEvent: progress.event },
    };
    const proving = { commands: runner, env: terminal.env, signal: terminal.signal };
    const onAbort = () =>
      progress.event({ kind: "note", text: "interrupted: taking back what was done, once more to leave it" });
    // Not "once": dibkit ends at the first Ctrl-C unless somebody still listens.
    terminal.signal.addEventListener("abort", onAbort);
    const published =
      target === "glance"
        ? await publish.publishGlance(glanceRequest(path, options, { ...properties.value, ...proof.value }), context)
        : await publish.publishLibvirt(libvirtRequest(path, options, terminal, wish.ok ? wish.value : "auto"), {
            ...context,
            kvmTrouble: (emulator, architecture) => kvmTrouble(emulator, architecture, proving),
          });
    terminal.signal.removeEventListener("abort", onAbort);
    progress.end();
    if (!published.ok) return reportTrouble(terminal, published.error, publish.renderPublishFailure);
    const { value } = published;
    terminal.stderr.write(`${value.outcome} ${"id" in value ? "image" : "domain"} "${value.name}"${details(value)}\n`);
    const result = "id" in value ? value.id : value.name;
    terminal.stdout.write(
      options.format === "json" ? `${JSON.stringify({ version: 1, ...value }, null, 2)}\n` : `${result}\n`,
    );
    return 0;
  },
});

type Published = Extract<
  Awaited<ReturnType<typeof import("@dibkit/publish")["publishGlance" | "publishLibvirt"]>>,
  { ok: true }
>["value"];

function details(value: Published): string {
  if ("id" in value) return value.digest ? `, ${value.digest.algorithm} verified` : "";
  const how = value.virtualization === "kvm" ? "with KVM" : "in software emulation";
  return value.started ? `, started ${how}` : "";
}

/** 2 when the user's words or configuration are to blame, 3 when the service is, 130 after Ctrl-C. */
function reportTrouble(
  terminal: Terminal,
  { failure, leftovers }: PublishTrouble,
  render: typeof import("@dibkit/publish")["renderPublishFailure"],
): ExitCode {
  const { message, help } = render(failure);
  writeTrouble(terminal, message, help);
  for (const leftover of leftovers) writeTrouble(terminal, leftover);
  switch (failure.kind) {
    case "interrupted":
      return 130;
    case "configuration":
    case "image-file":
    case "authentication":
    case "endpoint":
    case "exists":
      return 2;
    default:
      return 3;
  }
}
