import {
  bash,
  defineElement,
  elementRef,
  envDefault,
  finalise,
  fromDirectory,
  fromFile,
  postInstall,
  preInstall,
  variable,
} from "@dibkit/model";

const port = variable("ACME_WEB_PORT");
const greeting = variable("ACME_WEB_GREETING");

/** A web server that is reachable as soon as the machine has an address. */
export const acmeWeb = defineElement("acme-web", {
  summary: "serves a page with nginx, and takes an address by DHCP",
  description:
    "The page is written when the image is built. A unit that is enabled at boot reports on the console when the\nserver is ready.",
  deps: [elementRef("dib-init-system"), elementRef("install-static"), elementRef("package-installs")],
  environment: {
    ACME_WEB_PORT: envDefault("80", "the port nginx listens on"),
    ACME_WEB_GREETING: envDefault("Hello from dibkit", "the text of the page"),
  },
  packages: {
    nginx: {},
    // For a look at the network on the console.
    iproute2: {},
  },
  // Configuration files that are the same in every image lie beside this module, at their path in the image.
  static: fromDirectory("./acme-web/static"),
  initScripts: {
    systemd: { "acme-web-ready.service": fromFile("./acme-web/acme-web-ready.service") },
  },
  scripts: [
    preInstall(
      50,
      "iscsi-name",
      bash`
        # Each machine makes a name of its own at its first boot, instead of all having one that was made up here.
        install -d -m 0755 /etc/iscsi
        echo GenerateName=yes >/etc/iscsi/initiatorname.iscsi
        chmod 0600 /etc/iscsi/initiatorname.iscsi
      `,
    ),
    preInstall(
      60,
      "acme-web",
      bash`
        # The pages belong to an account of their own, so that nginx can read but not write them.
        getent passwd acme-web >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin acme-web
        install -d -o acme-web -g acme-web -m 0755 /srv/acme-web
      `,
    ),
    postInstall(
      60,
      "acme-web",
      bash`
        printf '%s\n' ${greeting} >/srv/acme-web/index.html
        chown acme-web:acme-web /srv/acme-web/index.html

        cat >/etc/nginx/sites-available/acme-web <<EOF
        server {
            listen ${port} default_server;
            root /srv/acme-web;
            include snippets/acme-web-headers.conf;
        }
        EOF
        ln -sf ../sites-available/acme-web /etc/nginx/sites-enabled/acme-web
        rm -f /etc/nginx/sites-enabled/default

        systemctl enable nginx.service systemd-networkd.service acme-web-ready.service
      `,
    ),
    finalise(
      60,
      "acme-web",
      bash`
        # Better here than at the first boot. It opens its port, which may be taken on the building machine, and which an
        # ordinary user may open in a network of the build's own only.
        unshare --net nginx -t
      `,
    ),
  ],
});
