import { decimalOf, unitsOf } from '../outside/decimal.ts'
import { type LightningPeer, MILLISATOSHI } from '../outside/lightning-peer.ts'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { invalid } from './fields.ts'
import { type Operation, performOf, type Said, type Watch } from './networks.ts'

export interface LightningDoorOptions {
  readonly peer: LightningPeer
  readonly watch: Watch
  /** Mines as many blocks, and lets everybody look at each. */
  readonly mine: (blocks: number) => Promise<void>
  /** Is told of each invoice of a person's. */
  readonly note?: (invoice: string) => void
}

/** Blocks until both sides take a channel for open. */
const DEEP = 6

/**
 * Somebody else's Lightning node, on which everybody outside has a wallet: `openChannel` opens one from there to the node and pushes a
 * part of it there, `pay` pays an invoice and gives the final answer, `newInvoice` and `cancelInvoice` are for what the node pays out,
 * `received` is what an invoice has brought there.
 */
export class LightningDoor implements Door {
  readonly name = 'lightning'
  readonly #options: LightningDoorOptions
  readonly #operations: Readonly<Record<string, Operation>> = {
    openChannel: { kind: 'do', fields: { 'peer!': 'text', 'address!': 'text', 'capacity!': 'text', push: 'text' }, perform: (said) => this.#openChannel(said) },
    pay: { kind: 'do', fields: { 'invoice!': 'text' }, perform: (said) => this.#pay(said) },
    newInvoice: { kind: 'do', fields: { 'amount!': 'text' }, perform: (said) => this.#newInvoice(said) },
    cancelInvoice: { kind: 'do', fields: { 'invoice!': 'text' }, perform: async ({ invoice = '' }) => ({ result: { cancelled: await this.#options.peer.cancel(invoice) } }) },
    received: { kind: 'query', fields: { 'invoice!': 'text' }, perform: async ({ invoice = '' }) => ({ result: { amount: await this.#options.peer.received(invoice) } }) },
  }

  constructor(options: LightningDoorOptions) {
    this.#options = options
  }

  perform({ name }: Actor, request: Request): Promise<Outcome> {
    return performOf('lightning', this.#operations, name, request)
  }

  async #openChannel({ peer = '', address = '', capacity = '', push }: Said): Promise<Outcome> {
    const whole = unitsOf(capacity, MILLISATOSHI)
    const pushed = push === undefined ? 0n : unitsOf(push, MILLISATOSHI)
    if (whole === undefined || pushed === undefined || pushed >= whole) return invalid('openChannel: capacity and push are decimals of bitcoin, the second the smaller one')
    const { id } = await this.#options.peer.openChannel(peer, address, whole, pushed)
    await this.#options.mine(DEEP)
    await this.#options.peer.usable()
    return { result: { id, capacity: decimalOf(whole, MILLISATOSHI) } }
  }

  async #pay({ invoice = '' }: Said): Promise<Outcome> {
    this.#options.note?.(invoice)
    const paid = await this.#options.peer.pay(invoice)
    await this.#options.watch.rest()
    return { result: paid }
  }

  async #newInvoice({ amount = '' }: Said): Promise<Outcome> {
    const msat = unitsOf(amount, MILLISATOSHI)
    if (msat === undefined) return invalid(`newInvoice: an amount is a decimal with at most ${MILLISATOSHI} decimals, not ${amount}`)
    const made = await this.#options.peer.invoice(msat)
    this.#options.note?.(made.invoice)
    return { result: made }
  }
}
