import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Book, StoredEntry } from '@growr/books'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draftOf, entriesOf, Village } from '../testing/village.ts'
import type { Finding, FindingCode } from './finding.ts'

// Each fault is planted in the files that a real node left, as somebody could do who has the disk and the pass phrase.
let village: Village

beforeAll(async () => {
  village = await Village.play()
}, 120_000)
afterAll(() => village.cleanUp())

const codes = (findings: readonly Finding[]): FindingCode[] => [...new Set(findings.map(({ code }) => code))].toSorted()
const lastOf = (entries: readonly StoredEntry[], type: string): StoredEntry => entries.findLast((entry) => entry.type === type) as StoredEntry

test('what the node left is sound', () => {
  expect(village.report).toMatchObject({ ok: true, failure: null, findings: [] })
})

describe('a damaged book', () => {
  test('a byte flipped in a stored block', async () => {
    const findings = await village.audited((data) => village.withBooks(data, 'financing', async ({ book }) => {
      const { storage } = (await book('loan')).internals.core.core.core.state
      for await (const { index, value } of storage.createBlockStream({ gte: 1, lt: 2 })) {
        const changed = Buffer.from(value)
        changed[changed.length - 20] = (changed[changed.length - 20] as number) ^ 1
        const write = storage.write()
        write.putBlock(index, changed)
        await write.flush()
      }
    }))
    expect(codes(findings)).toContain('BOOK_DAMAGED')
    expect(findings.map(({ message }) => message).join()).toMatch(/BLOCK_CHANGED/)
  })

  test('a byte flipped in the files of the store', async () => {
    const findings = await village.audited(async (data) => {
      let block = Buffer.alloc(0)
      await village.withBooks(data, 'payment', async ({ book }) => {
        for await (const { value } of (await book('payment')).internals.core.core.core.state.storage.createBlockStream({ gte: 2, lt: 3 })) block = Buffer.from(value)
      })
      const folder = join(data, 'payment', 'store', 'cores', 'db')
      let flipped = 0
      for (const name of await readdir(folder)) {
        const bytes = await readFile(join(folder, name))
        const place = bytes.indexOf(block.subarray(40, 80))
        if (place < 0) continue
        bytes[place] = (bytes[place] as number) ^ 0x40
        await writeFile(join(folder, name), bytes)
        flipped += 1
      }
      expect(flipped).toBeGreaterThan(0)
    })
    expect(codes(findings)).toContain('BOOK_DAMAGED')
  })

  test('a book without its mark', async () => {
    const findings = await village.audited((data) => rm(join(data, 'marks', 'financing'), { recursive: true }))
    expect(codes(findings)).toContain('BOOK_DAMAGED')
  })

  test('an organization whose books nobody opens any more', async () => {
    const findings = await village.audited((data) => {
      const db = new DatabaseSync(join(data, 'payment', 'collections.db'))
      db.exec(`DELETE FROM Record WHERE collection = 'tenants'`)
      db.close()
    })
    expect(findings).toContainEqual(expect.objectContaining({ code: 'BOOK_DAMAGED', message: expect.stringMatching(/no organization/) as string }))
  })

  test('a state that the event does not make', async () => {
    const findings = await village.audited((data) => village.withBooks(data, 'financing', async ({ book }) => {
      const loans = await book('loan')
      const like = lastOf(await entriesOf(loans), 'loan.instalment-paid')
      const before = like.state as unknown as { status: string; schedule: { number: number }[] }
      const draft = draftOf('loan', like.key, before, { type: 'loan.overdue', data: { on: '2026-02-06', instalments: [2] } }, like)
      await loans.append({ ...draft, state: { ...draft.state, status: 'REPAID' } as never })
    }))
    expect(codes(findings)).toContain('STATE_MISMATCH')
  })
})

describe('a stale view', () => {
  test('a loan that the directory shows otherwise than its book', async () => {
    const findings = await village.audited((data) => edit(join(data, 'financing', 'index', 'views', 'directory.db'), `UPDATE loan SET status = 'REPAID'`))
    expect(findings).toEqual([{ code: 'VIEW_STALE', of: 'directory', at: null, message: expect.stringMatching(/table loan .*2 rows/) as string }])
  })

  test('a balance that is not the sum of its postings', async () => {
    const findings = await village.audited((data) => edit(join(data, 'payment', 'index', 'views', 'payments.db'), `UPDATE balance SET amount = '1' WHERE account LIKE 'cash/BANK/%'`))
    expect(findings.map(({ code, of }) => [code, of])).toEqual([['VIEW_STALE', 'payments']])
  })

  test('an index that gives a record otherwise than its book', async () => {
    const findings = await village.audited(async (data) => {
      const folder = join(data, 'financing', 'index')
      const name = (await readdir(folder)).find((file) => /^loan\..*\.db$/.test(file)) as string
      edit(join(folder, name), `UPDATE state SET state = replace(state, 'DISBURSED', 'REPAID')`)
    })
    expect(codes(findings)).toEqual(['VIEW_STALE'])
  })
})

