// A boot sector in 16-bit code, so that booting can be tested without an operating system:
//   fa 31c0 8ed8 8ed0 bc007c fc    cli; xor ax,ax; mov ds,ax; mov ss,ax; mov sp,0x7c00; cld
//   be417c e81800                  mov si,greeting; call print
//   bafd03 ec a801 74fb            read: wait until the serial port has a character
//   baf803 ec 3c0d 75f0            take it; anything but Enter is dropped
//   be???? e80200 ebe8             mov si,reply; call print; jmp read
//   ac 84c0 7412 88c4 bafd03 ec a820 74fb baf803 88e0 ee ebe9 c3    print: write until a zero byte
const CODE =
  "fa31c08ed88ed0bc007cfcbe417ce81800bafd03eca80174fbbaf803ec3c0d75f0be417ce80200ebe8ac84c0741288c4bafd03eca82074fbbaf80388e0eeebe9c3";
const ORIGIN = 0x7c00;
const REPLY_ADDRESS_OFFSET = 0x22;

/** A 1 MiB disk that prints `greeting` on the serial console, and `reply` each time Enter is typed. */
export function bootableDisk(greeting: string, reply: string): Buffer {
  const code = Buffer.from(CODE, "hex");
  code.writeUInt16LE(ORIGIN + code.length + greeting.length + 1, REPLY_ADDRESS_OFFSET);
  const sector = Buffer.concat([code, Buffer.from(`${greeting}\0${reply}\0`, "latin1")]);
  const disk = Buffer.alloc(1024 * 1024);
  sector.copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}
