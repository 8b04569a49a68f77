/// <reference types="node" preserve="true" />
export { parseProperties } from "./glance/image-settings.js";
export { type GlanceRequest, publishGlance } from "./glance/publish-glance.js";
export { architectures, type DomainNetwork } from "./libvirt/domain-xml.js";
export type { LibvirtRequest } from "./libvirt/libvirt-request.js";
export { publishLibvirt } from "./libvirt/publish-libvirt.js";
export { loadCloudConfig } from "./openstack/load-cloud-config.js";
export type { PublishContext, PublishEvent } from "./publish-context.js";
export { type PublishTrouble, renderBytes, renderPublishFailure } from "./publish-failure.js";
