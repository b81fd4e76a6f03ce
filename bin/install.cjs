// Installs the packages of this clone where they are missing or not those of package-lock.json, and says so in one line:
// all of them, or with the word `runtime` what running takes, two thirds of it. `npm start`, `npm test` and their like run
// it first. It must parse on any Node from 12 on, and is silent when nothing is to be done.
'use strict';

const childProcess = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.dirname(__dirname);
const lockfile = path.join(root, 'package-lock.json');
// npm writes it when an install is over, and `npm ci` begins by deleting it: where it stands, nothing was interrupted.
const installed = path.join(root, 'node_modules', '.package-lock.json');
const busy = path.join(root, '.installing');

const runtimeOnly = process.argv[2] === 'runtime';

const RUNTIME_MAJOR = 24;
const POLL_MS = 200;
const TOUCH_MS = 5000;
const ABANDONED_MS = 60000;

function say(text) {
  process.stderr.write(`levee: ${text}\n`);
}

/** The text of a file, or null when there is none. */
function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The `packages` of a lockfile: location -> entry. None for a file that is missing or cut off. */
function packagesOf(file) {
  const text = readIfThere(file);
  if (text === null) return {};
  try {
    return JSON.parse(text).packages || {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function fits(list, value) {
  if (list === undefined) return true;
  const words = [].concat(list);
  if (words.indexOf(`!${value}`) >= 0) return false;
  return words.indexOf(value) >= 0 || words.every((word) => word[0] === '!');
}

/**
 * Whether a package of the lockfile has to be there. npm leaves out what does not fit the platform, and, without a word,
 * an optional package that it could not fetch: so those that fit are asked for. Packages for one C library are not asked
 * for: which one runs here is costly to find out.
 */
function isNeeded(entry) {
  if (runtimeOnly && entry.dev) return false;
  if (!entry.optional && !entry.devOptional) return true;
  if (entry.libc !== undefined) return false;
  const isRuntime = entry.bin !== undefined && entry.bin.node !== undefined;
  if (isRuntime && parseInt(process.versions.node, 10) >= RUNTIME_MAJOR) return false;
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch);
}

/** The locations of the lockfile that are missing from node_modules, or there in another version. */
function missingPackages() {
  const wanted = packagesOf(lockfile);
  const present = packagesOf(installed);
  return Object.keys(wanted).filter((location) => {
    if (location === '') return false;
    const entry = wanted[location];
    const found = present[location];
    if (found === undefined || (runtimeOnly && entry.dev)) return isNeeded(entry);
    return (
      found.version !== entry.version ||
      found.integrity !== entry.integrity ||
      !fs.existsSync(path.join(root, location, 'package.json'))
    );
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Who installs, as `host pid pid`: this process and the npm that it started. */
function claim(pids, flag) {
  fs.writeFileSync(busy, [os.hostname()].concat(pids).join(' '), { flag: flag });
}

function tryClaim() {
  try {
    claim([process.pid], 'wx');
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a claim away, but only the one that was read: another process may have done so and claimed anew meanwhile. */
function breakClaim(text) {
  const aside = `${busy}.${process.pid}`;
  try {
    fs.renameSync(busy, aside);
    if (fs.readFileSync(aside, 'utf8') === text) fs.unlinkSync(aside);
    else fs.renameSync(aside, busy);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Calls `then` once this process may install, and no other one does. */
function whenFree(then) {
  let waiting = false;
  let mark = null;
  let silence = 0;
  function attempt() {
    if (tryClaim()) return then();
    let touched;
    let text;
    try {
      touched = fs.statSync(busy).mtimeMs;
      text = fs.readFileSync(busy, 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT') return attempt();
      throw error;
    }
    const words = text.split(' ');
    const pids = words.slice(1).map(Number);
    const isDead = words[0] === os.hostname() && !pids.some(isAlive);
    // A claim of another machine or container, or whose process number went to someone else, is judged by its silence:
    // in polls, not by the clock, which jumps when a machine wakes up.
    silence = touched === mark ? silence + POLL_MS : 0;
    mark = touched;
    if (isDead || silence > ABANDONED_MS) {
      breakClaim(text);
      return attempt();
    }
    if (!waiting) say(`another install is at work in this clone (${busy}): waiting for it`);
    waiting = true;
    setTimeout(attempt, POLL_MS);
  }
  attempt();
}

/** The npm that runs this script, under the Node that runs npm: the first one on PATH may be the one about to be replaced. */
function npmCommand() {
  const npm = process.env.npm_execpath;
  if (npm !== undefined && path.basename(npm) === 'npm-cli.js') {
    return [process.env.npm_node_execpath || process.execPath, npm];
  }
  return ['npm'];
}

/** Packages of development as it was asked for, whatever NODE_ENV says. Nothing here needs an install script, or the Node that npm runs on. */
const CI = [
  'ci',
  runtimeOnly ? '--omit=dev' : '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--engine-strict=false',
  '--no-audit',
];

function install(done) {
  say('installing packages (a minute on the first run)');
  // An npm that is killed while it still deletes the old packages must not leave their list behind.
  if (fs.existsSync(installed)) fs.unlinkSync(installed);
  const command = npmCommand().concat(CI, '--no-fund', '--no-progress');
  const npm = childProcess.spawn(command[0], command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (npm.pid !== undefined) claim([process.pid, npm.pid], 'w');
  const output = [];
  npm.stdout.on('data', (chunk) => output.push(chunk));
  npm.stderr.on('data', (chunk) => output.push(chunk));

  const touch = setInterval(() => fs.utimesSync(busy, new Date(), new Date()), TOUCH_MS);
  let stopped = 0;
  function stop(name) {
    stopped = os.constants.signals[name];
    npm.kill(name);
  }
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);

  let isOver = false;
  function finish(problem) {
    if (isOver) return;
    isOver = true;
    clearInterval(touch);
    fs.unlinkSync(busy);
    if (stopped > 0) process.exit(128 + stopped);
    if (problem !== null) process.stderr.write(Buffer.concat(output));
    done(problem);
  }
  npm.on('error', (error) => finish(`npm does not start: ${error.message}`));
  npm.on('close', (status, signal) =>
    finish(status === 0 ? null : `npm ci failed (${signal || `exit status ${status}`})`),
  );
}

function fail(text) {
  say(text);
  process.exitCode = 1;
}

function main() {
  if (missingPackages().length === 0) return;
  if (/^npm\/[1-6]\./.test(process.env.npm_config_user_agent || '')) {
    return fail('this npm is too old for package-lock.json: use npm 7 or newer (it comes with Node 16)');
  }
  whenFree(() => {
    if (missingPackages().length === 0) return fs.unlinkSync(busy);
    install((problem) => {
      if (problem !== null) return fail(problem);
      const missing = missingPackages();
      if (missing.length > 0) fail(`npm could not get: ${missing.join(', ').replace(/node_modules\//g, '')}`);
    });
  });
}

try {
  main();
} catch (error) {
  fail(error.message);
}
