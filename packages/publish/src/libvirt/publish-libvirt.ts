import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createUndoStack, type UndoStack } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { childEnvironment } from "../child-environment.js";
import { type DiskImage, inspectImage } from "../inspect-image.js";
import type { PublishContext } from "../publish-context.js";
import type { PublishFailure, PublishTrouble } from "../publish-failure.js";
import { chooseVirtualization } from "./choose-virtualization.js";
import { domainXml } from "./domain-xml.js";
import type { LibvirtContext, LibvirtRequest } from "./libvirt-request.js";
import { attempt, besides, copyImage, placeDisk, storageDirectory } from "./storage-directory.js";
import { createVirsh, remoteHost, type Virsh } from "./virsh.js";
import { firstText } from "./xml-element.js";

export interface PublishedDomain {
  readonly name: string;
  readonly outcome: "created" | "replaced" | "skipped";
  readonly virtualization?: "kvm" | "qemu";
  /** Absolute path of the domain's own copy. */
  readonly disk?: string;
  readonly started: boolean;
}

interface OldDomain {
  readonly document: string;
  readonly uuid: string;
  readonly running: boolean;
}

interface Definition {
  readonly request: LibvirtRequest;
  readonly context: LibvirtContext;
  readonly env: Readonly<Record<string, string>>;
  readonly virsh: Virsh;
  readonly file: DiskImage;
  readonly name: string;
  readonly old: OldDomain | undefined;
}

/** Copies an image into libvirt's storage and makes a domain of it. On failure everything is as it was before. */
export async function publishLibvirt(
  request: LibvirtRequest,
  context: LibvirtContext,
): Promise<Result<PublishedDomain, PublishTrouble>> {
  const fail = (failure: PublishFailure) => err({ failure: interruptedBy(context, failure), leftovers: [] });
  const env = childEnvironment(context.env);
  const file = await inspectImage(context.runner, request.image, env);
  if (!file.ok) return fail(file.error);
  if (file.value.format !== "qcow2" && file.value.format !== "raw")
    return fail({
      ...{
        kind: "image-file",
        path: request.image,
        reason: `a domain runs from qcow2 or raw, not "${file.value.format}"`,
      },
      help: "build it with -t qcow2, or convert it with qemu-img convert -O qcow2",
    });
  const uri = request.uri ?? (context.env.LIBVIRT_DEFAULT_URI || "qemu:///system");
  const host = remoteHost(uri);
  if (host) {
    const message = `libvirt at "${uri}" is on host "${host}", but the disk is copied by path`;
    return fail({ kind: "configuration", message, help: `run dibkit on ${host}` });
  }
  const virsh = createVirsh(context.runner, uri, env, context.signal);
  const name = request.name ?? file.value.name;
  if (!/^[^./\s][^/\n]*$/.test(name))
    return fail({
      kind: "configuration",
      message: `domain name "${name}" is not a plain file name`,
      help: "give --name",
    });
  const old = await findDomain(virsh, name);
  if (!old.ok) return fail(old.error);
  if (old.value && request.ifExists === "fail")
    return fail({ kind: "exists", target: "domain", name, id: old.value.uuid });
  if (old.value && request.ifExists === "skip") return ok({ name, outcome: "skipped", started: false });
  const undo = createUndoStack();
  const defined = await define({ request, context, env, virsh, file: file.value, name, old: old.value }, undo);
  if (defined.ok) return defined;
  const notUndone = await undo.unwind();
  const leftovers = notUndone.map(({ label, error }) => `could not ${label}: ${(error as Error).message}`);
  return err({ failure: interruptedBy(context, defined.error), leftovers });
}

function interruptedBy({ signal }: PublishContext, failure: PublishFailure): PublishFailure {
  return signal?.aborted ? { kind: "interrupted" } : failure;
}

async function findDomain(virsh: Virsh, name: string): Promise<Result<OldDomain | undefined, PublishFailure>> {
  const names = await virsh.run("list", "--all", "--name");
  if (!names.ok) return err({ kind: "command", failure: names.error });
  if (!names.value.split("\n").includes(name)) return ok(undefined);
  const document = await virsh.run("dumpxml", "--inactive", "--security-info", name);
  const state = await virsh.run("domstate", name);
  if (!document.ok) return err({ kind: "command", failure: document.error });
  if (!state.ok) return err({ kind: "command", failure: state.error });
  const uuid = firstText(document.value, "uuid") ?? "";
  return ok({ document: document.value, uuid, running: state.value !== "shut off" });
}

