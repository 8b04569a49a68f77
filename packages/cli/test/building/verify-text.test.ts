import { expect, it } from "vitest";
import { renderVerification } from "../../src/building/verify-text.js";

it("renders what differs before what has only another time", () => {
  const text = renderVerification({
    version: 1,
    image: "/out/web",
    identical: false,
    sourceDate: 1_700_000_000,
    formats: [
      { format: "tar", path: "/out/web.tar", outcome: "different" },
      { format: "docker", outcome: "not-compared", note: "its result is not a file" },
    ],
    files: [
      { path: "/a", change: "differs", what: ["time 1 ↔ 2"] },
      {
        ...{ path: "/etc/ssh/key", change: "differs", what: ["content", "mode 644 ↔ 600"], content: ["-a", "+b"] },
        ...{
          writer: { phase: "install.d", script: "50-x", element: "e" },
          package: "openssh",
          reason: "keys are random",
        },
      },
      { path: "/var/x", change: "only-in-second", what: [], writer: { phase: "dibkit", script: "finish-root" } },
    ],
    disk: [{ where: "partition 1 (ext4)", what: "superblock: Filesystem UUID: a ↔ b" }],
    notes: ["the package mirror changed before install.d/50-x ran again"],
  });
  expect(text).toBe(`tar     different     /out/web.tar
docker  not compared  its result is not a file

3 files of the image differ:
  /etc/ssh/key: content, mode 644 ↔ 600
    by install.d/50-x of element e, package openssh
    keys are random
    -a
    +b
  /var/x: only in the second build
    by dibkit/finish-root of dibkit
  /a: time 1 ↔ 2

the disk besides its files:
  partition 1 (ext4): superblock: Filesystem UUID: a ↔ b

note: the package mirror changed before install.d/50-x ran again

two builds with SOURCE_DATE_EPOCH=1700000000 (2023-11-14T22:13:20.000Z) differ
`);
});
