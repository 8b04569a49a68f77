import { Socket as DatagramSocket } from "node:dgram";
import { readlinkSync } from "node:fs";
import { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { err, ok, type Result } from "@dibkit/model";
import { execa } from "execa";
import { bashCommand } from "./bash-command.js";
import { countVainAttempts } from "./vain-attempts.js";

/** A network namespace with loopback alone, and the way in and out of it for this process. */
export interface LoopbackNamespace {
  /** Words before a command that make it run in there. */
  readonly enter: readonly string[];
  /** Listens in there at the address that was asked for; its connections are this process's. */
  readonly server: Server;
  /** Where name servers of the machine are asked from in there: what is sent to them comes to these sockets. */
  readonly nameServers: readonly { readonly address: string; readonly socket: DatagramSocket }[];
  /** A connection to a server in there; undefined when nobody listens at the address. */
  connect(host: string, port: number): Promise<Socket | undefined>;
  /**
   * How often processes in there have tried so far to reach what is not there: an address that loopback does not lead
   * to, or one of loopback where nobody listens. What `connect` tries does not count.
   */
  vainAttempts(): Promise<number>;
  /** Ends the namespace, once no other process is in it. */
  close(): Promise<void>;
}

type Message =
  | { readonly kind: "listening"; readonly pid: number; readonly namespace: string }
  | { readonly kind: "name-server"; readonly address: string }
  | { readonly kind: "connected" | "refused"; readonly id: number; readonly failed: number };

// In a new namespace loopback is there, but down. What an address is refused for does not matter: nobody is there then.
const SCRIPT = `ip link set lo up || exit
for address in $1; do ip address add "$address" dev lo 2>/dev/null; done
shift
exec "$@"`;

/** The process in the namespace runs as JavaScript, also when dibkit itself runs from its TypeScript sources. */
function processModule(): string {
  return fileURLToPath(new URL("./loopback-process.js", import.meta.url)).replace("/exec/src/", "/exec/dist/");
}

/**
 * Makes a namespace and listens in it, also at addresses of name servers; the error is the last lines of what could not
 * be started.
 */
export async function openLoopbackNamespace(
  address: { readonly host: string; readonly port: number },
  nameServers: readonly string[] = [],
): Promise<Result<LoopbackNamespace, readonly string[]>> {
  const listener = [process.execPath, processModule(), address.host, String(address.port), ...nameServers];
  const words = bashCommand(SCRIPT, "loopback", nameServers.join(" "), ...listener);
  const command = ["unshare", "--net", "--", ...words];
  const child = execa("setpriv", ["--pdeathsig", "KILL", "--", ...command], {
    stdin: "ignore",
    stdout: "ignore",
    buffer: { stdout: false, stderr: true, ipc: false },
    ipc: true,
    reject: false,
    cwd: "/",
  });
  const waiting = new Map<number, (socket: Socket | undefined) => void>();
  let asked = 0;
  let own = 0;
  const sockets: { readonly address: string; readonly socket: DatagramSocket }[] = [];
  const running = new Set<Promise<unknown>>();
  let pid = 0;
  let isSeen = false;
  const listening = new Promise<Server>((resolve) => {
    child.on("message", (message: Message, handle: unknown) => {
      if (message.kind === "listening") {
        pid = message.pid;
        isSeen = isNetworkOf(pid, message.namespace);
        if (handle instanceof Server) resolve(handle);
        return;
      }
      if (message.kind === "name-server") {
        if (handle instanceof DatagramSocket) sockets.push({ address: message.address, socket: handle });
        return;
      }
      own += message.failed;
      waiting.get(message.id)?.(handle instanceof Socket ? handle : undefined);
      waiting.delete(message.id);
    });
  });
  const gone = child.then(({ stderr }) => {
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
    return stderr;
  });
  const first = await Promise.race([listening, gone]);
  if (!(first instanceof Server)) return err((first ?? "").split("\n").filter(Boolean));
  const close = async () => {
    first.close();
    for (const { socket } of sockets) socket.close();
    // It has nothing to lose.
    child.kill("SIGKILL");
    await gone;
  };
  if (!isSeen) {
    await close();
    return err(["/proc does not show the network namespace that was made"]);
  }
  return ok({
    enter: ["nsenter", `--target=${pid}`, "--net", "--"],
    server: first,
    nameServers: sockets,
    connect(host, port) {
      const answer = new Promise<Socket | undefined>((resolve) => {
        if (!child.connected) return resolve(undefined);
        asked += 1;
        waiting.set(asked, resolve);
        child.send?.({ id: asked, host, port });
      }).finally(() => running.delete(answer));
      running.add(answer);
      return answer;
    },
    async vainAttempts() {
      // The kernel counts these at once, this process when it is told.
      await Promise.all(running);
      return countVainAttempts(pid) - own;
    },
    close,
  });
}

/** Whether a process, by what `/proc` calls it, is in a network namespace. */
function isNetworkOf(pid: number, namespace: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) === namespace;
  } catch {
    return false;
  }
}
