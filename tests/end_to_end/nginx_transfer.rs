//! A transfer in flight survives a deployment.

use std::fs;
use std::process::{Command, Stdio};

use crate::room::{Room, await_that};

const SIZE: usize = 24 << 20;

#[test]
fn a_slow_download_over_tls_is_whole_although_the_certificate_changed_beneath_it() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    fs::create_dir(room.file("www")).unwrap();
    // Never the same block twice, so that a piece that is lost or repeated shows.
    let content: Vec<u8> = (0..SIZE as u64 / 8).flat_map(u64::to_le_bytes).collect();
    fs::write(room.file("www/big"), &content).unwrap();
    room.place(&old);
    let p = room.path.display();
    let server = format!(
        "server {{ listen 127.0.0.1:{} ssl; ssl_certificate {p}/tls/site.pem; ssl_certificate_key {p}/tls/site.key;
           root {p}/www; limit_rate 3m; }}",
        room.port
    );
    room.nginx_conf_with("user root;", &server);
    let _nginx = room.start_nginx(&mut Command::new("/usr/sbin/nginx"));
    room.configure(room.port, "");

    let taken = room.file("taken");
    let mut curl = Command::new("curl");
    curl.args(["-sk", "--max-time", "120", &format!("https://127.0.0.1:{}/big", room.port), "-o"])
        .arg(&taken);
    let mut curl = curl.stdin(Stdio::null()).spawn().unwrap();
    let length = || fs::metadata(&taken).map_or(0, |file| file.len());
    await_that("the transfer is under way", || length() > 1 << 20);
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    room.await_served(&new.fingerprint);
    assert!(length() < SIZE as u64, "the transfer was over before the deployment was");
    assert!(curl.wait().unwrap().success());
    assert!(fs::read(&taken).unwrap() == content, "the download is not what the server has");
}
