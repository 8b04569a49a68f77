import { expect, it } from "vitest";
import { tcg } from "../src/accelerator/tcg.js";
import { MACHINES } from "../src/machine.js";
import { qemuArguments } from "../src/qemu-arguments.js";

const machine = MACHINES[0];
if (machine === undefined) throw new Error("no machines");

const settings = {
  machine,
  program: "/usr/bin/qemu-system-x86_64",
  accelerator: tcg,
  memoryMib: 512,
  cpus: 1,
  imagePath: "/images/a,b.qcow2",
  imageFormat: "qcow2",
  consoleSocket: "/run/console",
  consoleLog: "/logs/console",
  forwards: [{ hostPort: 40000, guestPort: 80 }],
} as const;

it("boots the disk alone, by BIOS, and forwards ports", () => {
  expect(qemuArguments(settings).join(" ")).toBe(
    [
      "/usr/bin/qemu-system-x86_64 -machine q35,accel=tcg,graphics=off -cpu max -smp 1 -m 512",
      "-nodefaults -display none -no-reboot -snapshot",
      "-chardev socket,id=console,path=/run/console,server=on,wait=on,logfile=/logs/console,logappend=on -serial chardev:console",
      "-drive if=none,id=disk,format=qcow2,file=/images/a,,b.qcow2",
      "-device virtio-blk-pci,drive=disk,bootindex=0 -boot strict=on",
      "-netdev user,id=network,hostfwd=tcp:127.0.0.1:40000-:80 -device virtio-net-pci,netdev=network",
      "-device virtio-rng-pci",
    ].join(" "),
  );
});

it("gives UEFI its code and a variable store", () => {
  const line = qemuArguments({ ...settings, uefi: { code: "/code", variables: "/variables" } }).join(" ");
  expect(line).toContain("-machine q35,accel=tcg -cpu");
  expect(line).toContain("-drive if=pflash,unit=0,format=raw,readonly=on,file=/code");
  expect(line).toContain("-drive if=pflash,unit=1,format=raw,file=/variables");
});

it("gives the machine a serial number, and lets it reboot", () => {
  const line = qemuArguments({ ...settings, serialNumber: "ds=nocloud-net;s=http://10.0.2.2/a,b/", mayReboot: true });
  expect(line.join(" ")).toContain("-smbios type=1,serial=ds=nocloud-net;s=http://10.0.2.2/a,,b/");
  expect(line).not.toContain("-no-reboot");
});

it("gives a session its port, a monitor, credentials and a disk for cloud-init", () => {
  const session = {
    ...{ portSocket: "/run/a,b/session", monitorSocket: "/run/monitor" },
    ...{ vendorStrings: ["io.systemd.credential:one=a,b"], seedDisk: "/run/seed.img" },
  };
  expect(qemuArguments({ ...settings, session }).join(" ")).toContain(
    [
      " -chardev socket,id=session,path=/run/a,,b/session,server=on,wait=off -device virtio-serial-pci",
      "-device virtserialport,chardev=session,name=dibkit.session,id=session",
      "-chardev socket,id=monitor,path=/run/monitor,server=on,wait=off -mon chardev=monitor,mode=control",
      "-smbios type=11,value=io.systemd.credential:one=a,,b",
      "-drive if=none,id=seed,format=raw,readonly=on,file=/run/seed.img -device virtio-blk-pci,drive=seed",
    ].join(" "),
  );
});
