import { ARCHITECTURE_TABLE } from "../architectures.js";
import { OUTPUT_FORMATS } from "../output-formats.js";
import { flag, listOf, mapOf, object, oneOf, type Shape, type TypeOf, text, wholeNumber } from "./shape.js";

const ARCHITECTURES = ARCHITECTURE_TABLE.filter(({ inImageLists }) => inImageLists)
  .flatMap(({ name, aliases }) => [name, ...aliases])
  .sort();

const atLeastOne = (description: string) => wholeNumber({ minimum: 1, description });

/** One entry; the keys are the flags of `disk-image-create`, in the order upstream gives them. */
const entry = object(
  {},
  {
    imagename: text({ description: "Name of the outputs without suffix; without it, that of the entry before" }),
    arch: oneOf(ARCHITECTURES, { description: "Architecture of the image" }),
    types: listOf(oneOf(OUTPUT_FORMATS), { description: "Output formats" }),
    environment: mapOf(text(), { description: "Variables for the build" }),
    ramdisk: flag({ description: "Make a ramdisk instead of an image" }),
    "debug-trace": wholeNumber({ enum: [0, 1, 2], description: "Tracing in scripts: 0 is off" }) as Shape<number>,
    uncompressed: flag({ description: "Do not compress the image" }),
    clear: flag({ description: "Clear the environment before starting" }),
    logfile: text({ description: "File for everything that scripts print" }),
    checksum: flag({ description: "Write MD5 and SHA-256 files beside the image" }),
    "image-size": atLeastOne("Size of the image in GB"),
    "image-extra-size": atLeastOne("Space to add to the content's size, in MB"),
    "image-cache": text({ description: "Cache of downloads" }),
    "max-online-resize": atLeastOne("Blocks that the root filesystem can grow to online"),
    "min-tmpfs": atLeastOne("GB of memory needed for a build in memory"),
    "mkfs-journal-size": atLeastOne("Size of the filesystem's journal in MB"),
    "mkfs-options": text({ description: "Options for mkfs of the root filesystem" }),
    "no-tmpfs": flag({ description: "Do not build in memory" }),
    offline: flag({ description: "Do not update cached resources" }),
    "qemu-img-options": mapOf(text(), { description: "Options for qemu-img" }),
    "root-label": text({ description: "Label of the root filesystem" }),
    "ramdisk-element": text({ description: "Element that makes the ramdisk" }),
    "install-type": oneOf(["source", "package"], { description: "Install type where an element offers several" }),
    "docker-target": text({ description: "Repository and tag for the format docker" }),
    packages: listOf(text(), { description: "Packages to install after install.d" }),
    "skip-base": flag({ description: "Leave the element base out" }),
    elements: listOf(text(), { description: "Elements of the image" }),
  },
);

/** The file of upstream's `diskimage-builder` command: images as a list of mappings. */
export const imageFileSchema = listOf(entry, {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "image definitions for diskimage-builder",
  description: "Images to build; entries of one name are merged",
});

/** One entry of an image file, or several of one name merged. */
export type ImageEntry = TypeOf<typeof entry>;
