import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import hypercoreCrypto from 'hypercore-crypto'
import { expect, test } from 'vitest'
import { BookStore } from './store.ts'
import type { BookSnapshot } from './store-options.ts'
import { countingView } from './testing/counting-view.ts'
import { loanDraft, openFixture, personalDraft, storeOptions, temporaryDirectory, type Fixture } from './testing/fixture.ts'
import { testKeys } from './testing/keys.ts'
import { coreKeyOf, makeSuccession } from './succession.ts'
import { verifyBook } from './verify.ts'

const loan = { kind: 'loan', organization: 'COMSA' }

/** What a back-up holds of a book. */
interface Held extends Pick<BookSnapshot, 'chain' | 'end'> {
  readonly blocks: Uint8Array[]
}

async function held(fixture: Fixture, to: string): Promise<Held> {
  mkdirSync(join(to, 'keys'), { recursive: true })
  const [snapshot] = fixture.store.snapshot({ keys: join(to, 'keys', 'sealing.db'), followers: join(to, 'followers.db') })
  if (snapshot === undefined) throw new Error('a store without a book')
  const blocks: Uint8Array[] = []
  for await (const block of snapshot.blocks()) blocks.push(Buffer.from(block))
  return { chain: snapshot.chain, end: snapshot.end, blocks }
}

async function* each(blocks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks
}

test('a copy taken in the midst of appends is taken up in a signed successor, and read, written, followed and verified as one book', async () => {
  const first = await openFixture()
  const book = await first.store.book(loan)
  for (let i = 0; i < 5; i++) await book.append(personalDraft(`L${i}`, `did:${i}`))
  const busy = Array.from({ length: 40 }, (_none, i) => book.append(loanDraft(`M${i}`)))
  await busy[3]
  const restored = temporaryDirectory()
  const acknowledged = book.version
  const copy = await held(first, restored)
  expect(copy.blocks).toHaveLength(acknowledged)
  await Promise.all(busy)
  const lost = book.core.key
  await first.close()

  // Twice from the same copy: each goes its own way, and neither is the core that both come from.
  const cores = [Buffer.from(lost).toString('hex')]
  for (const dir of [restored, temporaryDirectory()]) {
    if (dir !== restored) cpSync(join(restored, 'keys'), join(dir, 'keys'), { recursive: true })
    const again = await openFixture(dir)
    await again.store.receive(loan, copy, each(copy.blocks))
    const view = await again.store.view(countingView)
    const taken = await again.store.book(loan)
    expect([taken.refusal, taken.version, taken.generation]).toEqual([null, acknowledged, 1])
    expect((await taken.get('L3'))?.state.subject).toEqual({ userDid: 'did:3' })
    const entry = await taken.append(loanDraft('L3', { expectedSeq: 4 }))
    expect(entry.seq).toBe(acknowledged)
    expect([1, acknowledged - 1, acknowledged].map(seq => taken.generationOf(seq))).toEqual([0, 0, 1])
    expect((await taken.history({ key: 'L3' })).map(({ seq }) => seq)).toEqual([4, acknowledged])
    expect(view.get('SELECT entries FROM record WHERE key = ?', 'L3')).toEqual({ entries: 2 })
    expect((await taken.atVersion(6).get('L3'))?.seq).toBe(4)
    expect((await verifyBook(taken)).findings).toEqual([])
    cores.push(Buffer.from(taken.core.key).toString('hex'))
    await again.close()
    if (dir === restored) continue
    const later = await openFixture(dir)
    const found = await later.store.book(loan)
    expect([found.refusal, found.version]).toEqual([null, acknowledged + 1])
    expect((await verifyBook(found)).findings).toEqual([])
    await later.close()
  }
  expect(new Set(cores).size).toBe(3)
})

test('successors of successors, with and without entries of their own, and of a book that was never written', async () => {
  let fixture = await openFixture()
  const empty = { kind: 'loan', organization: 'EMPTY' }
  await (await fixture.store.book(loan)).append([loanDraft('L0'), loanDraft('L1')])
  const keys = [Buffer.from((await fixture.store.book(empty)).core.key).toString('hex')]
  await fixture.close()
  for (let round = 1; round <= 3; round++) {
    rmSync(join(fixture.directory, 'marks'), { recursive: true })
    fixture = await openFixture(fixture.directory)
    const book = await fixture.store.book({ ...loan, succeed: true })
    const nothing = await fixture.store.book({ ...empty, succeed: true })
    if (round !== 2) await book.append(loanDraft(`R${round}`))
    expect([book.generation, book.refusal, nothing.refusal]).toEqual([round, null, null])
    expect((await verifyBook(book)).findings).toEqual([])
    keys.push(Buffer.from(nothing.core.key).toString('hex'))
    await fixture.close()
  }
  fixture = await openFixture(fixture.directory)
  const book = await fixture.store.book(loan)
  expect((await book.entries(0, 10)).map(({ key, seq }) => `${key} ${book.generationOf(seq)}`)).toEqual(['L0 0', 'L1 0', 'R1 1', 'R3 3'])
  expect(new Set(keys).size).toBe(4)
  const nothing = await fixture.store.book(empty)
  await nothing.append(loanDraft('L0'))
  expect((await verifyBook(nothing)).findings).toEqual([])
  await fixture.close()
})

