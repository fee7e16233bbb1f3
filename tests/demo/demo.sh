#!/usr/bin/env bash
# The main job on real servers: a renewed certificate goes from the outbox through three sandboxed
# connectors onto nginx, HAProxy and AWS Certificate Manager (moto), and three attacks are refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
repo=$PWD
lastmile=$repo/target/release/lastmile
demo=${LASTMILE_DEMO_DIR:-$repo/target/demo}
# Three ports that nobody has: held together, so that they differ.
read -r nginx_port haproxy_port moto_port < <(python3 -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(s.getsockname()[1] for s in held))')

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
stop() {
  for pidfile in "$demo"/nginx/nginx.pid "$demo"/haproxy/pid; do
    [ -f "$pidfile" ] && kill "$(cat "$pidfile")" 2>/dev/null || true
  done
  [ -z "${moto_pid:-}" ] || { kill "$moto_pid" && wait "$moto_pid"; } 2>/dev/null || true
  for _ in $(seq 100); do pgrep -f "$demo/(nginx|haproxy)/" >/dev/null || return 0; sleep 0.1; done
  echo "a server of the demo did not stop" >&2
}
trap stop EXIT
stop; rm -rf "$demo"; mkdir -p "$demo"/{ca,old,new,nginx/tls,haproxy/tls,outside}

certificate() { # directory: a key and a leaf under the demo's own CA
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1/key.pem" \
    -subj "/CN=demo.example" -out "$1/request.pem" 2>/dev/null
  openssl x509 -req -in "$1/request.pem" -CA "$demo/ca/cert.pem" -CAkey "$demo/ca/key.pem" -CAcreateserial \
    -days 30 -extfile <(printf 'subjectAltName=DNS:demo.example') -out "$1/cert.pem" 2>/dev/null
}
fingerprint() { openssl x509 -noout -fingerprint -sha256 | cut -d= -f2 | tr -d : | tr A-F a-f; }
served() { openssl s_client -connect "127.0.0.1:$1" -servername demo.example </dev/null 2>/dev/null | fingerprint; }
await() { for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; echo "port $1 did not open" >&2; exit 1; }

say "1. A CA, an old certificate that is served, a new one that was just issued"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$demo/ca/key.pem" \
  -out "$demo/ca/cert.pem" -subj "/CN=lastmile demo CA" -days 30 2>/dev/null
certificate "$demo/old"; certificate "$demo/new"
cp "$demo/old/cert.pem" "$demo/nginx/tls/site.pem"; cp "$demo/old/key.pem" "$demo/nginx/tls/site.key"
cat "$demo/old/cert.pem" "$demo/old/key.pem" >"$demo/haproxy/tls/site.pem"
chmod 600 "$demo"/nginx/tls/site.key "$demo"/haproxy/tls/site.pem

cat >"$demo/nginx/nginx.conf" <<EOF
pid $demo/nginx/nginx.pid;
error_log $demo/nginx/error.log;
events {}
http {
  access_log off;
  client_body_temp_path $demo/nginx/body; proxy_temp_path $demo/nginx/proxy; fastcgi_temp_path $demo/nginx/fastcgi;
  uwsgi_temp_path $demo/nginx/uwsgi; scgi_temp_path $demo/nginx/scgi;
  server {
    listen 127.0.0.1:$nginx_port ssl; server_name demo.example;
    ssl_certificate $demo/nginx/tls/site.pem; ssl_certificate_key $demo/nginx/tls/site.key;
    location / { return 200 "served\n"; }
  }
}
EOF
cat >"$demo/haproxy/haproxy.cfg" <<EOF
global
  stats socket $demo/haproxy/admin.sock mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend site
  bind 127.0.0.1:$haproxy_port ssl crt $demo/haproxy/tls/site.pem
  http-request return status 200 content-type text/plain string served
