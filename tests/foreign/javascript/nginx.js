// nginx: write certificate and key, let nginx test its configuration, reload.

import { write } from 'lastmile:connector/fs@0.1.0';
import { exec } from 'lastmile:connector/process@0.1.0';

import { command, parse } from './config.js';
import { reach } from './reach.js';

export const connector = {
  name: () => 'nginx-javascript',

  capabilities(text) {
    const { config, problems } = parse(text);
    if (problems.length) throw problems;
    const files = [config.key, config.certificate, config.chain].filter((path) => path);
    const commands = [command(config, '-t'), command(config, '-s', 'reload')];
    return [
      ...files.map((val) => ({ tag: 'fs-write', val })),
      ...commands.map((val) => ({ tag: 'process-exec', val })),
    ];
  },

  async deploy(deployment) {
    const { config, problems } = parse(deployment.config);
    if (problems.length) throw { tag: 'misconfigured', val: problems };
    const changed = writeFiles(config, deployment.certificate);
    if (config.reach) await reach(config.reach);
    // A later attempt reloads in any case: the files may be right and the server may not have read them.
    if (!changed && deployment.attempt <= 1) {
      return { changed, reference: config.certificate, note: 'nginx has it already' };
    }
    const refused = run(command(config, '-t'), false);
    if (refused) throw { tag: 'rejected', val: `nginx -t: ${refused}` };
    const failed = run(command(config, '-s', 'reload'), true);
    if (failed) throw { tag: 'unavailable', val: [`is nginx running? ${failed}`, undefined] };
    return { changed, reference: config.certificate, note: 'nginx reloaded' };
  },

  observe: () => undefined,
};

function writeFiles(config, { leafPem, chainPem }) {
  const key = { tag: 'sealed', val: { secret: { tag: 'private-key', val: 'pkcs8' }, encoding: 'raw' } };
  // A group was named so that it may read the key.
  const files = [[config.key, key, config.group ? 0o640 : 0o600]];
  if (config.chain) {
    files.push([config.certificate, { tag: 'text', val: leafPem }, 0o644]);
    files.push([config.chain, { tag: 'text', val: chainPem }, 0o644]);
  } else {
    files.push([config.certificate, { tag: 'text', val: leafPem + chainPem }, 0o644]);
  }
  const outcomes = files.map(([path, part, mode]) => {
    console.log(`writing ${path}`);
    const attributes = { mode, owner: config.owner, group: config.group };
    return through(() => write(path, [part], attributes));
  });
  return outcomes.some((outcome) => outcome !== 'unchanged');
}

// What the program complained of, or nothing.
function run(argv, repeat) {
  const { status, stderr } = through(() => exec({ argv, stdin: [], onRollback: { tag: repeat ? 'repeat' : 'nothing' } }));
  if (status.tag === 'exited' && status.val === 0) return undefined;
  return `${status.tag} ${status.val ?? ''}: ${new TextDecoder().decode(stderr).trim()}`;
}

// A door's refusal is the deployment's failure.
function through(door) {
  try {
    return door();
  } catch (error) {
    if (!error.payload) throw error;
    const { tag, val } = error.payload;
    throw { tag: tag === 'denied' ? 'denied' : 'rejected', val };
  }
}
