import { expect, it } from "vitest";
import { sortMountPoints } from "../../src/block-device/mount-order.js";

it.each([
  [["/"], ["/"]],
  [
    ["/var", "/"],
    ["/", "/var"],
  ],
  [
    ["/var/log", "/var", "/"],
    ["/", "/var", "/var/log"],
  ],
  [
    ["/", "/boot", "/var", "/home"],
    ["/", "/boot", "/var", "/home"],
  ],
  // Here upstream mounts /home after /home/user and so hides it.
  [
    ["/var", "/home/user", "/srv", "/", "/home", "/boot"],
    ["/", "/var", "/home", "/home/user", "/srv", "/boot"],
  ],
  // A name that only begins alike is another place.
  [
    ["/", "/srv2", "/data", "/opt", "/srv"],
    ["/", "/srv2", "/data", "/opt", "/srv"],
  ],
])("%j is mounted as %j", (points, expected) => {
  expect(sortMountPoints(points)).toEqual(expected);
});
