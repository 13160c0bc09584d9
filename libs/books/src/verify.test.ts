import { DatabaseSync } from 'node:sqlite'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Node } from 'hyperbee/lib/messages.js'
import { expect, test } from 'vitest'
import { openFixture, loanDraft, personalDraft, type Fixture, type LoanState } from './testing/fixture.ts'
import { decodeEntry, encodeEntry } from './entry-codec.ts'
import { TreeWriter } from './tree-writer.ts'
import { verifyBook, type Recomputed, type VerifyOptions } from './verify.ts'
import type { Book } from './book.ts'
import type { BookState, Entry } from './entry.ts'

const loan = { kind: 'loan', organization: 'COMSA' }
const rules = ['lending/1']

/** The auditor's own `apply`, written apart from the fixture's states. */
function recompute({ before, event }: Recomputed): BookState {
  const { data, subject } = event as unknown as { data: { amount: string }; subject?: unknown }
  if (event.type === 'loan.approved') return { status: 'APPROVED', owed: data.amount, subject: subject ?? null } as BookState
  const owed = (BigInt((before as LoanState).owed) - BigInt(data.amount)).toString()
  return { status: owed === '0' ? 'REPAID' : 'APPROVED', owed, subject: (before as LoanState).subject ?? null } as BookState
}

function postings({ event }: Recomputed): readonly { account: string; amount: string; currency: string }[] {
  const { amount } = (event as unknown as { data: { amount: string } }).data
  const sign = event.type === 'loan.approved' ? ['', '-'] : ['-', '']
  return [{ account: 'receivable/loan', amount: `${sign[0]}${amount}`, currency: 'HNL' }, { account: 'clearing', amount: `${sign[1]}${amount}`, currency: 'HNL' }]
}

const audit: VerifyOptions = { rules, recompute, postings }

const repaid = (key: string, amount: string, owed: string): ReturnType<typeof loanDraft> => personalDraft(key, `did:key:${key}`, {
  event: { type: 'loan.repaid', data: { amount } }, state: { status: owed === '0' ? 'REPAID' : 'APPROVED', owed, subject: { userDid: `did:key:${key}` } },
  postings: [{ account: 'receivable/loan', amount: `-${amount}`, currency: 'HNL' }, { account: 'clearing', amount, currency: 'HNL' }],
})

async function filled(): Promise<{ fixture: Fixture; book: Book }> {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  for (let i = 0; i < 20; i++) {
    await book.append(personalDraft(`L${i}`, `did:key:L${i}`, { request: { id: `r${i}`, caller: 'user-ana', params: { i } } }))
  }
  await book.append(Array.from({ length: 10 }, (_, i) => repaid(`L${i}`, '500000', '1500000')))
  return { fixture, book }
}

/** Reopens the book: what a test changed in the store has to be found by somebody who comes anew. */
async function codesAfter(fixture: Fixture, options: VerifyOptions = audit): Promise<string[]> {
  await fixture.close()
  const again = await openFixture(fixture.directory)
  const { findings } = await verifyBook(await again.store.book(loan), options)
  await again.close()
  return [...new Set(findings.map(finding => finding.code))]
}

/** What a thief of the writer's key could do: append an entry that the library itself would never make. */
async function forge(fixture: Fixture, book: Book, change: (entry: Entry) => unknown, key = 'L3'): Promise<void> {
  const { core } = book.internals
  const block = await core.block(4)
  const writer = new TreeWriter(async seq => await core.core.get(seq) ?? new Uint8Array())
  const value = Buffer.from(`${JSON.stringify(change(decodeEntry(block.value)))}\n`)
  await core.core.append(await writer.blocks([{ key, value }], core.length), { keyPair: await fixture.keys.writerKeyPair(book.id) })
}

test('an untouched book has no findings, with every state and posting recomputed', async () => {
  const { fixture, book } = await filled()
  expect(await verifyBook(book, audit)).toEqual({ ok: true, entries: 30, erased: 0, findings: [], dropped: 0 })
  expect(await codesAfter(fixture)).toEqual([])
})

test('a block changed in the store is found, wherever the byte lies', async () => {
  const { fixture, book } = await filled()
  const { storage } = book.internals.core.core.core.state
  for await (const { index, value } of storage.createBlockStream({ gte: 7, lt: 8 })) {
    const changed = Buffer.from(value)
    changed[changed.length - 30] = (changed[changed.length - 30] ?? 0) ^ 1
    const write = storage.write()
    write.putBlock(index, changed)
    await write.flush()
  }
  const codes = await codesAfter(fixture)
  expect(codes).toContain('BLOCK_CHANGED')
  expect(codes).toContain('SIGNATURE_INVALID')
})

