import { createSocket } from "node:dgram";
import { readlinkSync } from "node:fs";
import { connect, createServer, isIPv6 } from "node:net";

/**
 * The process that lives in a network namespace of loopback: it listens at the address on its command line, and where
 * the name servers that follow are asked, hands the sockets to the process that started it, and from then on connects to
 * servers of the namespace for that one. It ends when the channel between the two does.
 */
const [host = "", port = "", ...nameServers] = process.argv.slice(2);

const DNS_PORT = 53;

const server = createServer();
void Promise.all(nameServers.map(handOverNameServer)).then(() => {
  server.listen(Number(port), host, () => {
    // From then on the other process is the only one to accept connections.
    const { pid, namespace } = seenInProc();
    process.send?.({ kind: "listening", pid, namespace }, server, undefined, () => server.close());
  });
});

/**
 * This process and its network namespace as `/proc` has them. In a user namespace that may be the `/proc` of the container
 * around it, which counts processes in another way than the one who started this process does.
 */
function seenInProc() {
  return { pid: Number(readlinkSync("/proc/self")), namespace: readlinkSync("/proc/self/ns/net") };
}

/** An address that the namespace could not be given, such as one that names an interface, is left out. */
function handOverNameServer(address: string): Promise<void> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve());
    socket.bind(DNS_PORT, address, () => {
      process.send?.({ kind: "name-server", address }, socket, undefined, () => {
        socket.close();
        resolve();
      });
    });
  });
}

process.on("message", ({ id, host: name, port: number }: { id: number; host: string; port: number }) => {
  const socket = connect(number, name);
  // A name can have two addresses, of which nobody may listen at the first.
  let failed = 0;
  socket.on("connectionAttemptFailed", () => {
    failed += 1;
  });
  socket.once("connect", () => process.send?.({ kind: "connected", id, failed }, socket));
  socket.once("error", () => process.send?.({ kind: "refused", id, failed }));
});
