import { identity as contract, project as projects, Refusal, type Input } from '@growr/contracts'
import { refusalOf, every } from '@growr/service'
import type { Kit } from '../kit.ts'
import type { EndedLoan, HistoryDoc } from './identity.collections.ts'
import { loanOutcome, type LoanOutcome } from './loan-outcome.ts'

const BATCH = 200
const NAME = 'credit-history'

/**
 * Follows each organization's Loan book: a loan that was repaid, or defaulted, becomes a CreditHistory in the borrower's
 * record, stated by the organization. At least once, and each outcome of a loan once: the issuer knows a cause again.
 */
export class CreditHistory {
  readonly #kit: Kit
  #running: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor(kit: Kit) {
    this.#kit = kit
  }

  /** There may be something new. */
  wake(): void {
    void this.settle()
  }

  /** Resolves when every book has been read to its end, as far as that is possible now. */
  settle(): Promise<void> {
    this.#again = true
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #rounds(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      for await (const { id } of every(this.#kit.organizations)) {
        try {
          await this.#follow(id)
        } catch (error) {
          const refusal = refusalOf(error)
          this.#kit.log.warn({ follower: NAME, code: refusal instanceof Refusal ? refusal.code : 'INTERNAL', error }, 'a book could not be followed to its end')
        }
      }
    }
  }

  async #follow(organization: string): Promise<void> {
    const { cursors, bus } = this.#kit
    const id = `${NAME}:${organization}`
    let after = (await cursors.get(id))?.doc.after ?? 0
    for (;;) {
      if (this.#stopped) return
      const entries = await bus.call(projects.entries, { organization, book: 'loan', after, limit: BATCH }, { as: { service: 'identity' } })
      for (const entry of entries) await this.#take(entry)
      const last = entries.at(-1)
      if (last === undefined) return
      after = last.seq
      await this.#keep(id, after)
      if (entries.length < BATCH) return
    }
  }

  async #keep(id: string, after: number): Promise<void> {
    const { cursors } = this.#kit
    if ((await cursors.get(id)) === null) await cursors.insert({ id, after })
    else await cursors.update(id, (doc) => (doc.after >= after ? null : { id, after }))
  }

  async #take(entry: projects.FeedEntry): Promise<void> {
    const ended = loanOutcome(entry.state)
    if (ended === undefined || ended.key !== entry.key) return
    const { issued, walletRecords, histories, bus } = this.#kit
    const wallet = await walletRecords.findOne('did', ended.userDid)
    if (wallet === null) return
    const id = `${entry.organization}/${wallet.id}`
    const known = await histories.get(id)
    const after = withOutcome(known?.doc ?? { id, loans: {} }, ended, entry.businessDate)
    // The credential first: if this breaks off before the tally is kept, the entry comes again and finds the credential.
    if ((await issued.findOne('cause', `${entry.organization}/loan/${entry.key}/${ended.outcome}`)) === null) {
      const cause = { group: 'financing', organization: entry.organization, book: 'loan', key: entry.key, seq: entry.seq } as const
      await bus.call(
        contract.issueVC,
        { organization: entry.organization, did: ended.userDid, type: 'CreditHistory', claims: claimsOf(after, entry.key) },
        { as: { service: 'identity', cause }, requestId: `${NAME}:${entry.organization}:${entry.seq}` },
      )
    }
    if (known === null) await histories.insert(after)
    else await histories.update(id, (doc) => withOutcome(doc, ended, entry.businessDate))
  }
}

function withOutcome(history: HistoryDoc, { key, outcome, currency, principal, principalPaid, onTime, late, repaidOn }: LoanOutcome, businessDate: string): HistoryDoc {
  const known = history.loans[key]
  const loan: EndedLoan = {
    repaid: known?.repaid === true || outcome === 'REPAID',
    defaulted: known?.defaulted === true || outcome === 'DEFAULTED',
    currency,
    principal: principal.toString(),
    principalPaid: principalPaid.toString(),
    onTime,
    late,
    closedOn: repaidOn ?? known?.closedOn ?? businessDate,
  }
  return { ...history, loans: { ...history.loans, [key]: loan } }
}

/** Cumulated over all loans with the organization; sums of money in the currency of the loan that ended now. */
export function claimsOf({ loans }: HistoryDoc, key: string): Input<typeof contract.issueVC>['claims'] {
  const all = Object.values(loans)
  const latest = loans[key]
  if (latest === undefined) throw new Error('a history without its latest loan')
  const alike = all.filter(({ currency }) => currency === latest.currency)
  const sum = (of: (loan: EndedLoan) => string): bigint => alike.reduce((total, loan) => total + BigInt(of(loan)), 0n)
  const repaid = alike.filter((loan) => loan.repaid).map(({ principal }) => BigInt(principal))
  const largest = repaid.reduce((most, principal) => (principal > most ? principal : most), 0n)
  const figures = { totalBorrowed: sum(({ principal }) => principal), totalRepaid: sum(({ principalPaid }) => principalPaid), largestRepaid: largest }
  return {
    loansRepaid: all.filter((loan) => loan.repaid).length,
    defaults: all.filter((loan) => loan.defaulted).length,
    onTimeInstalments: all.reduce((total, { onTime }) => total + onTime, 0),
    lateInstalments: all.reduce((total, { late }) => total + late, 0),
    lastOutcome: latest.repaid ? 'REPAID' : 'DEFAULTED',
    lastClosedOn: latest.closedOn,
    // A sum that a claim cannot hold exactly is left out, with its currency.
    ...(Object.values(figures).every((figure) => figure <= BigInt(Number.MAX_SAFE_INTEGER))
      ? { currency: latest.currency, ...Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, Number(figure)])) }
      : {}),
  }
}
