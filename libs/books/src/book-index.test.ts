import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BookIndex } from './book-index.ts'
import type { IndexedEntry } from './unwritten.ts'
import { loanDraft, openFixture, temporaryDirectory } from './testing/fixture.ts'
import { verifyBook } from './verify.ts'
import type { IndexBatch } from './index-rows.ts'
import type { IndexWriter } from './index-thread.ts'

const hash = Buffer.alloc(32, 9)

const entry = (key: string, seq: number, endsCommit = true): IndexedEntry => ({
  key, requestId: `r${seq}`, paramsDigest: `d${seq}`, endsCommit,
  head: { seq, type: 't', scope: 'organization:A', epoch: 1, state: `{"n":${seq}}`, kid: null, box: null },
})

/** What the index answers about a small past: L1 at 1, 3 and 4, L2 at 2; commits end at 2, 3 and 5. */
function answers(index: BookIndex): unknown {
  return {
    length: index.length, heads: [index.head('L1')?.state, index.head('L2')?.seq, index.head('L3')], headSeq: [index.headSeq('L1'), index.headSeq('L3')],
    at: [0, 1, 2, 3, 4, 9].map(seq => index.seqAt('L1', seq)), none: index.seqAt('L3', 9), seqs: [index.seqsOf('L1', 0, 9), index.seqsOf('L1', 1, 1), index.seqsOf('L3', 0, 9)],
    request: [index.request('r3'), index.request('r9')], versions: [1, 2, 3, 4, 5, 6].map(length => index.isVersion(length)), of: [1, 2, 3, 4].map(seq => index.versionOf(seq)),
  }
}

const expected = {
  length: 5, heads: ['{"n":4}', 2, null], headSeq: [4, 0], at: [0, 1, 1, 3, 4, 4], none: 0, seqs: [[1, 3, 4], [3], []],
  request: [{ seq: 3, digest: 'd3' }, null], versions: [true, true, true, false, true, false], of: [2, 3, 5, 5],
}

const past: readonly IndexedEntry[] = [entry('L1', 1), entry('L2', 2), entry('L1', 3, false), entry('L1', 4)]

test.each([0, 1, 2, 3, 4])('answers the same whether the first %i of its entries are in the file or in memory', async count => {
  const file = join(temporaryDirectory(), 'a.db')
  const index = BookIndex.open(file)
  index.add(past.slice(0, count), hash)
  index.flush()
  index.add(past.slice(count), hash)
  expect(answers(index)).toEqual(expected)
  expect(await index.keys(9, '')).toEqual(['L1', 'L2'])
  await index.close()
  const again = BookIndex.open(file)
  expect(answers(again)).toEqual(expected)
  expect(Buffer.from(again.hash ?? [])).toEqual(hash)
  await again.close()
})

/** Takes batches and writes them only when told to, or never. */
function slowWriter(): { writer: IndexWriter; finish: (written: boolean) => void; batches: (IndexBatch | null)[] } {
  const batches: (IndexBatch | null)[] = []
  let waiting: ((written: boolean) => void) | null = null
  return {
    batches,
    writer: { started: false, write: (_, batch, done) => { batches.push(batch); waiting = done; return true } },
    finish: written => waiting?.(written),
  }
}

test('answers while another thread writes, and loses nothing when that fails', async () => {
  const file = join(temporaryDirectory(), 'a.db')
  const { writer, finish, batches } = slowWriter()
  const index = BookIndex.open(file, writer)
  index.add(past.slice(0, 2), hash)
  await index.relieve()
  index.add(past.slice(2), hash)
  expect(answers(index)).toEqual(expected)
  await index.relieve()
  expect(batches).toHaveLength(1)
  finish(false)
  expect(answers(index)).toEqual(expected)
  expect(index.unwritten).toBe(0)
  await index.close()
  const again = BookIndex.open(file)
  expect(answers(again)).toEqual(expected)
  await again.close()
})

test('a book with more than the memory is to hold has its index written by the thread, rightly', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book({ kind: 'loan', organization: 'COMSA' })
  for (let round = 0; round < 6; round++) {
    await Promise.all(Array.from({ length: 8 }, (_, part) => book.append(Array.from({ length: 250 }, (_, i) =>
      loanDraft(`L${(part * 250 + i) % 1_500}`, part === 0 && i === 0 ? { request: { id: `r${round}`, caller: 'user-ana', params: { round } } } : {})))))
  }
  expect(book.seq).toBe(12_000)
  const check = async (opened: typeof book): Promise<void> => {
    expect((await opened.history({ key: 'L1', limit: 100 })).length).toBe(12)
    expect(await opened.findRequest('loan.applyForLoan', { id: 'r2', caller: 'user-ana', params: { round: 2 } })).toHaveLength(250)
    expect((await verifyBook(opened)).findings).toEqual([])
  }
  await check(book)
  expect(fixture.store.health().ok).toBe(true)
  await fixture.close()
  const again = await openFixture(fixture.directory)
  await check(await again.store.book({ kind: 'loan', organization: 'COMSA' }))
  await again.close()
})
