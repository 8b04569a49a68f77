// The configuration files of a private Keystone and Glance, as text. Nothing here touches the disk.

/** @typedef {{ directory: string, keystonePort: number, glancePort: number, secrets: Secrets, quotaMiB: number }} Site */
/** @typedef {{ admin: string, service: string, user: string }} Secrets Passwords made anew for every start. */

/** @param {Site} site */
export const authUrl = (site) => `http://127.0.0.1:${site.keystonePort}/v3`;

/** @param {Site} site */
export const imageUrl = (site) => `http://127.0.0.1:${site.glancePort}`;

/** @param {Site} site */
export const keystoneConf = ({ directory }) => `[DEFAULT]
log_file = ${directory}/keystone.log
[database]
connection = sqlite:///${directory}/keystone.sqlite
[token]
provider = fernet
[fernet_tokens]
key_repository = ${directory}/fernet-keys
[credential]
key_repository = ${directory}/credential-keys
[oslo_policy]
policy_file = ${directory}/no-policy.yaml
`;

/** The token cache is off, so that a token revoked by a test is refused at once. @param {Site} site */
export const glanceConf = (site) => `[DEFAULT]
bind_host = 127.0.0.1
bind_port = ${site.glancePort}
workers = 0
log_file = ${site.directory}/glance.log
user_storage_quota = ${site.quotaMiB}MB
enabled_backends = here:file
transport_url = fake://
node_staging_uri = file://${site.directory}/staging
[database]
connection = sqlite:///${site.directory}/glance.sqlite
[glance_store]
default_backend = here
[here]
filesystem_store_datadir = ${site.directory}/images
[os_glance_tasks_store]
filesystem_store_datadir = ${site.directory}/tasks
[os_glance_staging_store]
filesystem_store_datadir = ${site.directory}/staging
[paste_deploy]
flavor = keystone
config_file = ${site.directory}/glance-paste.ini
[keystone_authtoken]
www_authenticate_uri = ${authUrl(site)}
auth_url = ${authUrl(site)}
auth_type = password
username = glance
password = ${site.secrets.service}
user_domain_name = Default
project_name = service
project_domain_name = Default
token_cache_time = -1
[oslo_policy]
policy_file = ${site.directory}/no-policy.yaml
`;

export const glancePaste = `[pipeline:glance-api-keystone]
pipeline = versionnegotiation authtoken context rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
`;

/** What a user would have in `~/.config/openstack/clouds.yaml`; the password is beside it in secure.yaml. */
export const cloudsYaml = (/** @type {Site} */ site) => `clouds:
  dibkit-test:
    auth_type: password
    auth:
      auth_url: ${authUrl(site)}
      username: builder
      user_domain_name: Default
      project_name: images
      project_domain_name: Default
    region_name: RegionOne
`;

export const secureYaml = (/** @type {Site} */ site) => `clouds:
  dibkit-test:
    auth:
      password: ${site.secrets.user}
`;
