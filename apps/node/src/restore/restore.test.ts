import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMailbox } from '@growr/messaging'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BackupDone } from '../backup/backup.ts'
import { order } from '../control-socket.ts'
import { openNode } from '../node.ts'
import { entriesOf, unrest, type Stores } from '../testing/at-rest.ts'
import { Door } from '../testing/door.ts'
import { Lending, type Loan } from '../testing/lending.ts'
import { People, type Host, type Organization } from '../testing/people.ts'
import { PASSPHRASE, temporaryNode } from '../testing/world.ts'
import { readRestored } from './note.ts'
import type { ToReconcile } from './reconcile.ts'
import { restoreBackup, takeUpInPlace } from './restore.ts'

// One story: a back-up is taken in the middle of work, work goes on, the machine is lost, the back-up is restored.

const { dir, config } = temporaryNode()
const hashCost = { memoryCost: 64, timeCost: 1, parallelism: 1 }
const file = join(dir, 'backups', 'one.growr')
const lost = join(dir, 'lost')
const door = new Door('')
let node: Awaited<ReturnType<typeof openNode>>
const host: Host = { door, data: config.data, settle: () => node.node.settle() }
const people = new People(host)
const lending = new Lending(host)
let comsa: Organization
let loans: Loan[]
let paying: Loan
let done: BackupDone
/** Repayments by request, with what was answered; before and after the instant of the back-up. */
const answered = new Map<string, { key: string; loan: string }>()
const progress: unknown[] = []

async function start(): Promise<void> {
  node = await openNode(config, { hashCost })
  door.url = node.node.url
}

async function repay(loan: string, requestId: string): Promise<string> {
  const { key } = await door.do(comsa.admin, 'addRepayment', { loan, rail: 'BANK', amount: '10.00', reference: 'IN' }, { requestId })
  answered.set(requestId, { key: key as string, loan })
  await door.do(comsa.second, 'confirmRepayment', { payment: key }, { requestId: `${requestId}-confirm` })
  return key as string
}

/** Every entry of every book by its place, as something that no other entry equals. */
async function entries({ financing, payment }: Stores): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const book of [...(await financing.books()), ...(await payment.books())]) {
    for await (const { seq, key, type, at, requestId } of entriesOf(book)) found.set(`${book.id}#${seq}`, `${key} ${type} ${at} ${requestId}`)
  }
  return found
}

const cores = async ({ financing, payment }: Stores): Promise<Map<string, string>> =>
  new Map([...(await financing.books()), ...(await payment.books())].map((book) => [book.id, Buffer.from(book.core.key).toString('hex')]))

/** Emma's loan: she is erased after the back-up. */
let erased: string
const ofErased = async (): Promise<readonly (string | boolean | null)[]> => {
  const book = (await node.inside.stores.financing.books()).find(({ kind }) => kind === 'loan')
  const entry = (await book?.history({ key: erased, limit: 1 }))?.[0]
  return [entry?.kid ?? null, entry?.erased ?? null]
}

let before: Map<string, string>
/** The records that the back-up held. */
let kept: Set<string>
let lostCores: Map<string, string>
let lostMail: Awaited<ReturnType<typeof readMailbox>>

