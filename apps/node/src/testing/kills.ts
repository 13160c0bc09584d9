import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unrest } from './at-rest.ts'
import { ChildNode } from './child.ts'
import { withData } from './data.ts'
import { Refused, type Caller } from './door.ts'
import { LOAN, Lending, type Loan } from './lending.ts'
import { People, type Organization, type Person } from './people.ts'

// A node under load is killed (SIGKILL) at a moment that a seed decides, and started again over what it left, over and over.

export interface KillOptions {
  readonly seed: number
  readonly runs: number
}

export interface KillResult {
  readonly kills: number
  readonly killsWhileStarting: number
  readonly acknowledged: number
  /** Sent, and cut off before an answer came. */
  readonly cutOff: number
  /** Of those, what had been carried out all the same. */
  readonly carriedOut: number
  readonly loans: number
  readonly repayments: number
  readonly slowestStartMs: number
  readonly failures: string[]
}

/** A request as a client remembers it: repeated with the same id it must come to the same. */
interface Request {
  readonly operation: 'applyForLoan' | 'addRepayment' | 'confirmRepayment'
  readonly who: Caller
  readonly args: Readonly<Record<string, unknown>>
  readonly requestId: string
  key?: string
}

const REPAID = '10.00'
const WORKERS = 6
/** Every so many rounds the node is killed once more while it starts. */
const STARTING = 3

