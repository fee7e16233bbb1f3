//! A real nginx gets a renewed certificate: through a running worker, and by the hooks that people write.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use lastmile::credential::Identity;
use lastmile::outbox::{NewMessage, Payload, SqliteStore, Store};
use lastmile::outcome::Outcome;
use lastmile::verify::{StartTls, Verify, served_fingerprint};
use tokio::runtime::Runtime;

use crate::measure::{Side, Spread, human, in_turns};
use crate::report::Report;
use crate::room::{Pair, Room, program};

const ROUNDS: usize = 40;
/// nginx ends its old workers, lastmile empties its write-ahead log: neither belongs to the next deployment.
const CALM: Duration = Duration::from_millis(800);
const IDLE: Duration = Duration::from_secs(10);

pub(crate) fn measure(report: &mut Report) {
    report.section(
        "(e) A real nginx",
        "*Returns*: the receipt can be read from the outbox, or the hook's process has ended. *Served*: every handshake for 30 ms got the \
         new certificate, by the same prober for every side, which looks every 2 ms; *first served*: one of them did. For about 100 ms after a \
         reload nginx's old and new workers answer in turns, so only the former is what lastmile's receipt says; a hook's end says nothing. \
         The hook is `install -m`, `mv`, for key and certificate, then `nginx -t` and `nginx -s reload`; the durable one has `sync -f` after each file.",
    );
    let room = Room::new();
    let first = room.pair("first");
    let _nginx = room.nginx(&first);
    room.configure(room.port, "");
    let stage = Stage::new(&room);
    let worker = Worker::start(&room);
    let hooks = ["", "sync -f \"$file\""].map(|sync| stage.hook(sync));
    let sides: Vec<Side<'_, Taken>> = vec![
        Box::new(|| stage.enqueue()),
        Box::new(|| stage.run(&hooks[0])),
        Box::new(|| stage.run(&hooks[1])),
    ];
    let samples = in_turns(ROUNDS, sides);
    let all = |side: usize, of: fn(&Taken) -> Duration| samples[side].iter().map(of).collect::<Vec<_>>();
    let returns = |side| all(side, |taken| taken.returns);
    let first = |side| all(side, |taken| taken.first);
    let served = |side| all(side, |taken| taken.served);
    let table = [
        ("lastmile, receipt (verified)", returns(0)),
        ("lastmile, first served", first(0)),
        ("lastmile, served", served(0)),
        ("hook, returns", returns(1)),
        ("hook, first served", first(1)),
        ("hook, served", served(1)),
        ("durable hook, returns", returns(2)),
        ("durable hook, first served", first(2)),
        ("durable hook, served", served(2)),
    ];
    let rows: Vec<(&str, &[Duration])> = table.iter().map(|(name, row)| (*name, row.as_slice())).collect();
    let spreads = report.sides(&rows);
    ratios(report, &spreads);
    idle(report, &worker);
}

fn ratios(report: &mut Report, spreads: &[Spread]) {
    let [receipt, first, served, hook, hook_first, hook_served, durable, durable_first, durable_served] =
        spreads
    else {
        panic!("nine rows")
    };
    let ratio = receipt.over(durable_served);
    report.ratio("verified receipt / durable hook until served", ratio, "below 1", ratio < 1.0);
    let ratio = receipt.over(hook_served);
    report.ratio("verified receipt / hook until served", ratio, "at most 1.2", ratio <= 1.2);
    for (name, [returns, first_served, all_served]) in [
        ("hook", [hook, hook_first, hook_served]),
        ("durable hook", [durable, durable_first, durable_served]),
    ] {
        report.line(&format!(
            "lastmile / {name}: until served {:.2}, until first served {:.2}; verified receipt / {name} returns {:.2}.\n",
            served.over(all_served),
            first.over(first_served),
            receipt.over(returns)
        ));
    }
}

fn idle(report: &mut Report, worker: &Worker) {
    let before = worker.used();
    std::thread::sleep(IDLE);
    let after = worker.used();
    let seconds = IDLE.as_secs_f64();
    report.line(&format!(
        "The idle worker, over {seconds} s: {} of CPU a second, {:.0} wake-ups a second.\n",
        human((after.0 - before.0).div_f64(seconds)),
        (after.1 - before.1) as f64 / seconds
    ));
}

/// When the ends of a deployment came.
struct Taken {
    returns: Duration,
    first: Duration,
    served: Duration,
}

/// As long as every look of it must get the new certificate; as long as the host's own verification.
const STEADY: Duration = Duration::from_millis(30);

struct Stage<'a> {
    room: &'a Room,
    identity: Identity,
    store: SqliteStore,
    runtime: Runtime,
    turn: std::cell::Cell<u32>,
}

