#!/bin/bash
# Writes the packages that the root is made with to debian-express/packages in the hooks directory, sorted, one a line. It
# looks at every element and may look at every variable, in their conditions. So it stands apart from the script that makes
# the root: that one is run again only when another list comes of it.

if [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
    set -x
fi
set -eu
set -o pipefail

work=$(mktemp -d)
trap 'sudo rm -rf "$work"' EXIT

# What package-installs will install, one "ELEMENT PACKAGE" a line, by upstream's own reading of all elements.
function wanted_packages {
    sudo -E "$DIB_PYTHON_EXEC" "$TMP_HOOKS_PATH/bin/package-installs-squash" \
        --elements="$IMAGE_ELEMENT" --path="$ELEMENTS_PATH" "$work/package-installs.json" >&2
    "$DIB_PYTHON_EXEC" - "$work/package-installs.json" <<'EOF'
import json
import sys

for phase in json.load(open(sys.argv[1])).values():
    for package, element in phase.get("install", []):
        print(element, package)
EOF
}

# The names that packages on standard input have in this distribution, by the pkg-map of their elements.
function mapped_packages {
    local -A asked=() directories=()
    local element package map
    while read -r element package; do
        asked[$element]+=" $package"
    done
    eval "directories=($(get_image_element_array))"
    for element in "${!asked[@]}"; do
        map=${directories[$element]}/pkg-map
        read -r -a packages <<<"${asked[$element]}"
        if [ -f "$map" ]; then
            "$DIB_PYTHON_EXEC" "$TMP_HOOKS_PATH/bin/pkg-map" --pkg-map "$map" --missing-ok --prefix=- "${packages[@]}" |
                sed -n 's/^-//p' | tr ' ' '\n'
        else
            printf '%s\n' "${packages[@]}"
        fi
    done
}

# What scripts install by themselves: those of the element base always the same, others what the caller knows of.
function scripted_packages {
    case " $IMAGE_ELEMENT " in
        *" base "*) printf '%s\n' apt-transport-https open-iscsi software-properties-common ;;
    esac
    tr ' ' '\n' <<<"${DIB_EXPRESS_PACKAGES:-}"
}

wanted_packages | mapped_packages >"$work/wanted"
scripted_packages >>"$work/wanted"
mkdir -p "$TMP_HOOKS_PATH/debian-express"
sed '/^$/d' "$work/wanted" | sort -u >"$TMP_HOOKS_PATH/debian-express/packages"
