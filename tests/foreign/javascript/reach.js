// What no connector has. The tests let it reach out for it when its files are written and nginx has not read them.

export async function reach(what) {
  await REACHES[what]();
}

function check(holds, text) {
  if (!holds) throw { tag: 'rejected', val: text };
}

const REACHES = {
  log() {
    console.log('\x1b[31mred\x1b[0m\rforged');
    console.error('é'.repeat(200_000));
  },
  // Clocks and randomness answer; nothing in them is the host's.
  environment() {
    const start = performance.now();
    check(start < 60_000 && performance.now() >= start, 'the monotonic clock starts with the call');
    check(Date.now() > 1_700_000_000_000, 'the wall clock goes');
    check(crypto.randomUUID() !== crypto.randomUUID(), 'randomness is random');
  },
  http: () => fetch('http://127.0.0.1:22/'),
  sleep: () => new Promise((resolve) => setTimeout(resolve, 10)),
};
