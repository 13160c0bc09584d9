import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GrowrClient, type FeedEntry } from '@growr/client'
import { LOAN } from './testing/lending.ts'
import { PASSWORD } from './testing/people.ts'
import { startWorld, type World } from './testing/world.ts'

const example = fileURLToPath(new URL('../../../examples/cash-book.ts', import.meta.url))

let world: World
let folder: string

beforeAll(async () => {
  world = await startWorld()
  folder = mkdtempSync(join(tmpdir(), 'growr-integrator-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await world.end()
})

describe('the feed of a whole node', () => {
  it('tells all of a loan\'s life in order, its money twice over, and nothing of its borrower', async () => {
    const { comsa, lending } = world
    const [bea] = comsa.borrowers
    await lending.credential(comsa, bea!)
    const project = await lending.project(comsa)
    const { key } = await lending.loan(comsa, bea!, project, 'REPAID')
    const growr = new GrowrClient({ url: world.node.url, session: comsa.admin.session })
    const entries: FeedEntry[] = []
    for (const book of ['project', 'loan', 'funding', 'payment', 'erasures'] as const) {
      let last = 0
      for await (const entry of growr.feed({ organization: comsa.id, book, limit: 2 })) {
        expect(entry.seq).toBeGreaterThan(last)
        last = entry.seq
        entries.push(entry)
      }
    }
    const loan = entries.filter((entry) => entry.book === 'loan')
    expect(loan.map(({ type, status, loan: of }) => [type, status, of])).toEqual([
      ['loan.approved', 'APPROVED', key], ['loan.signed', 'SIGNED', key], ['loan.disbursed', 'DISBURSED', key], ['loan.instalment-paid', 'REPAID', key],
    ])
    expect(loan[3]).toMatchObject({ project, currency: 'HNL', amounts: { amount: LOAN.total, 'allocation.principal': LOAN.amount }, totals: { contractAmount: LOAN.amount, repaidAmount: LOAN.total } })
    // Each movement is posted on both sides: whoever adds up the feed of all books finds nothing between them.
    const cents = (account: (name: string) => boolean): number => entries.flatMap(({ postings }) => postings).filter((posting) => account(posting.account)).reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0)
    expect(cents((name) => name.startsWith('clearing/'))).toBe(0)
    expect(cents((name) => name.startsWith('cash/'))).toBe(100_000_000 - 1_860_000 + 2_180_000)
    expect(cents(() => true)).toBe(0)
    const text = JSON.stringify(entries)
    for (const personal of [bea!.session.user, bea!.did, bea!.address, comsa.admin.session.user, 'OUT-1', 'IN-1', 'JUNIOR-1']) expect(text).not.toContain(personal)
  })
})

describe('the example', () => {
  /** Runs it, and answers what it prints, line by line. */
  function run(): { child: ChildProcess; line: (wanted: RegExp) => Promise<string>; exit: Promise<number | null> } {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source', example, join(folder, 'cash.csv')], {
      env: { ...process.env, GROWR_URL: world.node.url, GROWR_EMAIL: world.comsa.admin.address, GROWR_PASSWORD: PASSWORD },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const failed: string[] = []
    child.stderr!.on('data', (chunk: Buffer) => failed.push(chunk.toString()))
    const seen: string[] = []
    const waiting: { wanted: RegExp; found: (line: string) => void }[] = []
    createInterface({ input: child.stdout! }).on('line', (printed) => {
      seen.push(printed)
      for (const each of waiting) if (each.wanted.test(printed)) each.found(printed)
    })
    const exit = new Promise<number | null>((ended) => child.on('exit', ended))
    const line = (wanted: RegExp): Promise<string> => {
      const known = seen.find((printed) => wanted.test(printed))
      if (known !== undefined) return Promise.resolve(known)
      const found = new Promise<string>((resolve) => waiting.push({ wanted, found: resolve }))
      return Promise.race([found, exit.then(() => Promise.reject(new Error(`it ended: ${failed.join('')}`)))])
    }
    return { child, line, exit }
  }
  const amounts = (): string[] => readFileSync(join(folder, 'cash.csv'), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split(',')[6] as string)

  it('keeps the cash book, by webhook while it runs and by the feed after it was killed', async () => {
    const { comsa, lending } = world
    const first = run()
    expect(await first.line(/^up to date/)).toMatch(/^up to date at [1-9]/)
    expect(amounts()).toEqual(['1000000.00', '-18600.00', '21800.00'])
    const bea = comsa.borrowers[0]!
    const project = await lending.project(comsa, { junior: '500000.00' })
    await first.line(/,500000\.00,/)
    first.child.kill('SIGKILL')
    await first.exit
    // It missed this.
    await lending.loan(comsa, bea, project, 'DISBURSED')
    const second = run()
    await second.line(/^up to date/)
    expect(amounts()).toEqual(['1000000.00', '-18600.00', '21800.00', '500000.00', '-18600.00'])
    second.child.kill('SIGTERM')
    expect(await second.exit).toBe(0)
    // The first one's webhook was left behind; the second one's is removed.
    expect(await world.door.do<unknown[]>(comsa.admin, 'webhooks', { organization: comsa.id })).toHaveLength(1)
  })
})

describe('the feed of erasures', () => {
  it('tells which loans and payments lead to nobody any more, and the others stay as they were', async () => {
    const { comsa, lending, door } = world
    const carl = comsa.borrowers[1]!
    await lending.credential(comsa, carl)
    const project = await lending.project(comsa, { loans: { cashBackRate: '0', riskDepositRate: '0', isCommunity: false } })
    const { key: loan } = await door.do(carl, 'applyForLoan', { project, amount: '20000.00', months: 6 })
    await door.do(carl, 'signLoan', { loan })
    const { key: payout } = await door.do(comsa.admin, 'addDisbursement', { loan, rail: 'BANK' })
    await door.do(comsa.admin, 'confirmDisbursement', { payment: payout, reference: 'OUT-2' })
    await world.node.settle()
    const repayment = await lending.repay(comsa, loan as string, LOAN.total)
    await world.node.settle()
    const growr = new GrowrClient({ url: world.node.url, session: comsa.admin.session })
    const all = async (book: 'loan' | 'erasures'): Promise<FeedEntry[]> => {
      const found: FeedEntry[] = []
      for await (const entry of growr.feed({ organization: comsa.id, book })) found.push(entry)
      return found
    }
    const before = await all('loan')
    expect(await all('erasures')).toEqual([])
    await door.do(comsa.admin, 'eraseUser', { user: carl.session.user })
    await world.node.settle()
    const [told, ...others] = await all('erasures')
    expect(others).toEqual([])
    expect(told).toMatchObject({ type: 'person.erased', seq: 1, erased: { loans: [loan], payments: expect.arrayContaining([payout, repayment]) } })
    expect(JSON.stringify(told)).not.toContain(carl.session.user)
    expect(await all('loan')).toEqual(before)
  })
})