/** Numbers between 0 and 1 that a seed decides (mulberry32). */
function randomBy(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class Trial {
  readonly node: ChildNode
  readonly #dir: string
  readonly #random: () => number
  readonly #requests: Request[] = []
  readonly #failures: string[] = []
  readonly #tally = { kills: 0, killsWhileStarting: 0, acknowledged: 0, cutOff: 0, carriedOut: 0 }
  #slowest = 0
  #organization!: Organization
  #project = ''
  #loans: Loan[] = []
  #count = 0

  constructor(dir: string, seed: number) {
    this.#dir = dir
    mkdirSync(join(dir, 'data'), { mode: 0o700 })
    this.#random = randomBy(seed)
    this.node = new ChildNode({ dir, passphrase: PASSPHRASE, clock: '2026-03-02T15:00:00.000Z' })
  }

  async prepare(): Promise<void> {
    await this.#start()
    const people = new People(this.node)
    const lending = new Lending(this.node)
    this.#organization = await people.organization(await people.operator(), 'COMSA', Array.from({ length: 6 }, (_none, index) => `borrower-${index}`))
    const { borrowers } = this.#organization
    this.#project = await lending.project(this.#organization, { junior: '80000000.00' })
    await Promise.all(borrowers.map((borrower) => lending.credential(this.#organization, borrower)))
    this.#loans = await Promise.all(borrowers.map((borrower) => lending.loan(this.#organization, borrower, this.#project, 'DISBURSED')))
  }

  /** Load, a kill, a start, and every request once more. */
  async round(number: number): Promise<void> {
    const people = new People(this.node)
    const { admin, second, borrowers } = this.#organization
    await Promise.all([admin, second, ...borrowers].map(async (person: Person) => {
      person.session = await people.signIn(person)
    }))
    const from = this.#requests.length
    await this.#loadUntilKilled()
    if (number % STARTING === STARTING - 1) await this.#killWhileStarting()
    await this.#start()
    await this.#repeat(this.#requests.slice(from), number)
  }

  async #start(): Promise<void> {
    this.#slowest = Math.max(this.#slowest, await this.node.start())
    const ready = await fetch(`${this.node.door.url}/readyz`)
    if (ready.status !== 200) this.#failures.push(`the node started and was not ready: ${(await ready.text()).slice(0, 300)}`)
  }

  async #killWhileStarting(): Promise<void> {
    this.node.spawn()
    await new Promise((resolve) => setTimeout(resolve, 100 + this.#random() * 1200))
    await this.node.kill()
    this.#tally.killsWhileStarting += 1
  }

  async #loadUntilKilled(): Promise<void> {
    const enough = 3 + Math.floor(this.#random() * 40)
    const jitter = this.#random() * 8
    const before = this.#tally.acknowledged
    let killing: Promise<void> | undefined
    const work = async (): Promise<void> => {
      while (!killing) {
        const payment = await this.#send(this.#next())
        // Once so many are acknowledged: a moment later, in the midst of whatever the others do.
        if (!killing && this.#tally.acknowledged - before >= enough) killing = new Promise((resolve) => setTimeout(resolve, jitter)).then(() => this.node.kill())
        if (payment !== undefined) await this.#send({ operation: 'confirmRepayment', who: this.#organization.second, args: { payment }, requestId: this.#id() })
      }
    }
    await Promise.all(Array.from({ length: WORKERS }, work))
    await killing
    this.#tally.kills += 1
  }

  #id(): string {
    this.#count += 1
    return `kill-${this.#count}`
  }

  #next(): Request {
    const at = Math.floor(this.#random() * this.#loans.length)
    const loan = this.#loans[at] as Loan
    if (this.#random() < 0.5) return { operation: 'applyForLoan', who: loan.borrower, args: { project: this.#project, amount: LOAN.amount, months: LOAN.months }, requestId: this.#id() }
    return { operation: 'addRepayment', who: this.#organization.admin, args: { loan: loan.key, rail: 'BANK', amount: REPAID, reference: 'IN-1' }, requestId: this.#id() }
  }

  /** Sends it; gives the key of a payment that now waits for its confirmation. */
  async #send(request: Request): Promise<string | undefined> {
    this.#requests.push(request)
    try {
      const { key } = await this.node.door.do(request.who, request.operation, request.args, { requestId: request.requestId })
      request.key = key as string
      this.#tally.acknowledged += 1
      return request.operation === 'addRepayment' ? request.key : undefined
    } catch (error) {
      if (error instanceof Refused && error.code !== 'UNAVAILABLE' && error.code !== 'TIMED_OUT') this.#failures.push(`${request.requestId}: ${error.message}`)
      this.#tally.cutOff += 1
      return undefined
    }
  }

  /** What was acknowledged comes to the same again, what was cut off is done now, once. */
  async #repeat(requests: readonly Request[], round: number): Promise<void> {
    const { door } = this.node
    await this.node.settle()
    const before = await this.#loanCount()
    let added = 0
    for (const request of requests) {
      const { operation, who, args, requestId, key: known } = request
      try {
        const { key, status } = await door.do(who, operation, args, { requestId })
        if (known !== undefined && key !== known) this.#failures.push(`round ${round}: ${requestId} was ${known} and is now ${key}`)
        if (operation === 'confirmRepayment' && status !== 'CONFIRMED') this.#failures.push(`round ${round}: ${requestId} was confirmed and is ${status}`)
        if (known === undefined && operation === 'applyForLoan') added += 1
        request.key = key as string
      } catch (error) {
        this.#failures.push(`round ${round}: ${requestId} ${known === undefined ? 'was cut off' : 'was acknowledged'}: ${error instanceof Error ? error.message : 'failed'}`)
      }
    }
    this.#tally.carriedOut += added - ((await this.#loanCount()) - before)
  }

  async #loanCount(): Promise<number> {
    return (await this.node.door.do<{ totalCount: number }>(this.#organization.admin, 'loans', { project: this.#project, first: 1 })).totalCount
  }

  /** Everything adds up: one loan for each application, one payment for each repayment, and the books rest. */
  async finish(): Promise<KillResult> {
    const { admin, second } = this.#organization
    const { door } = this.node
    const people = new People(this.node)
    admin.session = await people.signIn(admin)
    second.session = await people.signIn(second)
    const of = (operation: Request['operation']): Request[] => this.#requests.filter((request) => request.operation === operation)
    // What was registered when the node died, and nobody came to confirm.
    const confirmed = new Set(of('confirmRepayment').map(({ args }) => args['payment']))
    for (const { key } of of('addRepayment')) if (!confirmed.has(key)) await door.do(second, 'confirmRepayment', { payment: key })
    await this.node.settle()
    for (const { key } of this.#loans) {
      const payments = of('addRepayment').filter(({ args }) => args['loan'] === key).length
      const { repaid } = await door.do(admin, 'loan', { key })
      if (repaid !== `${payments * 10}.00`) this.#failures.push(`${payments} repayments of ${REPAID} on a loan come to ${repaid}`)
    }
    const keys = new Set(of('applyForLoan').map(({ key }) => key))
    const loans = await this.#loanCount()
    if (keys.size !== of('applyForLoan').length) this.#failures.push(`${of('applyForLoan').length} applications came to ${keys.size} loans`)
    if (loans !== keys.size + this.#loans.length) this.#failures.push(`${keys.size + this.#loans.length} loans were acknowledged and ${loans} are there`)
    const code = await this.node.stop()
    if (code !== 0) this.#failures.push(`the node stopped with ${code}`)
    this.#failures.push(...(await withData(this.node.data, PASSPHRASE, unrest)))
    return { ...this.#tally, loans, repayments: of('addRepayment').length, slowestStartMs: Math.round(this.#slowest), failures: this.#failures }
  }

  clear(): void {
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

const PASSPHRASE = 'a pass phrase that survives its node'

/** Kills a node `runs` times under load. Answers with what did not hold: nothing, if all is well. */
export async function killsUnderLoad({ seed, runs }: KillOptions): Promise<KillResult> {
  const trial = new Trial(mkdtempSync(join(tmpdir(), 'growr-kills-')), seed)
  try {
    await trial.prepare()
    for (let round = 0; round < runs; round++) await trial.round(round)
    return await trial.finish()
  } finally {
    await trial.node.kill()
    trial.clear()
  }
}