impl<'a> Stage<'a> {
    fn new(room: &'a Room) -> Self {
        Self {
            room,
            identity: Identity::load(&room.file("state/identity.age")).unwrap(),
            store: SqliteStore::open(room.file("state/outbox.sqlite")).unwrap(),
            runtime: Runtime::new().unwrap(),
            turn: std::cell::Cell::default(),
        }
    }

    fn next(&self) -> Pair {
        std::thread::sleep(CALM);
        self.turn.set(self.turn.get() + 1);
        self.room.pair(&format!("renewed-{}", self.turn.get()))
    }

    /// As an orchestrator does: a row, then a look at the view until the receipt is there.
    fn enqueue(&self) -> Taken {
        let pair = self.next();
        let message = self.message(&pair);
        let started = Instant::now();
        let prober = self.probe(&pair, started);
        let id = self.store.enqueue(&message).unwrap();
        let receipt = loop {
            let row = self.store.show(id).unwrap().unwrap();
            if row.outcome.is_some() {
                break row;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{}: {}", row.state, row.note);
            std::thread::sleep(Duration::from_millis(1));
        };
        let returns = started.elapsed();
        assert_eq!(receipt.outcome, Some(Outcome::Changed), "{}", receipt.note);
        let (first, served) = prober.recv().unwrap();
        Taken { returns, first, served }
    }

    fn run(&self, hook: &str) -> Taken {
        let pair = self.next();
        let started = Instant::now();
        let prober = self.probe(&pair, started);
        let ended = Command::new("/bin/sh")
            .args(["-e", "-c", hook, "hook"])
            .args([&pair.key, &pair.certificate])
            .stderr(Stdio::null())
            .status();
        let returns = started.elapsed();
        assert!(ended.unwrap().success());
        let (first, served) = prober.recv().unwrap();
        Taken { returns, first, served }
    }

    fn message(&self, pair: &Pair) -> NewMessage {
        let certificate = fs::read_to_string(&pair.certificate).unwrap();
        let key = lastmile::credential::seal(&fs::read(&pair.key).unwrap(), &[self.identity.recipient()]);
        NewMessage {
            event_id: pair.fingerprint.clone(),
            tenant: "default".to_owned(),
            target: "web".to_owned(),
            generation: None,
            fingerprint: pair.fingerprint.clone(),
            payload: Payload {
                version: 1,
                certificate,
                chain: String::new(),
                key: key.unwrap(),
                not_after: 0,
            },
        }
    }

    fn hook(&self, sync: &str) -> String {
        let p = self.room.path.display();
        let nginx = format!("/usr/sbin/nginx -c {p}/nginx.conf -e {p}/log/error.log");
        format!(
            "file={p}/tls/site.key; install -m 600 \"$1\" \"$file.new\"; mv \"$file.new\" \"$file\"; {sync}\n\
             file={p}/tls/site.pem; install -m 644 \"$2\" \"$file.new\"; mv \"$file.new\" \"$file\"; {sync}\n\
             {nginx} -t; {nginx} -s reload"
        )
    }

    fn probe(&self, pair: &Pair, started: Instant) -> Receiver<(Duration, Duration)> {
        let wanted = Verify {
            endpoint: format!("127.0.0.1:{}", self.room.port),
            server_name: "example.test".to_owned(),
            named: true,
            starttls: StartTls::None,
            attempts: 1,
            interval: Duration::ZERO,
        };
        let (found, at) = channel();
        let (runtime, fingerprint) = (self.runtime.handle().clone(), pair.fingerprint.clone());
        std::thread::spawn(move || {
            let (mut first, mut since) = (None, None);
            loop {
                let served = served_fingerprint(&wanted, &runtime, Duration::from_secs(1));
                let now = started.elapsed();
                if served.is_ok_and(|served| served == fingerprint) {
                    let (first, since) = (*first.get_or_insert(now), *since.get_or_insert(now));
                    if now - since >= STEADY {
                        let _ = found.send((first, now));
                        return;
                    }
                } else {
                    since = None;
                }
                assert!(now < Duration::from_secs(60), "the new certificate is never served");
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        at
    }
}

/// `lastmile run`, until the benchmark ends.
struct Worker(Child);

impl Worker {
    fn start(room: &Room) -> Self {
        let log = fs::File::create(room.file("log/worker")).unwrap();
        Self(room.command(&program(), &["run"]).stderr(log).spawn().unwrap())
    }

    /// CPU time and voluntary switches of all its threads so far.
    fn used(&self) -> (Duration, u64) {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let mut sum = (Duration::ZERO, 0);
        for task in tasks {
            let path = task.unwrap().path();
            let run = fs::read_to_string(path.join("schedstat")).unwrap_or_default();
            let nanos = run.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
            let status = fs::read_to_string(path.join("status")).unwrap_or_default();
            let switches = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            sum.0 += Duration::from_nanos(nanos);
            sum.1 += switches.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
        }
        sum
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}
