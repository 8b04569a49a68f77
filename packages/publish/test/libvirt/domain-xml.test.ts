import { describe, expect, test } from "vitest";
import { type DomainDefinition, domainXml } from "../../src/libvirt/domain-xml.js";
import { remoteHost } from "../../src/libvirt/virsh.js";
import { firstText, renderXml, xml } from "../../src/libvirt/xml-element.js";

const domain: DomainDefinition = {
  ...{ name: "web & co", virtualization: "qemu", architecture: "x86_64", firmware: "bios", memoryMiB: 512, cpus: 1 },
  ...{ disk: { path: "/pool/web.qcow2", format: "qcow2" }, network: { kind: "none" } },
};

test("a domain with software emulation", () => {
  expect(domainXml(domain)).toBe(`<domain type="qemu">
  <name>web &amp; co</name>
  <memory unit="MiB">512</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch="x86_64" machine="q35">hvm</type>
    <boot dev="hd"/>
  </os>
  <features>
    <acpi/>
    <apic/>
  </features>
  <cpu mode="maximum"/>
  <clock offset="utc"/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type="file" device="disk">
      <driver name="qemu" type="qcow2" discard="unmap"/>
      <source file="/pool/web.qcow2"/>
      <target dev="vda" bus="virtio"/>
    </disk>
    <serial type="pty">
      <target port="0"/>
    </serial>
    <console type="pty">
      <target type="serial" port="0"/>
    </console>
    <rng model="virtio">
      <backend model="random">/dev/urandom</backend>
    </rng>
  </devices>
</domain>
`);
});

describe("what an option changes", () => {
  test.each<[Partial<DomainDefinition>, readonly string[]]>([
    [{ virtualization: "kvm" }, ['<domain type="kvm">', '<cpu mode="host-passthrough"/>']],
    [{ firmware: "efi" }, ['<os firmware="efi">']],
    [{ architecture: "aarch64" }, ['<type arch="aarch64" machine="virt">hvm</type>']],
    [{ uuid: "u-1" }, ["<uuid>u-1</uuid>"]],
    [{ network: { kind: "user" } }, ['<interface type="user">', '<model type="virtio"/>']],
    [{ network: { kind: "network", name: "default" } }, ['<interface type="network">', '<source network="default"/>']],
    [{ serialLog: "/var/log/web.log" }, ['<log file="/var/log/web.log" append="off"/>']],
    [{ disk: { path: '/a "b" <c>', format: "raw" } }, ['<source file="/a &quot;b&quot; &lt;c&gt;"/>', 'type="raw"']],
  ])("%j", (changes, expected) => {
    const text = domainXml({ ...domain, ...changes });
    for (const part of expected) expect(text).toContain(part);
  });
});

test("text survives the way to XML and back", () => {
  const text = `a & b <c> "d" 'e' &amp; f`;
  expect(firstText(renderXml(xml("pool", {}, [xml("path", { x: 1 }, text)])), "path")).toBe(text);
  expect(firstText("<pool/>", "path")).toBeUndefined();
});

test.each([
  ["qemu:///system", undefined],
  ["qemu+unix:///system?socket=/run/x", undefined],
  ["qemu://localhost/system", undefined],
  ["qemu+ssh://ann@far.example:22/system", "far.example"],
])("where %s is", (uri, host) => expect(remoteHost(uri)).toBe(host));