beforeAll(async () => {
  await start()
  comsa = await people.organization(await people.operator(), 'COMSA', ['bea', 'carl', 'dora', 'emma'])
  const project = await lending.project(comsa)
  await Promise.all(comsa.borrowers.map((borrower) => lending.credential(comsa, borrower)))
  loans = []
  for (const borrower of comsa.borrowers.slice(0, 2)) loans.push(await lending.loan(comsa, borrower, project, 'DISBURSED'))
  paying = await lending.loan(comsa, comsa.borrowers[2] as never, project, 'PAYING_OUT')

  const { key: application } = await lending.loan(comsa, comsa.borrowers[3] as never, project, 'APPROVED')
  erased = application

  let taken = false
  const work = async (loan: Loan, name: string): Promise<void> => {
    for (let i = 0; !taken || i < 6; i++) await repay(loan.key, `${name}-${i}`)
  }
  const working = Promise.all([work(loans[0] as Loan, 'a'), work(loans[1] as Loan, 'b'), work(loans[0] as Loan, 'c')])
  while (answered.size < 6) await new Promise((resolve) => { setImmediate(resolve) })
  done = (await order<BackupDone>(config.data, 'backup', { to: file }, (state: never) => progress.push(state))) as BackupDone
  taken = true
  await working
  // Afterwards, and lost: the payout is confirmed, money comes in, people are told.
  await door.do(comsa.admin, 'confirmDisbursement', { payment: paying.payment, reference: 'OUT-9' })
  await repay((loans[1] as Loan).key, 'late')
  await host.settle()
  expect(await unrest(node.inside.stores)).toEqual([])
  before = await entries(node.inside.stores)
  lostCores = await cores(node.inside.stores)
  lostMail = await readMailbox(join(config.data, 'mailbox'))
  const [kid] = await ofErased()
  await node.node.stop()
  // As destroying her key leaves it.
  appendFileSync(join(config.data, 'marks', 'financing.erasures'), `${String(kid)} 2026-03-02T15:00:00.000Z\n`)
  renameSync(config.data, lost)
}, 120_000)