test('a byte flipped in a file of the store is found: as a changed block, as unreadable, or as a book behind its mark', async () => {
  const { fixture, book } = await filled()
  const raw: Buffer[] = []
  for await (const { value } of book.internals.core.core.core.state.storage.createBlockStream({ gte: 5, lt: 6 })) raw.push(Buffer.from(value))
  await fixture.close()
  const files = join(fixture.directory, 'store', 'cores', 'db')
  let flipped = 0
  for (const name of readdirSync(files)) {
    const bytes = readFileSync(join(files, name))
    const place = bytes.indexOf((raw[0] ?? Buffer.alloc(1)).subarray(40, 80))
    if (place < 0) continue
    bytes[place] = (bytes[place] ?? 0) ^ 0x40
    writeFileSync(join(files, name), bytes)
    flipped += 1
  }
  expect(flipped).toBeGreaterThan(0)
  const again = await openFixture(fixture.directory).catch((error: unknown) => error as Error & { code: string })
  if (again instanceof Error) {
    expect(again.code).toBe('STORE_FAILED')
    return
  }
  const outcome = await again.store.book(loan).then(
    async opened => (await verifyBook(opened, audit)).findings.map(finding => finding.code),
    (error: unknown) => [`refused to open: ${String(error)}`],
  )
  expect(outcome).not.toEqual([])
  await again.store.close().catch(() => undefined)
  await again.keys.close()
})

test('rules and entry versions that are not known are named', async () => {
  const { fixture, book } = await filled()
  await forge(fixture, book, entry => ({ ...entry, rules: 'lending/99', requestId: null }))
  await forge(fixture, book, entry => ({ ...entry, v: 2 }))
  const again = await verifyBook(book, { rules })
  expect(again.findings.map(({ code, message }) => `${code} ${message}`)).toEqual(expect.arrayContaining([
    expect.stringMatching(/^RULES_UNKNOWN .*lending\/99/), expect.stringMatching(/^ENTRY_UNKNOWN .*version 2/),
  ]))
  await fixture.store.close()
  await fixture.keys.close()
})

test.each([
  ['POSTINGS_UNBALANCED', (entry: Entry) => ({ ...entry, requestId: null, postings: [{ account: 'cash', amount: '1', currency: 'HNL' }] })],
  ['REQUEST_REPEATED', (entry: Entry) => entry],
  ['BOX_INVALID', (entry: Entry) => ({ ...entry, requestId: null, type: 'loan.repaid' })],
  ['POSTINGS_MISMATCH', (entry: Entry) => ({ ...entry, requestId: null, postings: [] })],
  ['KEY_MISSING', (entry: Entry) => ({ ...entry, requestId: null, epoch: { ...entry.epoch, n: 9 } })],
] as const)('%s is found in an entry that the library would not have made', async (code, change) => {
  const { fixture, book } = await filled()
  await forge(fixture, book, change)
  expect((await verifyBook(book, audit)).findings.map(finding => finding.code)).toContain(code)
  await fixture.store.close()
  await fixture.keys.close()
})

test('a box put into another record does not open there', async () => {
  const { fixture, book } = await filled()
  await forge(fixture, book, entry => ({ ...entry, requestId: null }), 'L9')
  expect((await verifyBook(book, audit)).findings.map(finding => [finding.code, finding.seq])).toContainEqual(['BOX_INVALID', 31])
  await fixture.store.close()
  await fixture.keys.close()
})

test('a state that the event does not make is found at its entry', async () => {
  const { fixture, book } = await filled()
  await book.append(repaid('L0', '500000', '1400000'))
  const { findings } = await verifyBook(book, audit)
  expect(findings.map(({ code, seq }) => [code, seq])).toEqual([['STATE_MISMATCH', 31]])
  await fixture.close()
})

test('a tree of keys that lies about a record is found', async () => {
  const { fixture, book } = await filled()
  const { core } = book.internals
  const keyPair = await fixture.keys.writerKeyPair(book.id)
  // A validly signed block whose tree still shows an older entry of its key: made on a tree that lacks the entry before.
  const writer = new TreeWriter(async seq => await core.core.get(seq) ?? new Uint8Array())
  const block = await core.block(4)
  const [forged] = await writer.blocks([{ key: 'L3', value: encodeEntry({ ...decodeEntry(block.value), requestId: null }, true) }], 15)
  const { index } = Node.decode(forged ?? new Uint8Array())
  await core.core.append(Node.encode({ key: Buffer.from('L3'), value: encodeEntry({ ...decodeEntry(block.value), requestId: null }, true), index }), { keyPair })
  expect((await verifyBook(book, audit)).findings.map(finding => finding.code)).toContain('STRUCTURE_CHANGED')
  await fixture.store.close()
  await fixture.keys.close()
})

test('an index that says something else than the book is found', async () => {
  const { fixture } = await filled()
  await fixture.close()
  const db = new DatabaseSync(join(fixture.directory, 'index', 'loan.COMSA.db'))
  db.exec(`UPDATE state SET state = replace(state, '1500000', '1') WHERE seq = 23`)
  db.close()
  const again = await openFixture(fixture.directory)
  const { findings } = await verifyBook(await again.store.book(loan), audit)
  expect(findings.map(({ code, seq }) => [code, seq])).toEqual([['INDEX_STALE', 23]])
  await again.close()
})