EOF
/usr/sbin/nginx -c "$demo/nginx/nginx.conf" -e "$demo/nginx/error.log"
/usr/sbin/haproxy -W -D -f "$demo/haproxy/haproxy.cfg" -p "$demo/haproxy/pid"
target/venv/bin/moto_server -H 127.0.0.1 -p $moto_port >"$demo/moto.log" 2>&1 & moto_pid=$!
await $nginx_port; await $haproxy_port; await $moto_port
echo "nginx    serves $(served $nginx_port)"
echo "haproxy  serves $(served $haproxy_port)"

say "2. plugins.toml: three connectors with exactly what they may touch, three hostile ones beside them"
digest() { sha256sum "$1" | cut -d' ' -f1; }
plugin() { printf '\n[plugins.%s]\ncomponent = "%s"\nsha256 = "%s"\n' "$1" "$2" "$(digest "$2")"; }
target() { printf '\n[targets.%s]\nplugin = "%s"\nconfig = { %s }\n' "$1" "$2" "$3"; }
{
  printf 'schema = 1\n\n[host]\nstate-dir = "%s"\n' "$demo/state"
  plugin nginx "$repo/plugins/nginx.wasm"
  cat <<EOF
[plugins.nginx.grant]
fs.write = ["$demo/nginx/tls/"]
process.exec = [
  ["/usr/sbin/nginx", "-c", "$demo/nginx/nginx.conf", "-e", "$demo/nginx/error.log", "-t"],
  ["/usr/sbin/nginx", "-c", "$demo/nginx/nginx.conf", "-e", "$demo/nginx/error.log", "-s", "reload"],
]
EOF
  target web nginx "certificate = \"$demo/nginx/tls/site.pem\", key = \"$demo/nginx/tls/site.key\", config-file = \"$demo/nginx/nginx.conf\", error-log = \"$demo/nginx/error.log\""
  echo "verify = { endpoint = \"127.0.0.1:$nginx_port\", server-name = \"demo.example\" }"
  plugin haproxy "$repo/plugins/haproxy.wasm"
  cat <<EOF
[plugins.haproxy.grant]
fs.write = ["$demo/haproxy/tls/"]
process.exec = [
  ["/usr/sbin/haproxy", "-c", "-f", "$demo/haproxy/haproxy.cfg"],
  ["/usr/bin/pkill", "-USR2", "-F", "$demo/haproxy/pid", "-x", "haproxy"],
]
EOF
  target edge haproxy "pem = \"$demo/haproxy/tls/site.pem\", check = [\"/usr/sbin/haproxy\", \"-c\", \"-f\", \"$demo/haproxy/haproxy.cfg\"], reload = [\"/usr/bin/pkill\", \"-USR2\", \"-F\", \"$demo/haproxy/pid\", \"-x\", \"haproxy\"]"
  echo "verify = { endpoint = \"127.0.0.1:$haproxy_port\", server-name = \"demo.example\" }"
  plugin aws-acm "$repo/plugins/aws-acm.wasm"
  printf '[plugins.aws-acm.grant]\nnet.dial = ["http://127.0.0.1:%s"]\n' $moto_port
  target acm aws-acm "region = \"eu-central-1\", endpoint = \"http://127.0.0.1:$moto_port\""
  cat <<'EOF'
secrets = { id = "env:DEMO_AWS_ID", secret = "env:DEMO_AWS_SECRET" }
auth = { kind = "aws-sigv4", region = "eu-central-1", service = "acm", access-key-id = "id", secret-access-key = "secret" }
plaintext = true
EOF
  for attack in fs-parent-escape net-ungranted-host exec-ungranted-argument; do
    plugin "$attack" "$repo/target/hostile/$attack.wasm"
    cat <<EOF
[plugins.$attack.grant]
fs.write = ["$demo/nginx/tls/"]
net.dial = ["https://127.0.0.1:$nginx_port"]
process.exec = [["/usr/bin/true", "harmless"]]
EOF
    target "$attack" "$attack" "prefix = \"$demo/nginx/tls/\", endpoint = \"https://127.0.0.1:$nginx_port\", command = [\"/usr/bin/true\", \"harmless\"]"
  done
} >"$demo/plugins.toml"
export LASTMILE_CONFIG=$demo/plugins.toml DEMO_AWS_ID=AKIDEMO DEMO_AWS_SECRET=demo-secret-access-key
"$lastmile" init
"$lastmile" check

