// What happens to databases besides being killed, each under load: a failover to a standby, no connections
// left, a full disk, a server that is slow, and one that stands still. The node stays up, /readyz tells, and
// it goes on by itself. What was acknowledged must be there, once; what was refused with 503 must not.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, statfsSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {Molvad} from '../support/node/molvad.mjs';

import {UNLIMITED, Writers, postgres, ready, waitFor} from './writers.mjs';

const SMALL_DISK = '400m';
const CONNECTIONS = 30;
const RESERVED = 3;
const SHORT_STALL_MS = 2_000;
const SKIPPED = 'skipped';  // where nobody may mount a small disk

const problems = [];
const folders = [];

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'molva_pg.'));
  folders.push(folder);
  return folder;
}

// A running PostgreSQL; `settings` are lines of postgresql.conf.
function newServer(settings = []) {
  const folder = newFolder();
  postgres('make', folder, ...settings);
  postgres('start', folder);
  return folder;
}

const sql = (folder, text) => postgres('sql', folder, text);

// Runs `work` beside a node on the database at `dsn`, with writers.
async function withNode(dsn, work, storeSettings = '') {
  const node = new Molvad();
  node.dsn = dsn;
  node.schema = 'molva';
  node.storeSettings = storeSettings;
  await node.start(UNLIMITED);
  const writers = new Writers(node.httpPort, problems);
  await writers.open();
  const stored = await writers.during(() => work(node, writers));
  if (await ready(node) !== 200) problems.push('/readyz does not say 200 at the end');
  const {refused} = writers;
  writers.close();
  await node.stop();
  if (node.process.exitCode !== 0) problems.push(`molvad ended with ${node.process.exitCode}`);
  node.cleanUp();
  return `${stored} messages, ${refused} refused, all accounted for`;
}

async function failover() {
  const first = newServer(['max_wal_senders = 4']);
  const second = newFolder();
  postgres('standby', second, first);
  postgres('start', second);
  sql(first, 'ALTER SYSTEM SET synchronous_standby_names = \'*\'');
  sql(first, 'SELECT pg_reload_conf()');
  await waitFor('the standby keeps in step',
                () => sql(first, 'SELECT sync_state FROM pg_stat_replication') === 'sync');
  const dsn = `host=${first},${second} port=5432 user=postgres dbname=molva`;
  const told = await withNode(dsn, async (node, writers) => {
    postgres('kill', first);
    await writers.outage(node);
    postgres('promote', second);
    await writers.recovery(node);
  });
  postgres('stop', second);
  return told;
}

async function connectionsUsedUp() {
  const folder = newServer([`max_connections = ${CONNECTIONS}`, `superuser_reserved_connections = ${RESERVED}`]);
  for (const role of ['node', 'others']) sql(folder, `CREATE ROLE ${role} LOGIN`);
  sql(folder, 'GRANT CREATE ON DATABASE molva TO node');
  const told = await withNode(`host=${folder} port=5432 user=node dbname=molva`,
                              async (node, writers) => {
    // Others take every connection that there is. Until they have them the node may not come back.
    sql(folder, 'ALTER ROLE node CONNECTION LIMIT 0');
    sql(folder, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity' +
        ' WHERE application_name = \'molvad\'');
    const hogs = Array.from({length: 40}, () => spawn('psql', ['-h', folder, '-U', 'others', '-d',
      'molva', '-qc', 'SELECT pg_sleep(120)'], {stdio: 'ignore'}));
    const taken = () => Number(sql(folder, 'SELECT count(*) FROM pg_stat_activity WHERE' +
                                   ' backend_type = \'client backend\' AND usename = \'others\''));
    await waitFor('no connection is free', () => taken() >= CONNECTIONS - RESERVED);
    sql(folder, 'ALTER ROLE node CONNECTION LIMIT -1');
    await writers.outage(node);
    for (const one of hogs) one.kill();
    sql(folder, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = \'others\'');
    await writers.recovery(node);
  });
  postgres('stop', folder);
  return told;
}

async function fullDisk() {
  const folder = newFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}`, 'tmpfs', folder],
                 {stdio: 'ignore'});
  } catch {
    return SKIPPED;
  }
  try {
    postgres('make', folder, 'min_wal_size = 32MB', 'max_wal_size = 64MB');
    postgres('start', folder);
    const told = await withNode(postgres('dsn', folder), async (node, writers) => {
      const {bavail, bsize} = statfsSync(folder);
      const ballast = join(folder, 'ballast');
      // Half a MiB is left.
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - (512 << 10))));
      await writers.outage(node);
      rmSync(ballast);
      // It may have ended: without room for its log it does.
      try {
        sql(folder, 'SELECT 1');
      } catch {
        postgres('restart', folder);
      }
      await writers.recovery(node);
    });
    postgres('stop', folder);
    return told;
  } finally {
    execFileSync('umount', ['--lazy', folder]);
  }
}

async function slow() {
  const folder = newServer();
  const told = await withNode(postgres('dsn', folder), async (node, writers) => {
    for (let i = 0; i < 3; ++i) {
      postgres('pause', folder);
      await new Promise((resolve) => setTimeout(resolve, SHORT_STALL_MS));
      postgres('resume', folder);
      await writers.progress();
    }
    if (writers.refused > 0) problems.push(`${writers.refused} refused, for no more than a pause`);
  });
  postgres('stop', folder);
  return told;
}

async function standsStill() {
  const folder = newServer();
  const told = await withNode(postgres('dsn', folder), async (node, writers) => {
    postgres('pause', folder);
    await writers.outage(node);
    postgres('resume', folder);
    await writers.recovery(node);
  }, 'statement_timeout_ms = 1000\nconnect_timeout_s = 2');
  postgres('stop', folder);
  return told;
}

let passed = 0;
let failed = 0;
const wanted = process.argv.slice(2).filter((one) => !one.startsWith('--'));
for (const trouble of [failover, connectionsUsedUp, fullDisk, slow, standsStill]) {
  if (wanted.length > 0 && !wanted.includes(trouble.name)) continue;
  let told = '';
  try {
    told = await trouble();
  } catch (error) {
    problems.push(error.stack);
  }
  if (told === SKIPPED) {
    console.log(`skip  database: ${trouble.name}: a small disk cannot be mounted here`);
  } else if (problems.length === 0) {
    ++passed;
    console.log(`ok    database: ${trouble.name}: ${told}`);
  } else {
    ++failed;
    console.log(`FAIL  database: ${trouble.name}\n  ${problems.splice(0).slice(0, 20).join('\n  ')}`);
  }
}
for (const folder of folders) {
  postgres('remove', folder);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
