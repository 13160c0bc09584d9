import { MobileMoneyError } from '@growr/mobilemoney'
import { every } from '@growr/service'
import type { Payments } from '../payments.ts'
import { bookTransaction, keyOfTransaction } from './mobile.book.ts'
import type { AccountDoc, HintDoc } from './mobile.collections.ts'

/** A provider may list a payment a while after it was made: each look begins this much before the end of the last one. */
const OVERLAP_MS = 3_600_000
/** Without a callback to look after, the provider is asked this often: some callbacks never come. */
const QUIET_MS = 300_000
/** A callback this young is looked after at every tick and at the time that it names. */
const FRESH_MS = 600_000
/** For older ones the provider is asked about its whole reach this often: whoever makes callbacks up costs no more than that. */
const WIDE_MS = 3_600_000

/**
 * Asks the providers what came in, and books it. A callback only makes the question come sooner; whether it was late, came twice, never,
 * or was made up, the provider's own list decides. What fails is tried again at the next tick.
 */
export class MobileLooks {
  readonly #payments: Payments
  /** By organization: the look that runs, and whether another has to follow it. */
  readonly #running = new Map<string, { readonly done: Promise<void>; again: boolean }>()
  #stopped = false

  constructor(payments: Payments) {
    this.#payments = payments
  }

  /** Looks at one organization's account soon. However many ask for it while one runs, one more follows. */
  wake(organization: string): void {
    if (this.#stopped) return
    const running = this.#running.get(organization)
    if (running) {
      running.again = true
      return
    }
    const done = this.#look(organization)
      .catch((error: unknown) => this.#payments.mobile.log('error', 'a look at a provider failed', { organization, error }))
      .then(() => {
        const { again } = this.#running.get(organization) ?? { again: false }
        this.#running.delete(organization)
        if (again) this.wake(organization)
      })
    this.#running.set(organization, { done, again: false })
  }

  /** Looks where something is waited for, or where nobody has looked for a while. */
  async tick(): Promise<void> {
    const { mobile, clock } = this.#payments
    for await (const { id } of every(mobile.accounts, {})) {
      const look = await mobile.looks.get(id)
      const now = clock.now().getTime()
      const quiet = look !== null && look.doc.problem === null && now - Date.parse(look.doc.readUntil) < QUIET_MS
      const [newest] = quiet ? await mobile.hints.find({ where: { organization: id, state: 'WAITING' }, limit: 500 }).then((found) => found.toSorted((a, b) => (a.doc.receivedAt < b.doc.receivedAt ? 1 : -1))) : []
      if (!quiet || (newest && now - Date.parse(newest.doc.receivedAt) < FRESH_MS)) this.wake(id)
    }
    await this.idle()
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.idle()
  }

  async #look(organization: string): Promise<void> {
    const { mobile, clock } = this.#payments
    const account = (await mobile.accounts.get(organization))?.doc
    const provider = account && mobile.providers.get(account.provider)
    if (!account || !provider || this.#stopped) return
    const now = clock.now()
    const before = (await mobile.looks.get(organization))?.doc
    const readUntil = Date.parse(before?.readUntil ?? account.since)
    const waiting = await mobile.hints.find({ where: { organization, state: 'WAITING' }, limit: 500 })
    const wide = now.getTime() - Date.parse(before?.wideAt ?? account.since) >= WIDE_MS
    const asked = waiting.filter(({ doc }) => wide || now.getTime() - Date.parse(doc.receivedAt) < FRESH_MS)
    const said = asked.map(({ doc }) => Date.parse(doc.at ?? doc.receivedAt) - OVERLAP_MS)
    // A made-up time in a callback widens the window as far as the provider can be asked, and no further.
    const from = Math.max(Math.min(readUntil - OVERLAP_MS, ...said), now.getTime() - provider.reachMs, Date.parse(account.since))
    let problem: string | null = null
    try {
      for (const transaction of await provider.received(account, new Date(from), now)) {
        if (transaction.at.getTime() >= Date.parse(account.since)) await bookTransaction(this.#payments, account, transaction)
      }
    } catch (error) {
      if (!(error instanceof MobileMoneyError)) throw error
      problem = error.code
      mobile.log('warn', 'a provider of mobile money did not answer as it should', { organization, code: error.code })
    }
    const next = {
      id: organization, problem, readUntil: problem === null ? now.toISOString() : new Date(readUntil).toISOString(),
      wideAt: problem === null && wide ? now.toISOString() : (before?.wideAt ?? account.since),
    }
    if (before) await mobile.looks.update(organization, () => next)
    else await mobile.looks.insert(next)
    for (const { doc } of waiting) await this.#settle(account, doc, now.getTime() - provider.reachMs)
  }

  /** A callback whose payment the book has is done; one that the provider can no longer be asked about is left to a statement. */
  async #settle(account: AccountDoc, hint: HintDoc, tooOld: number): Promise<void> {
    const { books, mobile } = this.#payments
    const state = books.find(keyOfTransaction(this.#payments, account, hint.reference)) ? 'CONFIRMED' : Date.parse(hint.receivedAt) < tooOld ? 'UNCONFIRMED' : 'WAITING'
    if (state !== 'WAITING') await mobile.hints.update(hint.id, (doc) => ({ ...doc, state }))
  }
}
