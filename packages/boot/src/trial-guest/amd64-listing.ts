/** Where QEMU's Multiboot loader puts the program. */
export const AMD64_ORIGIN = 0x100000;

/**
 * A program without an operating system that does what every kernel for amd64 does first: it goes from 32-bit protected
 * mode to 64-bit mode with paging, continues in the upper half of the address space, meets a page fault and mends it,
 * sleeps until the timer has interrupted it ten times, writes a word to the first serial port and ends QEMU. Anything
 * that goes another way ends QEMU with another exit code, or never ends.
 *
 * Memory: 0x100000 program, 0x200000 page tables (one page of entries each), 0x203000 interrupt table, 0x203400 ticks,
 * 0x400000 nothing, until the page fault. All of it was zeroed by the loader (`bss end`).
 */
export const AMD64_LISTING = `
origin:
  02 b0 ad 1b                             ; Multiboot magic number
  00 00 01 00                             ; flags: the addresses that follow are given
  fe 4f 51 e4                             ; checksum: the three words are zero together
  [origin] [origin] 00 00 00 00           ; address of this header, of the program; its end is the file's
  00 00 40 00 [start]                     ; bss end; where to start

start:                                    ; 32-bit protected mode, flat segments, no paging, no interrupts
  fa fc                                   ; cli; cld
  bc 00 00 20 00                          ; mov esp, 0x200000
  c7 05 00 00 20 00 03 10 20 00           ; mov dword [0x200000], 0x201003   lowest 512 GiB
  c7 05 f8 0f 20 00 03 10 20 00           ; mov dword [0x200ff8], 0x201003   highest 512 GiB
  c7 05 00 10 20 00 03 20 20 00           ; mov dword [0x201000], 0x202003   their first GiB
  c7 05 f0 1f 20 00 03 20 20 00           ; mov dword [0x201ff0], 0x202003   their last but one, which is upper half
  c7 05 00 20 20 00 83 00 00 00           ; mov dword [0x202000], 0x000083   large page: 0 to 2 MiB
  c7 05 08 20 20 00 83 00 20 00           ; mov dword [0x202008], 0x200083   large page: 2 to 4 MiB
  b8 00 00 20 00 0f 22 d8                 ; mov eax, 0x200000; mov cr3, eax
  0f 20 e0 83 c8 20 0f 22 e0              ; mov eax, cr4; or eax, 0x20; mov cr4, eax    PAE
  b9 80 00 00 c0 0f 32                    ; mov ecx, 0xc0000080; rdmsr       EFER
  0d 00 01 00 00 0f 30                    ; or eax, 0x100; wrmsr             long mode enable
  0f 20 c0 0d 00 00 01 80 0f 22 c0        ; mov eax, cr0; or eax, 0x80010000; mov cr0, eax    paging, write protect
  0f 01 15 [gdt_pointer]                  ; lgdt [gdt_pointer]
  ea [long] 08 00                         ; jmp 0x08:long

long:                                     ; 64-bit mode, still at the low addresses
  66 b8 10 00 8e d8 8e c0 8e d0           ; mov ax, 0x10; mov ds, ax; mov es, ax; mov ss, ax
  48 c7 c0 ^upper ff e0                   ; mov rax, upper; jmp rax

upper:                                    ; the same page at 0xffffffff80100000
  48 c7 c4 00 00 20 80                    ; mov rsp, 0xffffffff80200000
  bf e0 30 20 00 48 c7 c0 ^page_fault     ; mov edi, 0x2030e0; mov rax, page_fault     vector 14
  e8 >>set_gate                           ; call set_gate
  bf 00 32 20 00 48 c7 c0 ^tick           ; mov edi, 0x203200; mov rax, tick           vector 32
  e8 >>set_gate                           ; call set_gate
  0f 01 1c 25 [idt_pointer]               ; lidt [idt_pointer]
  c7 04 25 00 00 40 00 78 56 34 12        ; mov dword [0x400000], 0x12345678    not mapped: page fault
  81 3c 25 00 00 40 00 78 56 34 12        ; cmp dword [0x400000], 0x12345678
  75 >wrong                               ; jne wrong
  b0 11 e6 20 e6 a0                       ; both interrupt controllers: initialize
  b0 20 e6 21 b0 28 e6 a1                 ; their vectors: from 32, from 40
  b0 04 e6 21 b0 02 e6 a1                 ; the second is behind line 2 of the first
  b0 01 e6 21 e6 a1                       ; 8086 mode
  b0 fe e6 21 b0 ff e6 a1                 ; all lines masked but the timer's
  b0 34 e6 43 b0 9c e6 40 b0 2e e6 40     ; timer 0: periodic, divisor 0x2e9c, which is 100 Hz
  fb                                      ; sti
sleep:
  f4                                      ; hlt
  83 3c 25 00 34 20 00 0a                 ; cmp dword [0x203400], 10
  72 >sleep                               ; jb sleep
  fa                                      ; cli
  be [word]                               ; mov esi, word
character:
  ac 84 c0 74 >right                      ; lodsb; test al, al; jz right
  88 c4 66 ba fd 03                       ; mov ah, al; mov dx, 0x3fd
busy:
  ec a8 20 74 >busy                       ; in al, dx; test al, 0x20; jz busy
  66 ba f8 03 88 e0 ee                    ; mov dx, 0x3f8; mov al, ah; out dx, al
  eb >character                           ; jmp character
right:
  b0 10 e6 f4                             ; mov al, 0x10; out 0xf4, al       QEMU ends with 0x10 * 2 + 1
wrong:
  b0 20 e6 f4                             ; mov al, 0x20; out 0xf4, al       QEMU ends with 0x20 * 2 + 1
stop:
  f4 eb >stop                             ; hlt; jmp stop

set_gate:                                 ; gate at rdi: interrupt gate of ring 0 to rax, by way of segment 0x08
  66 89 07                                ; mov [rdi], ax
  c7 47 02 08 00 00 8e                    ; mov dword [rdi + 2], 0x8e000008
  48 c1 e8 10 48 89 47 06                 ; shr rax, 16; mov [rdi + 6], rax
  c3                                      ; ret

page_fault:                               ; maps 4 to 6 MiB when the address is the expected one
  0f 20 d0 48 3d 00 00 40 00              ; mov rax, cr2; cmp rax, 0x400000
  75 >wrong                               ; jne wrong
  c7 04 25 10 20 20 00 83 00 40 00        ; mov dword [0x202010], 0x400083
  48 83 c4 08 48 cf                       ; add rsp, 8; iretq                over the error code

tick:
  50 ff 04 25 00 34 20 00                 ; push rax; inc dword [0x203400]
  b0 20 e6 20 58 48 cf                    ; mov al, 0x20; out 0x20, al; pop rax; iretq

align 8
gdt:
  00 00 00 00 00 00 00 00                 ; 0x00
  00 00 00 00 00 9a 20 00                 ; 0x08: 64-bit code
  00 00 00 00 00 92 00 00                 ; 0x10: data
gdt_pointer:
  17 00 [gdt] 00 00 00 00                 ; limit, address
idt_pointer:
  0f 02 00 30 20 00 00 00 00 00           ; limit: vectors 0 to 32; address 0x203000
word:
  "dibkit-guest-runs" 0a 00
`;
