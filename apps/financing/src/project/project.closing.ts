import { decideProject, isRefused, type ProjectState } from '@growr/lending'
import { isZero, subtract, sum } from '@growr/money'
import { creatorOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'
import { restFacts } from './project.accounts.ts'

/**
 * Closes each wound-up project whose last share is paid and all of whose accounts are at zero. Looks whenever something happened
 * that may have been the last; one look at a time, and another where something happened meanwhile.
 */
export class Closings {
  readonly #financing: Financing
  readonly #failed: (error: unknown) => void
  #running: Promise<void> | undefined
  #again = false

  constructor(financing: Financing, failed: (error: unknown) => void) {
    this.#financing = financing
    this.#failed = failed
  }

  /** Resolves when the look is over. Never rejects: what could not be closed yet is looked at the next time. */
  look(): Promise<void> {
    this.#again = true
    this.#running ??= this.#look()
    return this.#running
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #look(): Promise<void> {
    // Later than `#running` is set, which the end of the look takes away again.
    await Promise.resolve()
    while (this.#again) {
      this.#again = false
      try {
        for (const project of this.#financing.books.settling()) if (isPaidOut(project)) await close(this.#financing, project)
      } catch (error) {
        this.#failed(error)
      }
    }
    this.#running = undefined
  }
}

function isPaidOut({ currency, distribution }: ProjectState): boolean {
  return isZero(sum(currency.code, (distribution?.payables ?? []).map((payable) => subtract(payable.amount, payable.paid))))
}

async function close(financing: Financing, { key, organizationId }: ProjectState): Promise<void> {
  const { books } = financing
  const facts = await restFacts(financing, key)
  // Cash that lies with an agent while the bank is short of it by a mistake: the accounts cancel out, but nobody is done yet.
  if (!facts.empty) return
  const on = await today(financing, organizationId)
  const authority = { caller: { kind: 'service', service: 'project' } as const, action: 'project.closeProject', requestId: `close:${key}`, params: { key } }
  await books.once('project', { organization: organizationId, project: key }, authority, () => {
    const current = books.requireProject(key)
    const decision = decideProject(current.state, { type: 'close', on, ...facts })
    return isRefused(decision) ? null : { current, events: decision.events, person: creatorOf(current.state) }
  })
}