describe('a posting', () => {
  test('that does not balance', async () => {
    const findings = await village.audited((data) => village.withBooks(data, 'payment', async ({ book, keep }) => {
      const payments = await book('payment')
      await forge(payments, keep.custody.bookWriterKeyPair(payments.id), 'payment.confirmed', (entry) => {
        const [first, ...others] = entry.postings
        return { ...entry, requestId: null, postings: [{ ...first, amount: `${first?.amount}00` }, ...others] }
      })
    }))
    expect(codes(findings)).toContain('POSTING_UNBALANCED')
  })

  test('that balances and is not what the event asks for', async () => {
    const findings = await village.audited((data) => village.withBooks(data, 'financing', async ({ book }) => {
      const projects = await book('project')
      const like = lastOf(await entriesOf(projects), 'project.activated')
      const postings = [{ account: `cash/BANK/elsewhere/${like.key}`, amount: '500', currency: 'KES' }, { account: `capital/junior/${like.key}`, amount: '-500', currency: 'KES' }]
      await projects.append({ ...draftOf('project', like.key, like.state, { type: 'project.updated', data: { description: 'Seeds for all' } }, like), postings })
    }))
    expect(codes(findings)).toEqual(['NOT_AT_REST', 'POSTING_MISMATCH'])
  })
})

describe('personal data in the open', () => {
  const describing = (description: string) => (data: string): Promise<void> => village.withBooks(data, 'financing', async ({ book }) => {
    const projects = await book('project')
    const like = lastOf(await entriesOf(projects), 'project.activated')
    await projects.append(draftOf('project', like.key, like.state, { type: 'project.updated', data: { description } }, like))
  })

  test.each([
    ['a phone as it was given', 'call +254711000002', 'phone'],
    ['a phone as people write it', 'call 0711 000-002 for more', 'phone'],
    ['a name', 'thanks to Wangũ Mũthoni', 'name'],
    ['a name without its accents, in capitals', 'WANGU MUTHONI', 'name'],
    ['an e-mail', 'ask Amina@Umoja.example', 'e-mail'],
    ['a phone in base64', Buffer.from('from +254711000002').toString('base64'), 'phone'],
    ['a phone in hex', Buffer.from('254711000002').toString('hex'), 'phone'],
    ['a reference', 'paid by MPESA-QX7781', 'reference'],
    ['a claim', '{"annualRevenue":18437500}', 'claim'],
    ['a signed token', 'eyJhbGciOiJFUzI1NiJ9.e30.x', 'signed token'],
  ])('%s in the shared part of an entry', async (_name, text, kind) => {
    const findings = await village.audited(describing(text))
    expect(codes(findings)).toEqual(['PERSONAL_DATA_LEAKED'])
    expect(findings[0]).toMatchObject({ of: expect.stringMatching(/^project\./) as string, message: `a ${kind} stands in the shared part of the entry` })
    expect(JSON.stringify(findings)).not.toContain('711000002')
  })

  test('a user id in the open part of an entry', async () => {
    const [user] = village.report.evidence.userIds
    const findings = await village.audited((data) => village.withBooks(data, 'financing', async ({ book }) => {
      const projects = await book('project')
      const like = lastOf(await entriesOf(projects), 'project.activated')
      await projects.append({ ...draftOf('project', like.key, like.state, { type: 'project.updated', data: {} }, like), cause: `user/${user}` })
    }))
    expect(findings.map(({ code, message }) => [code, message])).toEqual([['PERSONAL_DATA_LEAKED', 'a user id stands in the open part of the entry']])
  })

  test('a phone in the log', async () => {
    const findings = await village.audited((data) => appendFile(join(data, 'node.log'), '{"level":"info","msg":"code sent to 0711-000-002"}\n'))
    expect(findings).toEqual([{ code: 'PERSONAL_DATA_LEAKED', of: 'node.log', at: expect.any(Number) as number, message: 'a phone stands here in the open' }])
  })

  test('a DID in a metric', async () => {
    const [did] = village.report.evidence.dids
    const findings = await village.audited(() => undefined, `growr_calls_total{who="${did}"} 1\n`)
    expect(codes(findings)).toEqual(['PERSONAL_DATA_LEAKED'])
    expect(findings[0]).toMatchObject({ of: 'metrics', at: 1 })
  })

  test('a phone in a database of records, and in a file of a store', async () => {
    const findings = await village.audited(async (data) => {
      edit(join(data, 'identity', 'collections.db'), `UPDATE Record SET doc = json_set(doc, '$.note', '+254711000002') WHERE collection = 'issued-credentials'`)
      await writeFile(join(data, 'financing', 'store', 'note.bin'), Buffer.from([0, 1, 2, ...Buffer.from('0711000002'), 3]))
    })
    expect(findings.map(({ of }) => of).toSorted()).toEqual(['financing/store/note.bin', 'identity/collections.db'])
    expect(codes(findings)).toEqual(['PERSONAL_DATA_LEAKED'])
  })
})