afterAll(async () => {
  await node.node.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('the back-up is one encrypted file, with what it holds by its digest, and nothing is left of its making', () => {
  const bytes = readFileSync(file)
  expect(done).toMatchObject({ file, bytes: bytes.byteLength, books: 4 })
  expect(done.pausedMs).toBeLessThan(2_000)
  expect(progress.length).toBeGreaterThan(0)
  for (const word of ['COMSA', 'Record', 'SQLite format']) expect(bytes.includes(word)).toBe(false)
  expect([`${file}.partial`, join(lost, '.backup')].some((path) => existsSync(path))).toBe(false)
  expect(JSON.parse(readFileSync(join(lost, 'backup.json'), 'utf8'))).toMatchObject({ file, instant: done.instant })
})

test('a damaged back-up, another pass phrase, and a directory with something in it are refused, and nothing is made', async () => {
  const options = { file, data: config.data, passphrase: PASSPHRASE }
  const spoilt = join(dir, 'spoilt.growr')
  const bytes = readFileSync(file)
  for (const change of [bytes.subarray(0, bytes.byteLength - 5), Buffer.from(bytes).fill(1, 40_000, 40_001)]) {
    writeFileSync(spoilt, change)
    await expect(restoreBackup({ ...options, file: spoilt })).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
  }
  await expect(restoreBackup({ ...options, passphrase: 'another pass phrase' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
  await expect(restoreBackup({ ...options, file: join(dir, 'none') })).rejects.toMatchObject({ code: 'BACKUP_MISSING' })
  await expect(restoreBackup({ ...options, data: lost })).rejects.toMatchObject({ code: 'RESTORE_NOT_EMPTY' })
  expect(existsSync(config.data)).toBe(false)
})

test('restored, no book is a fork of what was lost: each goes on in a successor, from what had been acknowledged', async () => {
  // The marks survived: they say how much is missing.
  mkdirSync(config.data, { mode: 0o700 })
  cpSync(join(lost, 'marks'), join(config.data, 'marks'), { recursive: true })
  const { note, manifest } = await restoreBackup({ file, data: config.data, passphrase: PASSPHRASE })
  expect(note).toMatchObject({ instant: done.instant, sending: 'off' })
  const count = [...before.keys()].length - manifest.books.reduce((sum, book) => sum + book.entries, 0)
  expect(note.lost.reduce((sum, each) => sum + each.entries, 0)).toBe(count)
  await start()
  expect((await ofErased())[1]).toBe(true)
  const now = await entries(node.inside.stores)
  kept = new Set([...now.values()].map((entry) => entry.split(' ', 1)[0] as string))
  const own = [...now].filter(([place, entry]) => before.get(place) !== entry)
  // What followers had not done at that instant they do now, in the places of what is lost; everything else is what it was.
  expect(own.every(([place]) => Number(place.split('#')[1]) > (manifest.books.find(({ book }) => book === place.split('#')[0])?.entries ?? 0))).toBe(true)
  for (const [book, core] of await cores(node.inside.stores)) expect(core).not.toBe(lostCores.get(book))
  await host.settle()
  expect(await unrest(node.inside.stores)).toEqual([])
})

test('nothing is sent: what may have been sent before is held back, what is new waits', async () => {
  expect(node.node.sending()).toBe(false)
  const mail = await readMailbox(join(config.data, 'mailbox'))
  expect(mail.every(({ id }) => lostMail.some((old) => old.id === id))).toBe(true)
  comsa.admin.session = await people.signIn(comsa.admin)
  comsa.second.session = await people.signIn(comsa.second)
  await door.do(comsa.admin, 'confirmDisbursement', { payment: paying.payment, reference: 'OUT-9' })
  await host.settle()
  expect(await readMailbox(join(config.data, 'mailbox'))).toHaveLength(mail.length)
})

test('every request of before the instant comes to what it came to, and no money is booked twice', async () => {
  for (const [requestId, { key, loan }] of answered) {
    const again = await repay(loan, requestId)
    // One that is lost is carried out once more, once.
    if (kept.has(key)) expect(again).toBe(key)
    expect(await repay(loan, requestId)).toBe(again)
  }
  await host.settle()
  for (const { key } of loans) {
    const repaid = [...answered.values()].filter(({ loan }) => loan === key).length
    expect((await door.do(comsa.admin, 'loan', { key }))['repaid']).toBe(`${repaid * 10}.00`)
  }
  expect(await unrest(node.inside.stores)).toEqual([])
})

test('the operator sees what to look at and switches sending on; what was held back is dropped, what is new goes out once', async () => {
  const report = (await order<ToReconcile>(config.data, 'reconciliation')) as ToReconcile
  expect(report).toMatchObject({ instant: done.instant, sending: 'off' })
  expect(await order(config.data, 'reconcile', { messages: 'drop' })).toMatchObject({ sending: 'on', sent: 0 })
  await expect(order(config.data, 'reconcile')).rejects.toMatchObject({ code: 'NOT_RESTORED' })
  expect([node.node.sending(), existsSync(join(config.data, 'identity', 'held'))]).toEqual([true, false])
  await node.node.stop()
  await start()
  await host.settle()
  const mail = await readMailbox(join(config.data, 'mailbox'))
  const ids = mail.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const fresh = mail.filter(({ id }) => !lostMail.some((old) => old.id === id))
  expect(fresh.map(({ template }) => template)).toContain('disbursed')
  // The payout that was confirmed before the loss and again after it was told of once by each node, and booked once by this.
  expect(fresh.filter(({ template }) => template === 'disbursed')).toHaveLength(1)
  expect(readRestored(config.data)).toMatchObject({ sending: 'on', held: 'drop' })
})

test('a data directory whose marks are gone is taken up in place, and does not send', async () => {
  await node.node.stop()
  rmSync(join(config.data, 'marks'), { recursive: true })
  await start()
  const refused = (await node.inside.stores.financing.books()).map((book) => book.refusal?.code)
  expect(new Set(refused)).toEqual(new Set(['BOOK_WITHOUT_MARK']))
  await node.node.stop()
  await takeUpInPlace({ data: config.data, passphrase: PASSPHRASE })
  await start()
  await host.settle()
  expect(await unrest(node.inside.stores)).toEqual([])
  expect([node.node.sending(), (await node.inside.stores.payment.books()).map((book) => book.generation)]).toEqual([false, [2]])
})
