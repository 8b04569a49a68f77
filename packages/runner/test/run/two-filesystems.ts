const OPTS = "opts: -i 4096 -J size=4";

/** A disk with everything that the two ways make: boot code, swap, and a filesystem in another. */
export const TWO_FILESYSTEMS = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: BSP, type: EF02, size: 8MiB }
      - { name: srv, size: 24MiB, mkfs: { type: ext4, ${OPTS}, mount: { mount_point: /srv } } }
      - { name: pages, size: 8MiB, mkfs: { type: swap, mount: { mount_point: swap } } }
      - { name: root, size: 100%, mkfs: { type: ext4, ${OPTS}, mount: { mount_point: / } } }
`;
