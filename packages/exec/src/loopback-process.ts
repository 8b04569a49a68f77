import { connect, createServer } from "node:net";

/**
 * The process that lives in a network namespace of loopback: it listens at the address on its command line, hands the
 * socket to the process that started it, and from then on connects to servers of the namespace for that one. It ends when
 * the channel between the two does.
 */
const [host = "", port = ""] = process.argv.slice(2);

const server = createServer();
server.listen(Number(port), host, () => {
  // From then on the other process is the only one to accept connections.
  process.send?.({ kind: "listening" }, server, undefined, () => server.close());
});

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