say "3. Three deployments through the outbox"
for name in web edge acm; do
  "$lastmile" deploy "$name" --certificate "$demo/new/cert.pem" --chain "$demo/ca/cert.pem" --key "$demo/new/key.pem"
done
"$lastmile" run --until-idle 2>"$demo/worker.log" || { cat "$demo/worker.log"; exit 1; }
"$lastmile" outbox list

say "4. Three attacks"
before=$(cd "$demo" && find nginx/tls outside -type f -exec sha256sum {} + | sort)
for attack in fs-parent-escape net-ungranted-host exec-ungranted-argument; do
  "$lastmile" deploy "$attack" --certificate "$demo/new/cert.pem" --chain "$demo/ca/cert.pem" --key "$demo/new/key.pem" >/dev/null
done
"$lastmile" run --until-idle 2>>"$demo/worker.log"
for attack in fs-parent-escape net-ungranted-host exec-ungranted-argument; do "$lastmile" history "$attack" | tail -n +2; done
after=$(cd "$demo" && find nginx/tls outside -type f -exec sha256sum {} + | sort)
[ "$before" = "$after" ] || { echo "an attack changed a file" >&2; exit 1; }

say "5. What is served now"
want=$(fingerprint <"$demo/new/cert.pem")
acm=$(curl -s "http://127.0.0.1:$moto_port/" -H 'Content-Type: application/x-amz-json-1.1' \
  -H 'X-Amz-Target: CertificateManager.ListCertificates' -H 'Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu-central-1/acm/aws4_request, SignedHeaders=host, Signature=x' \
  -d '{}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["CertificateSummaryList"][0]["CertificateArn"])')
acm_fingerprint=$(curl -s "http://127.0.0.1:$moto_port/" -H 'Content-Type: application/x-amz-json-1.1' \
  -H 'X-Amz-Target: CertificateManager.GetCertificate' -H 'Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu-central-1/acm/aws4_request, SignedHeaders=host, Signature=x' \
  -d "{\"CertificateArn\":\"$acm\"}" | python3 -c 'import json,sys; print(json.load(sys.stdin)["Certificate"])' | fingerprint)
status=0
for pair in "nginx $(served $nginx_port)" "haproxy $(served $haproxy_port)" "aws-acm $acm_fingerprint"; do
  set -- $pair
  printf '%-8s serves %s\n' "$1" "$2"
  [ "$2" = "$want" ] || { echo "  but $want was deployed" >&2; status=1; }
done
refused=$(for attack in fs-parent-escape net-ungranted-host exec-ungranted-argument; do "$lastmile" --json history "$attack"; done | grep -c '"outcome": "denied"' || true)
# The search must find the key where it belongs, and nowhere in the state directory and the logs.
grep -v -e ----- "$demo/new/key.pem" >"$demo/new/needles"; echo "$DEMO_AWS_SECRET" >>"$demo/new/needles"
grep -qF -f "$demo/new/needles" "$demo/nginx/tls/site.key" || { echo "the search for secrets is blind" >&2; status=1; }
if leaks=$(grep -rlaF -f "$demo/new/needles" "$demo/state" "$demo"/*.log "$demo"/*/*.log); then
  echo "secrets found in: $leaks" >&2; status=1
else
  echo "secrets in the outbox, the state directory and the logs: none"
fi
echo "attacks refused: $refused of 3"
[ "$refused" -eq 3 ] || status=1
exit $status
