import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchStorage, type StorageWatch } from './storage.ts'

let data: string
let watch: StorageWatch
let db: DatabaseSync
const table = (): string => join(data, 'loans', 'store', 'cores', 'db', '000012.sst')

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'growr-storage-'))
  const cores = join(data, 'loans', 'store', 'cores', 'db')
  mkdirSync(cores, { recursive: true })
  writeFileSync(join(data, 'loans', 'keys.json'), '{}')
  db = new DatabaseSync(join(data, 'loans', 'collections.db'))
  db.exec('CREATE TABLE t (v TEXT); INSERT INTO t SELECT hex(randomblob(500))')
  for (const [name, size] of [['CURRENT', 16], ['MANIFEST-000001', 100], ['000012.sst', 5_000], ['000013.log', 900]] as const) writeFileSync(join(cores, name), Buffer.alloc(size, 7))
  watch = watchStorage(data, { freshMs: -1 })
  expect(await watch.check()).toEqual({ ok: true })
})

afterEach(async () => {
  await watch.close()
  db.close()
  rmSync(data, { recursive: true, force: true })
})

const reason = async (): Promise<string | undefined> => (await watch.check()).reason

test('what grows, is written anew, or goes when its time is over, is in order', async () => {
  db.exec('CREATE TABLE more AS SELECT hex(zeroblob(90000)) AS v')
  writeFileSync(join(data, 'loans', 'store', 'cores', 'db', '000013.log'), Buffer.alloc(1_800, 7))
  rmSync(table())
  writeFileSync(join(data, 'loans', 'keys.json'), '{"a":1}')
  expect(await watch.check()).toEqual({ ok: true })
  db.exec('DROP TABLE more; VACUUM')
  expect(await watch.check()).toEqual({ ok: true })
})

test('a checkpoint that is under way is no truncation: its first page speaks of those that follow', async () => {
  const file = join(data, 'loans', 'collections.db')
  const { size } = statSync(file)
  const header = readFileSync(file).subarray(0, 32)
  const handle = openSync(file, 'r+')
  header.writeUInt32BE(header.readUInt32BE(28) + 1, 28)
  writeSync(handle, header, 28, 4, 28)
  const looked = watch.check()
  setTimeout(() => truncateSync(file, size + header.readUInt16BE(16)), 25)
  expect(await looked).toEqual({ ok: true })
  closeSync(handle)
})

test('a truncated table, log, database or file of keys', async () => {
  truncateSync(table(), 4_999)
  expect(await reason()).toBe('STORAGE_TRUNCATED loans/store/cores/db/000012.sst')
  rmSync(table())
  expect(await reason()).toBeUndefined()
  truncateSync(join(data, 'loans', 'store', 'cores', 'db', '000013.log'), 10)
  expect(await reason()).toBe('STORAGE_TRUNCATED loans/store/cores/db/000013.log')
  rmSync(join(data, 'loans', 'store', 'cores', 'db', '000013.log'))
  truncateSync(join(data, 'loans', 'keys.json'), 0)
  expect(await reason()).toBe('STORAGE_TRUNCATED loans/keys.json')
  writeFileSync(join(data, 'loans', 'keys.json'), '{}')
  const file = join(data, 'loans', 'collections.db')
  truncateSync(file, statSync(file).size - 1)
  expect(await reason()).toBe('STORAGE_TRUNCATED loans/collections.db')
  truncateSync(file, 0)
  expect(await reason()).toBe('STORAGE_TRUNCATED loans/collections.db')
})

test('what is gone, replaced or no database', async () => {
  const file = join(data, 'loans', 'collections.db')
  writeFileSync(file, Buffer.alloc(8_192, 1))
  expect(await reason()).toBe('STORAGE_UNREADABLE loans/collections.db')
  rmSync(file)
  expect(await reason()).toBe('STORAGE_MISSING loans/collections.db')
  rmSync(join(data, 'loans', 'store', 'cores', 'db', 'CURRENT'))
  expect(await reason()).toBe('STORAGE_MISSING loans/store/cores/db/CURRENT')
  rmSync(data, { recursive: true })
  expect(await reason()).toMatch(/^STORAGE_MISSING/)
})

/** Looks in a process of its own: as somebody whom rights bind (they do not bind root), after a word to the shell. */
function lookApart(word: string, nobody = false): unknown {
  const program = `import { watchStorage } from ${JSON.stringify(new URL('./storage.ts', import.meta.url).pathname)}
    const watch = watchStorage(${JSON.stringify(data)}); console.log(JSON.stringify(await watch.check())); process.exit()`
  const id = nobody && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const { stdout, stderr } = spawnSync('sh', ['-c', `${word}; exec "$0" "$@"`, process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], { encoding: 'utf8', cwd: '/', ...id })
  return stdout === '' ? stderr : JSON.parse(stdout)
}

test('a directory that may not be written, or a file that may not be read', () => {
  chmodSync(data, 0o555)
  expect(lookApart(':', true)).toEqual({ ok: false, reason: expect.stringMatching(/^STORAGE_FORBIDDEN .probe/) as string })
  chmodSync(data, 0o777)
  chmodSync(table(), 0)
  expect(lookApart(':', true)).toEqual({ ok: false, reason: 'STORAGE_FORBIDDEN loans/store/cores/db/000012.sst' })
})

test('a file that may not grow, as where a quota ends: it is said, and the process lives', () => {
  expect(lookApart('ulimit -f 1')).toEqual({ ok: false, reason: expect.stringMatching(/^STORAGE_FULL .probe/) as string })
})

test('asks the disk once for many who ask at once', async () => {
  const slow = watchStorage(data, { freshMs: 60_000 })
  const [first, second] = [slow.check(), slow.check()]
  expect(first).toBe(second)
  await slow.close()
})
