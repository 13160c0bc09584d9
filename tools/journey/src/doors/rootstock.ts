import { decimalOf, unitsOf } from '../outside/decimal.ts'
import { RootstockChain, TOKEN, WEI } from '../outside/rootstock-chain.ts'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { invalid } from './fields.ts'
import { type Operation, performOf, type Said, type Watch } from './networks.ts'

export interface RootstockDoorOptions {
  readonly chain: RootstockChain
  readonly watch: Watch
  /** Is told of each address of a person's. */
  readonly note?: (address: string) => void
}

const CURRENCIES: readonly string[] = ['RBTC', TOKEN]

/**
 * A Rootstock-like chain with a token, and who is on it besides the node: `mine` and `reorganise` are what miners do, `pay` pays from
 * outside in RBTC or the token, `newAddress` is an address of a person's own, `received` is what the chain says lies there.
 */
export class RootstockDoor implements Door {
  readonly name = 'rootstock'
  readonly #options: RootstockDoorOptions
  readonly #operations: Readonly<Record<string, Operation>> = {
    mine: { kind: 'do', fields: { blocks: 'number' }, perform: ({ blocks = 1 }) => this.#after(() => this.#options.chain.mine(blocks)) },
    reorganise: { kind: 'do', fields: { 'blocks!': 'number' }, perform: ({ blocks = 1 }) => this.#after(() => this.#options.chain.reorganise(blocks)) },
    pay: { kind: 'do', fields: { 'to!': 'text', 'amount!': 'text', currency: 'text' }, perform: (said) => this.#pay(said) },
    newAddress: { kind: 'do', fields: {}, perform: () => this.#newAddress() },
    received: { kind: 'query', fields: { 'address!': 'text', currency: 'text' }, perform: (said) => this.#received(said) },
  }

  constructor(options: RootstockDoorOptions) {
    this.#options = options
  }

  perform({ name }: Actor, request: Request): Promise<Outcome> {
    return performOf('rootstock', this.#operations, name, request)
  }

  /** What was asked of the node has left it before, and it has seen what happened afterwards. */
  async #after(happen: () => Promise<void>): Promise<Outcome> {
    const { chain, watch } = this.#options
    await watch.rest()
    await happen()
    const height = await chain.height()
    await watch.seen('rootstock', height)
    return { result: { height } }
  }

  async #pay({ to = '', amount = '', currency = TOKEN }: Said): Promise<Outcome> {
    const units = unitsOf(amount, WEI)
    if (!CURRENCIES.includes(currency)) return invalid(`pay: a currency is ${CURRENCIES.join(' or ')}`)
    if (units === undefined) return invalid(`pay: an amount is a decimal with at most ${WEI} decimals, not ${amount}`)
    this.#options.note?.(to)
    return { result: { transaction: await this.#options.chain.pay(to, units, currency), amount: decimalOf(units, WEI) } }
  }

  #newAddress(): Promise<Outcome> {
    const address = RootstockChain.address()
    this.#options.note?.(address)
    return Promise.resolve({ result: { address } })
  }

  async #received({ address = '', currency = TOKEN }: Said): Promise<Outcome> {
    if (!CURRENCIES.includes(currency)) return invalid(`received: a currency is ${CURRENCIES.join(' or ')}`)
    return { result: { amount: decimalOf(await this.#options.chain.holds(address, currency), WEI) } }
  }
}