async function define(definition: Definition, undo: UndoStack): Promise<Result<PublishedDomain, PublishFailure>> {
  const { request, context, env, virsh, file, name, old } = definition;
  const directory = await storageDirectory(virsh, request.storage);
  if (!directory.ok) return directory;
  const format = file.format === "raw" ? "raw" : "qcow2";
  const disk = join(directory.value, `${name}.${format}`);
  if (!old && existsSync(disk)) return err({ kind: "exists", target: "file", name: disk });
  const virtualization = await chooseVirtualization(request, context, virsh);
  if (!virtualization.ok) return virtualization;
  const copy = besides(disk, `dibkit-${process.pid}`);
  const copyUndo = undo.defer(`remove "${copy}"`, () => rm(copy, { force: true }));
  const copied = await copyImage(context.runner, file.path, copy, env, context.signal);
  if (!copied.ok) return copied;
  const setAside = await retireOld(definition, disk, undo);
  if (!setAside.ok) return setAside;
  const placed = await placeDisk(copy, disk);
  if (!placed.ok) return placed;
  undo.defer(`remove "${disk}"`, () => rm(disk, { force: true }));
  await copyUndo.now();
  const document = domainXml({
    ...request,
    name,
    ...(old ? { uuid: old.uuid } : {}),
    virtualization: virtualization.value,
    disk: { path: disk, format },
  });
  const brought = await bringUp(definition, document, undo);
  if (!brought.ok) return brought;
  if (setAside.value) await rm(setAside.value, { force: true });
  if ("pool" in request.storage) await virsh.run("pool-refresh", request.storage.pool);
  const outcome = old ? "replaced" : "created";
  return ok({ name, outcome, virtualization: virtualization.value, disk, started: request.start });
}

/** Stops the domain to be replaced and moves its disk out of the way; returns where the disk went, if it was ours. */
async function retireOld(
  { virsh, name, old }: Definition,
  disk: string,
  undo: UndoStack,
): Promise<Result<string | undefined, PublishFailure>> {
  if (!old) return ok(undefined);
  if (old.running) {
    undo.defer(`start domain "${name}" again`, () => must(virsh.undoing.run("start", name)));
    const stopped = await virsh.run("destroy", name);
    if (!stopped.ok) return err({ kind: "command", failure: stopped.error });
  }
  if (!existsSync(disk)) return ok(undefined);
  if (!old.document.includes(disk)) return err({ kind: "exists", target: "file", name: disk });
  const aside = besides(disk, "dibkit-old");
  undo.defer(`bring back "${disk}"`, async () => {
    if (existsSync(aside)) await rename(aside, disk);
  });
  const moved = await attempt(`move "${disk}" aside`, () => rename(disk, aside));
  return moved.ok ? ok(aside) : moved;
}

async function bringUp(
  { request, virsh, name, old }: Definition,
  document: string,
  undo: UndoStack,
): Promise<Result<void, PublishFailure>> {
  undo.defer(`take back domain "${name}"`, async () => {
    if (old) return must(virsh.undoing.define(old.document));
    const names = await virsh.undoing.run("list", "--all", "--name");
    if (names.ok && names.value.split("\n").includes(name)) await must(virsh.undoing.run("undefine", "--nvram", name));
  });
  const defined = await virsh.define(document);
  if (!defined.ok) return err({ kind: "command", failure: defined.error });
  if (!request.start) return ok(undefined);
  // Ctrl-C may stop virsh after libvirt has begun to start the domain.
  undo.defer(`stop domain "${name}"`, async () => {
    const state = await virsh.undoing.run("domstate", name);
    if (state.ok && state.value !== "shut off") await must(virsh.undoing.run("destroy", name));
  });
  const started = await virsh.run("start", name);
  return started.ok ? ok(undefined) : err({ kind: "command", failure: started.error });
}

async function must(work: ReturnType<Virsh["run"]>): Promise<void> {
  const result = await work;
  if (!result.ok) throw new Error(result.error.tail.join(" "));
}