test('what is lost is sealed under another key than what is written in its place', async () => {
  const first = await openFixture()
  const book = await first.store.book(loan)
  await book.append(loanDraft('L0'))
  const dir = temporaryDirectory()
  const copy = await held(first, dir)
  await book.append(loanDraft('L1'))
  const [, , lost] = (await held(first, temporaryDirectory())).blocks
  await first.close()
  const again = await openFixture(dir)
  await again.store.receive(loan, copy, each(copy.blocks))
  const taken = await again.store.book(loan)
  await taken.append(loanDraft('L1'))
  const [, , written] = (await held(again, temporaryDirectory())).blocks
  // Both begin with the same words in the open: under one key their difference would be nothing.
  const same = [...Buffer.from(lost ?? []).subarray(8, 40)].filter((byte, i) => byte === written?.[i + 8])
  expect(same.length).toBeLessThan(8)
  await again.close()
})

test('what the writer has not signed is not taken up, and nothing is left of it', async () => {
  const first = await openFixture()
  const book = await first.store.book(loan)
  for (let i = 0; i < 3; i++) await book.append(loanDraft(`L${i}`))
  const dir = temporaryDirectory()
  const copy = await held(first, dir)
  await first.close()
  const again = await openFixture(dir)
  const flipped = copy.blocks.map((block, i) => i === 2 ? Buffer.from(block).fill(7, 60, 61) : block)
  const refused = expect.objectContaining({ code: 'SUCCESSION_INVALID' }) as unknown
  await expect(again.store.receive(loan, copy, each(flipped))).rejects.toEqual(refused)
  await expect(again.store.receive(loan, copy, each(copy.blocks.slice(0, 3)))).rejects.toEqual(refused)
  await expect(again.store.receive(loan, { ...copy, end: { ...copy.end, length: 3 } }, each(copy.blocks.slice(0, 3)))).rejects.toEqual(refused)
  await expect(again.store.receive({ ...loan, organization: 'OTRA' }, copy, each(copy.blocks))).rejects.toEqual(refused)
  // A succession that another made: all in it fits, but the writer's signature.
  const stranger = makeSuccession('loan.COMSA', copy.end, new Date(), hypercoreCrypto.keyPair())
  const { publicKey } = await again.keys.writerKeyPair('loan.COMSA')
  const end = { ...copy.end, core: coreKeyOf(publicKey, [stranger]), signature: null }
  await expect(again.store.receive(loan, { chain: [stranger], end }, each(copy.blocks))).rejects.toEqual(refused)
  expect((await again.store.book(loan)).version).toBe(1)
  await expect(again.store.receive(loan, copy, each(copy.blocks))).rejects.toEqual(refused)
  await again.close()
})

test('a succession that was altered or taken away is found', async () => {
  const first = await openFixture()
  await (await first.store.book(loan)).append(loanDraft('L0'))
  await first.close()
  const second = await openFixture(first.directory)
  await (await second.store.book({ ...loan, succeed: true })).append(loanDraft('L1'))
  await second.close()
  const file = join(first.directory, 'store', 'successions', 'loan.COMSA.json')
  const text = readFileSync(file, 'utf8')
  for (const spoil of [() => writeFileSync(file, text.replace(/"at":"20/, '"at":"19')), () => rmSync(file)]) {
    spoil()
    const third = await openFixture(first.directory)
    expect((await third.store.book(loan)).refusal?.code).toBe('BOOK_FORKED')
    await third.close()
    writeFileSync(file, text)
  }
  writeFileSync(file, text.slice(0, -9))
  const fourth = await openFixture(first.directory)
  await expect(fourth.store.book(loan)).rejects.toMatchObject({ code: 'BOOK_UNREADABLE' })
  await fourth.close()
})

test('a store that does not open leaves no file open', async () => {
  const fixture = await openFixture()
  const before = readdirSync('/proc/self/fd').length
  for (let i = 0; i < 5; i++) {
    const other = temporaryDirectory()
    const keys = await testKeys(other)
    await expect(BookStore.open(storeOptions(fixture.directory, keys))).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    await keys.close()
  }
  expect(readdirSync('/proc/self/fd').length).toBe(before)
  await fixture.close()
})
