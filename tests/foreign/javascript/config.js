// The target's configuration, with all its faults at once.

const REQUIRED = ['certificate', 'key'];
const PATHS = [...REQUIRED, 'chain', 'program', 'config-file', 'error-log'];
const NAMES = ['owner', 'group', 'reach'];

export function parse(text) {
  const config = JSON.parse(text);
  const problems = REQUIRED.filter((key) => !(key in config)).map((key) => problem(key, 'it is missing'));
  for (const [key, value] of Object.entries(config)) {
    if (![...PATHS, ...NAMES].includes(key)) problems.push(problem(key, 'there is no such key'));
    else if (typeof value !== 'string') problems.push(problem(key, 'it is no string'));
    else if (PATHS.includes(key) && !value.startsWith('/')) problems.push(problem(key, 'it is no absolute path'));
  }
  return { config, problems };
}

function problem(key, message) {
  return { pointer: `/${key}`, message };
}

// nginx's command line with these last arguments.
export function command(config, ...last) {
  const argv = [config.program ?? '/usr/sbin/nginx'];
  if (config['config-file']) argv.push('-c', config['config-file']);
  if (config['error-log']) argv.push('-e', config['error-log']);
  return [...argv, ...last];
}
