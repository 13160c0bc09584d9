import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { openFinancingKeep } from '@growr/financing'
import { openIdentityKeep, openWallets } from '@growr/identity'
import { Custody } from '@growr/keys'
import { systemClock } from '@growr/runtime'
import { openBookStore } from '@growr/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChildNode } from '../testing/child.ts'
import { PASSPHRASE, START } from '../testing/world.ts'
import { backup } from '../backup/command.ts'
import { restore } from '../restore/command.ts'
import { doctor } from './command.ts'
import { rotatePassphrase } from './passphrase.ts'
import type { Print } from '../command.ts'
import type { Finding } from './finding.ts'

// The operator's commands as they are typed, on one node: before it is there, while it runs, after it was stopped and lost.

const dir = mkdtempSync(join(tmpdir(), 'growr-doctor-'))
const data = join(dir, 'data')
const file = join(dir, 'passphrase')
const node = new ChildNode({ dir, passphrase: PASSPHRASE, clock: START })
type Command = (args: readonly string[], print: Print) => Promise<number>
const source = ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source']

type Done = { readonly status: number; readonly stdout: string; readonly code?: string }

/** As `npm run` would, in this process. */
async function run(command: Command, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Done> {
  const given = { GROWR_DATA: data, GROWR_PASSPHRASE_FILE: file, GROWR_API_PORT: '0', ...env }
  Object.assign(process.env, given)
  let stdout = ''
  try {
    return { status: await command(args, (text) => { stdout += text }), stdout }
  } catch (error) {
    return { status: -1, stdout, code: (error as { code: string }).code }
  } finally {
    for (const name of Object.keys(given)) Reflect.deleteProperty(process.env, name)
  }
}

async function findings(args: readonly string[] = [], env: Record<string, string> = {}): Promise<{ code: number; found: Map<string, Finding> }> {
  const { status, stdout } = await run(doctor, ['--json', ...args], env)
  const { findings: all } = JSON.parse(stdout) as { findings: Finding[] }
  return { code: status, found: new Map(all.map((finding) => [finding.id, finding])) }
}

/** In a process of its own, since it reads what is typed. */
const confirm = (typed: string): number | null => spawnSync(process.execPath, [...source, fileURLToPath(new URL('./main.ts', import.meta.url)), '--confirm-passphrase'], {
  input: `${typed}\n`, env: { ...process.env, GROWR_DATA: data, GROWR_PASSPHRASE_FILE: file },
}).status

const wrongs = (found: Map<string, Finding>): string[] => [...found.values()].filter(({ verdict }) => verdict === 'wrong').map(({ id }) => id)

beforeAll(async () => {
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 })
  expect(await findings()).toMatchObject({ code: 1 })
  await node.start()
}, 60_000)

afterAll(async () => {
  await node.kill()
  rmSync(dir, { recursive: true, force: true })
})

test('while it runs: what it says of itself, and a back-up through it', async () => {
  const { code, found } = await findings()
  expect([code, wrongs(found)]).toEqual([0, []])
  expect([...found.keys()]).toEqual(expect.arrayContaining(['config', 'runtime', 'data.rights', 'data.space', 'data.storage', 'keys.passphrase', 'keys.copy', 'migrations', 'backup.age', 'node', 'ready', 'clock', 'port', 'messages']))
  expect([found.get('keys.copy')?.verdict, found.get('backup.age')?.verdict]).toEqual(['advice', 'advice'])
  expect(await run(backup, ['--to', join(dir, 'b1.growr')])).toMatchObject({ status: 0 })
  expect(await run(backup, ['--to', join(dir, 'b1.growr')])).toMatchObject({ code: 'BACKUP_EXISTS' })
  expect(await run(backup, ['--to', join(data, 'b1.growr')])).toMatchObject({ code: 'BACKUP_IN_DATA' })
  expect(await run(restore, ['--check', join(dir, 'b1.growr')])).toMatchObject({ status: 0, stdout: expect.stringContaining('is whole') as string })
  expect(await run(restore, ['--check', join(dir, 'b1.growr')], { GROWR_BACKUP_PASSPHRASE: 'another pass phrase' })).toMatchObject({ code: 'WRONG_PASSPHRASE' })
  for (const rotate of ['--rotate-passphrase', '--rotate-keys']) expect(await run(doctor, [rotate])).toMatchObject({ code: 'DATA_IN_USE' })
  expect((await findings()).found.get('backup.age')?.verdict).toBe('ok')
  expect(existsSync(`${file}.next`)).toBe(false)
}, 60_000)

test('stopped: what is wrong is named, with what to do, and the exit code is 1', async () => {
  await node.stop()
  const healthy = await findings(['--verify'])
  expect([healthy.code, wrongs(healthy.found)]).toEqual([0, []])
  expect(await findings([], { GROWR_API_PORT: 'many' })).toMatchObject({ code: 1 })
  const server = createServer()
  await new Promise<void>((listening) => { server.listen(0, '127.0.0.1', listening) })
  const { port } = server.address() as { port: number }
  chmodSync(data, 0o755)
  appendFileSync(join(dir, 'b1.growr'), '!')
  const { code, found } = await findings([], { GROWR_API_PORT: String(port) })
  expect([code, wrongs(found).toSorted()]).toEqual([1, ['backup.age', 'data.rights', 'port']])
  expect([...found.values()].filter(({ verdict }) => verdict !== 'ok').every(({ todo }) => todo !== undefined)).toBe(true)
  chmodSync(data, 0o700)
  server.close()
  rmSync(file)
  expect(wrongs((await findings()).found)).toEqual(expect.arrayContaining(['keys.passphrase', 'stores']))
  writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 })
}, 60_000)

