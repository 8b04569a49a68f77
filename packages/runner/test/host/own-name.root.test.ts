import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { answerOwnName } from "../../src/host/network/own-name.js";
import { mayBuild } from "../tiny-image.js";

/** Addresses of loopback that nobody else has. */
const NAME_SERVER = "127.68.73.53";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function bound(address: string, port = 0): Promise<Socket> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

/** A question for the IPv4 addresses of a name. */
function question(name: string): Buffer {
  const labels = name.split(".").flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  const header = Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

// The port of name servers is root's.
describe.skipIf(!mayBuild)("questions to the machine's name server", () => {
  test.each([
    ["builder", "answered"],
    ["Builder.example.org", "answered"],
    ["other", "refused"],
    ["builders", "refused"],
    ["www.builder", "refused"],
  ])("about %s are %s", async (name, outcome) => {
    const server = await bound(NAME_SERVER, 53);
    server.on("message", (query, { port, address }) =>
      server.send(Buffer.concat([query, Buffer.from("!")]), port, address),
    );
    const stand = await bound("127.0.0.1");
    const names = answerOwnName([{ address: NAME_SERVER, socket: stand }], "builder");
    const asker = await bound("127.0.0.1");
    const asked = question(name);
    asker.send(asked, (stand.address() as AddressInfo).port, "127.0.0.1");
    const [answer] = (await once(asker, "message")) as [Buffer];
    expect(answer.subarray(0, 2)).toEqual(asked.subarray(0, 2));
    if (outcome === "answered") expect(answer.toString("latin1").endsWith("!")).toBe(true);
    else expect([(answer[2] ?? 0) & 0x80, (answer[3] ?? 0) & 0x0f]).toEqual([0x80, 5]);
    expect(names.refused()).toBe(outcome === "refused" ? 1 : 0);
  });

  test("that are none are counted", async () => {
    const stand = await bound("127.0.0.1");
    const names = answerOwnName([{ address: NAME_SERVER, socket: stand }], "builder");
    const asker = await bound("127.0.0.1");
    asker.send("?", (stand.address() as AddressInfo).port, "127.0.0.1");
    await once(stand, "message");
    expect(names.refused()).toBe(1);
  });
});
