$mine = Mine
$bound = foreach ($binding in $job.bindings) {
  $c = Held (Hash (Record $binding))
  if ($c) { Fingerprint $c } else { '' }
}
ConvertTo-Json -Compress @{ key = [bool]($mine -and $mine.HasPrivateKey); bound = [string[]]@($bound) }