test('records that a newer release has had are named, and not opened', async () => {
  const change = (sql: string): void => {
    const db = new DatabaseSync(join(data, 'payment', 'collections.db'))
    db.exec(sql)
    db.close()
  }
  change(`INSERT INTO "_migrations" VALUES ('9999_newer', 'x', 'y')`)
  const { code, found } = await findings()
  expect([code, found.get('migrations.payment')?.verdict, found.get('stores')?.verdict, found.has('books')]).toEqual([1, 'wrong', 'advice', false])
  change(`DELETE FROM "_migrations" WHERE "name" = '9999_newer'`)
}, 60_000)

test('a copy of the pass phrase is noted only where it is one', async () => {
  expect(confirm('something else')).toBe(1)
  expect((await findings()).found.get('keys.copy')?.verdict).toBe('advice')
  expect(confirm(PASSPHRASE)).toBe(0)
  expect((await findings()).found.get('keys.copy')?.verdict).toBe('ok')
}, 60_000)

test('another pass phrase for all keys: stopped half way it is finished, and the old one opens the back-ups of before', async () => {
  // As a rotation leaves it that was stopped after the first group.
  writeFileSync(`${file}.next`, 'the pass phrase that comes next\n', { mode: 0o600 })
  const first = await Custody.open({ file: join(data, 'access', 'keys.json'), group: 'access', purposes: [], passphrase: PASSPHRASE })
  await first.rewrap('the pass phrase that comes next')
  first.close()
  expect(await run(doctor, ['--rotate-passphrase'])).toMatchObject({ status: 0 })
  expect([readFileSync(file, 'utf8'), existsSync(`${file}.next`)]).toEqual(['the pass phrase that comes next\n', false])
  const { code, found } = await findings()
  // Whoever has a copy has one of the old one.
  expect([code, found.get('keys.copy')?.verdict]).toEqual([1, 'advice'])
  await expect(rotatePassphrase({ data, passphrase: PASSPHRASE, file: undefined, next: undefined, now: new Date() })).rejects.toMatchObject({ code: 'ARGUMENTS' })
  rmSync(join(dir, 'b1.growr'))
  expect(await run(backup, ['--to', join(dir, 'b2.growr')])).toMatchObject({ status: 0 })
  expect(await findings()).toMatchObject({ code: 0 })
}, 60_000)

test('other keys wrap those of books and of borrowers: the former ones open nothing, and everything reads as it did', async () => {
  const passphrase = readFileSync(file, 'utf8').trim()
  const held = async (): Promise<string[]> => {
    const identity = await openIdentityKeep({ dataDir: data, passphrase })
    const wallets = openWallets(identity)
    const financing = await openFinancingKeep({ dataDir: data, passphrase, clock: systemClock })
    const books = await openBookStore(financing, systemClock)
    const keys = [wallets.dataKey('bea'), (await books.sealing.sharedKey('COMSA'))!.key, (await books.sealing.subjectKey('bea', 'COMSA')).key]
    await books.close()
    await financing.close()
    wallets.close()
    await identity.close()
    return keys.map((key) => Buffer.from(key).toString('hex'))
  }
  const rows = (): Buffer[] => [['identity/wallets.db', 'keys'], ['financing/sealing.db', 'shared_key'], ['financing/sealing.db', 'subject_key']].flatMap(([name, table]) => {
    const db = new DatabaseSync(join(data, name!), { readOnly: true })
    const wrapped = db.prepare(`SELECT wrapped FROM ${table}`).all().map((row) => Buffer.from(row['wrapped'] as Uint8Array))
    db.close()
    return wrapped
  })
  const [before, wrapped] = [await held(), rows()]
  // As a rotation leaves it that was stopped before anything was wrapped anew.
  const custody = await Custody.open({ file: join(data, 'financing', 'keys.json'), group: 'financing', purposes: ['sealing'], passphrase })
  custody.rotateSecret('sealing')
  custody.close()
  expect(await run(doctor, ['--rotate-keys'])).toMatchObject({ status: 0 })
  expect(await held()).toEqual(before)
  expect([rows().length, rows().filter((row) => wrapped.some((former) => former.equals(row)))]).toEqual([wrapped.length, []])
  const after = await Custody.open({ file: join(data, 'financing', 'keys.json'), group: 'financing', purposes: ['sealing'], passphrase })
  expect(() => after.secret('sealing').unwrap(wrapped[1]!, 'shared COMSA 1')).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error)
  after.close()
}, 60_000)

test('lost, restored, and told that it sends nothing until it is reconciled', async () => {
  rmSync(data, { recursive: true })
  expect(await run(restore, [])).toMatchObject({ code: 'ARGUMENTS' })
  expect(await run(restore, ['--reconcile'])).toMatchObject({ code: 'NOT_RESTORED' })
  expect(await run(restore, [join(dir, 'b2.growr')])).toMatchObject({ status: 0, stdout: expect.stringContaining('sends nothing') as string })
  const { code, found } = await findings()
  expect([code, wrongs(found)]).toEqual([1, ['sending']])
  expect(await run(restore, ['--reconcile', '--yes'])).toMatchObject({ code: 'NODE_SILENT' })
}, 60_000)
