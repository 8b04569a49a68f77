import { createSocket, type Socket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { hostname } from "node:os";

/** Most that the C library reads of. */
const MOST_SERVERS = 3;
const DNS_PORT = 53;
const HEADER_BYTES = 12;
const REFUSED = 5;
/** As long as the C library waits with its second attempt. */
const PATIENCE_MS = 10_000;

/** The name servers of the machine, which an image has while it is built; without any, a program asks its own machine. */
export async function nameServersOfHost(): Promise<readonly string[]> {
  const text = await readFile("/etc/resolv.conf", "utf8").catch(() => "");
  const found = [...text.matchAll(/^nameserver\s+([0-9a-fA-F.:]+)\s*$/gm)].map(([, address = ""]) => address);
  return found.length === 0 ? ["127.0.0.1"] : found.slice(0, MOST_SERVERS);
}

/** What is sent to a name server comes to the socket. */
interface NameServerSocket {
  readonly address: string;
  readonly socket: Socket;
}

/** What answers the questions of a namespace to the name servers of the machine. */
export interface OwnNameServer {
  /** How many questions it has refused so far. */
  refused(): number;
}

/**
 * Programs ask for the name of the machine that they run on without wanting to reach anything: `sudo`, `hostname -f`,
 * `gethostid`. An image has no `/etc/hosts` that knows it, so a name server is asked, and that one's answer is passed on.
 * Every other question is refused.
 */
export function answerOwnName(sockets: readonly NameServerSocket[], own = hostname()): OwnNameServer {
  let refused = 0;
  for (const { address, socket } of sockets) {
    socket.on("error", () => undefined);
    socket.on("message", (query, { port, address: asker }) => {
      const reply = (answer: Buffer) => socket.send(answer, port, asker, () => undefined);
      if (isNameOf(own, nameInQuestion(query))) return ask(address, query, reply);
      refused += 1;
      if (query.length >= HEADER_BYTES) reply(refusal(query));
    });
  }
  return { refused: () => refused };
}

/** With a domain to search in behind it, too. */
function isNameOf(own: string, name: string | undefined): boolean {
  const [wanted, asked] = [own.toLowerCase(), name?.toLowerCase()];
  return asked === wanted || asked?.startsWith(`${wanted}.`) === true;
}

/** The name that a query of DNS is about; undefined for what is none. */
function nameInQuestion(query: Buffer): string | undefined {
  const labels: string[] = [];
  for (let at = HEADER_BYTES; at < query.length; ) {
    const length = query[at] ?? 0;
    if (length === 0) return labels.join(".");
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}

function ask(server: string, query: Buffer, reply: (answer: Buffer) => void): void {
  const socket = createSocket(isIPv6(server) ? "udp6" : "udp4");
  const patience = setTimeout(() => socket.close(), PATIENCE_MS);
  socket.once("close", () => clearTimeout(patience));
  socket.once("error", () => socket.close());
  socket.once("message", (answer) => {
    reply(answer);
    socket.close();
  });
  socket.send(query, DNS_PORT, server);
}

function refusal(query: Buffer): Buffer {
  const answer = Buffer.from(query);
  answer.writeUInt8(answer.readUInt8(2) | 0x80, 2);
  answer.writeUInt8((answer.readUInt8(3) & 0xf0) | REFUSED, 3);
  return answer;
}