describe('a skipped check', () => {
  interface Checks { readonly digest: string; readonly checks: readonly { readonly id: string; readonly check: string; readonly verdict: string }[] }

  const approving = (change: (verification: Checks) => Checks | undefined) => (data: string): Promise<void> => village.withBooks(data, 'financing', async ({ book }) => {
    const loans = await book('loan')
    const like = lastOf(await entriesOf(loans), 'loan.approved')
    const { data: approved } = like.event as unknown as { data: { verification: Checks } }
    const { verification, ...others } = approved
    const recorded = change({ ...verification, digest: 'another-presentation' })
    const event = { type: 'loan.approved', data: { ...others, key: '01SOMEBODYELSESLOAN', ...(recorded ? { verification: recorded } : {}) } }
    await loans.append(draftOf('loan', '01SOMEBODYELSESLOAN', null, event, like))
  })

  test('none is missing: an approval with all of them is sound', async () => {
    expect(await village.audited(approving((verification) => verification))).toEqual([])
  })

  test.each([
    ['no verification at all', () => undefined, /no verification/],
    ['no look at the status list', ({ checks, ...others }: Checks) => ({ ...others, checks: checks.filter(({ check }) => check !== 'credential.status') }), /without the check credential.status of checks.KYC/],
    ['a credential of two that are required', ({ checks, ...others }: Checks) => ({ ...others, checks: checks.filter(({ id }) => id !== 'checks.BusinessActivity') }), /without the check credential.signature of checks.BusinessActivity/],
    ['the criteria not judged', ({ checks, ...others }: Checks) => ({ ...others, checks: checks.filter(({ check }) => check !== 'criteria') }), /without the check criteria/],
    ['a check that found nothing out', ({ checks, ...others }: Checks) => ({ ...others, checks: checks.map((check) => (check.check === 'credential.time' ? { ...check, verdict: 'unknown' } : check)) }), /credential.time of checks.KYC was unknown/],
  ] as const)('%s', async (_name, change, message) => {
    const findings = await village.audited(approving(change))
    expect(codes(findings)).toEqual(['CHECK_SKIPPED'])
    expect(findings.map((finding) => finding.message).join('\n')).toMatch(message)
  })

  test('a presentation that was used before', async () => {
    const [used] = await digests()
    const findings = await village.audited(approving((verification) => ({ ...verification, digest: used as string })))
    expect(findings.map(({ code, message }) => [code, message])).toEqual([['CHECK_SKIPPED', expect.stringMatching(/used before/)]])
  })

  async function digests(): Promise<string[]> {
    const found: string[] = []
    await village.withBooks(village.report.data, 'financing', async ({ book }) => {
      for (const { type, event } of await entriesOf(await book('loan'))) if (type === 'loan.approved') found.push((event as unknown as { data: { verification: Checks } }).data.verification.digest)
    })
    return found
  }
})

function edit(file: string, sql: string): void {
  const db = new DatabaseSync(file)
  expect(db.prepare(sql).run().changes).toBeGreaterThan(0)
  db.close()
}

type Raw = Omit<StoredEntry, 'postings'> & { readonly postings: readonly { readonly account: string; readonly amount: string; readonly currency: string }[] }

/** Appends a changed entry under the writer's own signature, past the library that would refuse it. */
async function forge(book: Book, keyPair: { publicKey: Uint8Array; secretKey: Uint8Array }, type: string, change: (entry: Raw) => unknown): Promise<void> {
  const { core } = book.internals
  const { seq } = lastOf(await entriesOf(book), type)
  const { key, value } = await core.block(seq)
  const entry = JSON.parse(Buffer.from(value).toString()) as Raw
  await core.append([{ key, value: Buffer.from(`${JSON.stringify(change(entry))}\n`) }], keyPair)
}
