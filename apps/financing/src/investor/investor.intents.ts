import type { ActionContext } from '@growr/bus'
import type { Written } from '@growr/collections'
import { Refusal, type Contract, type investor as contract, type Params } from '@growr/contracts'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'
import { amountOfIntent, type IntentDoc } from './investor.collections.ts'

/** The call for which an intent changes: by it a repetition is known. */
export interface Asked<C extends Contract> {
  readonly contract: C
  readonly params: Params<C>
  readonly context: ActionContext
}

/** The intents of investors: one that is alive for each investor and project. */
export class Intents {
  readonly #financing: Financing

  constructor(financing: Financing) {
    this.#financing = financing
  }

  /** NOT_FOUND. */
  async require(id: string): Promise<IntentDoc> {
    const found = await this.#financing.intents.get(id)
    if (!found) throw new Refusal('NOT_FOUND', { path: 'intent' })
    return found.doc
  }

  present(doc: IntentDoc): contract.Intent {
    const { currency } = this.#financing.books.requireProject(doc.project).state
    const { id, project, organization, investor, status, source, walletAddress, createdAt } = doc
    return { id, project, organization, investor, status, source, walletAddress, createdAt, amount: doc.amount === null ? null : decimal(amountOfIntent(doc, currency.code), currency) }
  }

  /** Refuses PROJECT_STATUS for a project that takes nobody's capital any more. */
  requireOpen(project: string): void {
    const { status, distribution } = this.#financing.books.requireProject(project).state
    if (status === 'CLOSED' || distribution) throw new Refusal('PROJECT_STATUS', { path: 'project', details: { status } })
  }

  /** Begins an intent. DUPLICATE where the investor has one that is alive, PROJECT_STATUS. */
  open<C extends Contract>(project: string, investor: string, status: 'REQUESTED' | 'INVITED', asked: Asked<C>): Promise<Written<IntentDoc>> {
    const { books, intents, clock, newId } = this.#financing
    return books.inTurn(`investor:${project}:${investor}`, async () => {
      const request = this.#request(asked)
      const alive = (await intents.find({ where: { project, investor } })).find(({ doc }) => doc.status !== 'REJECTED')
      if (alive) {
        // Nothing changes; only a repetition of the request that had made it gets it as an answer.
        const known = request ? await intents.update(alive.id, () => null, { request }) : undefined
        if (known?.repeated) return known
        throw new Refusal('DUPLICATE', { path: 'project' })
      }
      this.requireOpen(project)
      const { organizationId: organization } = books.requireProject(project).state
      const doc: IntentDoc = { id: newId(), project, organization, investor, status, source: null, amount: null, walletAddress: null, createdAt: clock.now().toISOString() }
      const written = await intents.insert(doc, { ...(request ? { request } : {}), pending: [{ type: `investor.${status.toLowerCase()}`, data: { intent: doc.id } }] })
      this.#financing.woken()
      return written
    })
  }

  /** Changes an intent that is in one of these statuses, and lets the other side hear of it. INTENT_STATUS. */
  async move<C extends Contract>(id: string, from: readonly IntentDoc['status'][], change: (doc: IntentDoc) => Partial<IntentDoc>, event: string, asked: Asked<C>): Promise<Written<IntentDoc>> {
    const request = this.#request(asked)
    const written = await this.#financing.intents.update(
      id,
      (doc) => {
        if (!from.includes(doc.status)) throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: doc.status } })
        return { ...doc, ...change(doc) }
      },
      { ...(request ? { request } : {}), pending: [{ type: event, data: { intent: id } }] },
    )
    this.#financing.woken()
    return written
  }

  /** What came of this request before, or nothing. REQUEST_ID_REUSED. */
  async repeated<C extends Contract>(id: string, asked: Asked<C>): Promise<Written<IntentDoc> | undefined> {
    const request = this.#request(asked)
    if (!request) return undefined
    const found = await this.#financing.intents.update(id, () => null, { request })
    return found.repeated ? found : undefined
  }

  #request<C extends Contract>({ contract: asked, params, context }: Asked<C>) {
    return this.#financing.requests(asked, params, context)
  }
}
