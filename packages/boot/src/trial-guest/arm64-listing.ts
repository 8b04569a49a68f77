/** Where QEMU puts a kernel that is only code: 512 KiB into the memory of the machine `virt`. */
export const ARM64_ORIGIN = 0x40080000;

/**
 * The program of amd64-listing.ts for arm64: at exception level 1 it switches paging on, meets a data abort and mends it,
 * sleeps until the virtual timer has interrupted it ten times, by way of an interrupt controller of either version,
 * writes the word to the PL011 serial port and has the firmware switch the machine off. Without the word it went wrong.
 *
 * Memory is used without caches, so that it holds the same with paging and without. Branches count from where they are,
 * so the words are the same at any address; 0x40200000 holds the page table, and registers everything else.
 */
export const ARM64_LISTING = `
start:
  =10004000  ; adr x0, vectors
  =d518c000  ; msr vbar_el1, x0                     where exceptions go
  =d50041bf  ; msr spsel, #1
  =d2a80409  ; mov x9, #0x40200000                  page table of level 1: an entry is 1 GiB
  =9100013f  ; mov sp, x9
  =d2808020  ; mov x0, #0x401                       block: 0 to 1 GiB, devices
  =f9000120  ; str x0, [x9]
  =d28080a0  ; mov x0, #0x405
  =f2a80000  ; movk x0, #0x4000, lsl #16
  =f9000520  ; str x0, [x9, #8]                     block: 1 to 2 GiB, memory
  =d2888000  ; mov x0, #0x4400                      attributes: 0 device, 1 memory, not cached
  =d518a200  ; msr mair_el1, x0
  =d2800320  ; mov x0, #0x19                        addresses of 39 bits, pages of 4 KiB, upper half off
  =f2a01000  ; movk x0, #0x80, lsl #16
  =d5182040  ; msr tcr_el1, x0
  =d5182009  ; msr ttbr0_el1, x9
  =d5033f9f  ; dsb sy
  =d508871f  ; tlbi vmalle1
  =d5033f9f  ; dsb sy
  =d5033fdf  ; isb
  =d5381000  ; mrs x0, sctlr_el1
  =b2400000  ; orr x0, x0, #1                       paging on
  =d5181000  ; msr sctlr_el1, x0
  =d5033fdf  ; isb
  =d2b0060a  ; mov x10, #0x80300000                 not mapped: the store is a data abort
  =528acf01  ; mov w1, #0x5678
  =b9000141  ; str w1, [x10]
  =b9400142  ; ldr w2, [x10]
  =6b02003f  ; cmp w1, w2
  =54000661  ; b.ne off
  =d2a1000b  ; mov x11, #0x08000000                 distributor of the interrupt controller
  =52a1000c  ; mov w12, #0x08000000                 bit 27: the virtual timer
  =52801fe3  ; mov w3, #0xff
  =52800024  ; mov w4, #1
  =d5380414  ; mrs x20, id_aa64pfr0_el1
  =d3586e94  ; ubfx x20, x20, #24, #4               0: interrupt controller of version 2, else 3
  =b4000234  ; cbz x20, version2
  =52800241  ; mov w1, #0x12                        affinity routing, group 1
  =b9000161  ; str w1, [x11]
  =d2a1014d  ; mov x13, #0x080a0000                 redistributor of the first processor: wake it
  =b90015bf  ; str wzr, [x13, #0x14]
asleep:
  =b94015a1  ; ldr w1, [x13, #0x14]
  =3717ffe1  ; tbnz w1, #2, asleep
  =d2a1016d  ; mov x13, #0x080b0000                 its page of private interrupts: all in group 1
  =12800001  ; mov w1, #-1
  =b90081a1  ; str w1, [x13, #0x80]
  =b90101ac  ; str w12, [x13, #0x100]
  =d518cca4  ; msr s3_0_c12_c12_5, x4               ICC_SRE_EL1: system registers
  =d5033fdf  ; isb
  =d5184603  ; msr s3_0_c4_c6_0, x3                 ICC_PMR_EL1: all priorities
  =d518cce4  ; msr s3_0_c12_c12_7, x4               ICC_IGRPEN1_EL1: group 1
  =d5033fdf  ; isb
  =14000006  ; b timer
version2:
  =b9000164  ; str w4, [x11]
  =b901016c  ; str w12, [x11, #0x100]
  =d2a1002d  ; mov x13, #0x08010000                 the processor's side of version 2
  =b90005a3  ; str w3, [x13, #4]
  =b90001a4  ; str w4, [x13]
timer:
  =d2800015  ; mov x21, #0
  =d53be016  ; mrs x22, cntfrq_el0
  =d2800c81  ; mov x1, #100
  =9ac10ad6  ; udiv x22, x22, x1                    100 Hz
  =d51be316  ; msr cntv_tval_el0, x22
  =d51be324  ; msr cntv_ctl_el0, x4                 timer on
  =d5033fdf  ; isb
  =d50342ff  ; msr daifclr, #2                      interrupts on
sleep:
  =d503207f  ; wfi
  =f1002abf  ; cmp x21, #10
  =54ffffc3  ; b.lo sleep
  =d50342df  ; msr daifset, #2                      interrupts off
  =d2a1200e  ; mov x14, #0x09000000                 PL011 serial port: on
  =52806021  ; mov w1, #0x301
  =b90031c1  ; str w1, [x14, #0x30]
  =10004c0f  ; adr x15, word
character:
  =384015e1  ; ldrb w1, [x15], #1
  =340000a1  ; cbz w1, off
busy:
  =b94019c2  ; ldr w2, [x14, #0x18]
  =372fffe2  ; tbnz w2, #5, busy                    its buffer is full
  =b90001c1  ; str w1, [x14]
  =17fffffb  ; b character
off:
  =52800100  ; mov w0, #8
  =72b08000  ; movk w0, #0x8400, lsl #16            PSCI SYSTEM_OFF
  =d4000002  ; hvc #0
stop:
  =14000000  ; b stop
align 2048
vectors:
  =14000000  ; b vectors
align 512
  =d5385210  ; mrs x16, esr_el1
  =d35afe10  ; lsr x16, x16, #26
  =f100961f  ; cmp x16, #0x25                       a data abort, at the expected address
  =54ffb9a1  ; b.ne off
  =d5386010  ; mrs x16, far_el1
  =eb0a021f  ; cmp x16, x10
  =54ffb941  ; b.ne off
  =d28080b0  ; mov x16, #0x405
  =f2a80010  ; movk x16, #0x4000, lsl #16
  =f9000930  ; str x16, [x9, #16]                   block: 2 to 3 GiB, the memory again
  =d5033f9f  ; dsb sy
  =d5033fdf  ; isb
  =d69f03e0  ; eret
align 128
  =d51be316  ; msr cntv_tval_el0, x22
  =910006b5  ; add x21, x21, #1
  =b4000094  ; cbz x20, old
  =d538cc10  ; mrs x16, s3_0_c12_c12_0              ICC_IAR1_EL1
  =d518cc30  ; msr s3_0_c12_c12_1, x16              ICC_EOIR1_EL1
  =d69f03e0  ; eret
old:
  =b9400db0  ; ldr w16, [x13, #0xc]
  =b90011b0  ; str w16, [x13, #0x10]
  =d69f03e0  ; eret
word:
  "dibkit-guest-runs" 0a 00
`;
