if ($job.import) {
  $line = [Array]::IndexOf($bytes, [byte]10, $end + 1)
  $secret = [Text.Encoding]::ASCII.GetString($bytes, $end + 1, $line - $end - 1)
  $pfx = New-Object byte[] ($bytes.Length - $line - 1)
  [Array]::Copy($bytes, $line + 1, $pfx, 0, $pfx.Length)
  $all = New-Object Security.Cryptography.X509Certificates.X509Certificate2Collection
  $all.Import($pfx, $secret, 'MachineKeySet, PersistKeySet')
  foreach ($c in $all) {
    $name = if ($c.HasPrivateKey) { $job.store } elseif ($c.Subject -ne $c.Issuer) { 'CA' } else { continue }
    $store = New-Object Security.Cryptography.X509Certificates.X509Store($name, 'LocalMachine')
    $store.Open('ReadWrite')
    $store.Add($c)
    $store.Close()
  }
}
$mine = Mine
if (-not ($mine -and $mine.HasPrivateKey)) { throw 'the store does not hold the certificate with its key' }
function Bind($verb, $binding, $hash, $app, $store) {
  $said = & netsh.exe http $verb sslcert $binding "certhash=$hash" "appid=$app" "certstorename=$store"
  if ($LASTEXITCODE -ne 0) { throw "netsh http $verb sslcert ${binding}: $said" }
}
$done = @()
$altered = @()
try {
  foreach ($binding in $job.bindings) {
    $old = Record $binding
    $hash = Hash $old
    if ($hash -eq $mine.Thumbprint) { continue }
    $app = if ($hash -and $old -match '\{[0-9a-fA-F-]{36}\}') { $Matches[0] } else { $job.app }
    Bind $(if ($hash) { 'update' } else { 'add' }) $binding $mine.Thumbprint $app $job.store
    $done += @{ binding = $binding; hash = $hash; app = $app }
    $new = (Record $binding) -replace $mine.Thumbprint
    if ($hash -and ($old -replace $hash) -ne $new) { $altered += $binding }
  }
} catch {
  foreach ($d in $done) {
    if ($d.hash) { Bind 'update' $d.binding $d.hash $d.app (Split-Path -Leaf (Held $d.hash).PSParentPath) }
    else { & netsh.exe http delete sslcert $d.binding }
  }
  throw
}
ConvertTo-Json -Compress @{ altered = [string[]]@($altered) }
