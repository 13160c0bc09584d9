import { type BitcoinChain, SATOSHI } from '../outside/bitcoin-chain.ts'
import { decimalOf, unitsOf } from '../outside/decimal.ts'
import { type AddressKind, OwnKeys } from '../outside/keys.ts'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { invalid } from './fields.ts'
import { type Operation, performOf, type Said, type Watch } from './networks.ts'

export interface BitcoinDoorOptions {
  readonly chain: BitcoinChain
  readonly watch: Watch
  /** Called after each block: somebody else's node over the same chain looks at it, too. */
  readonly block?: () => Promise<void>
  /** Is told of each address of a person's. */
  readonly note?: (address: string) => void
}

/**
 * A Bitcoin chain and who is on it besides the node: `mine` and `reorganise` are what miners do, `pay` pays from outside, `newAddress`,
 * `newKey` and `signPsbt` are wallets that people of the journey hold themselves, `received` is what the chain says lies at an address.
 */
export class BitcoinDoor implements Door {
  readonly name = 'bitcoin'
  readonly #options: BitcoinDoorOptions
  readonly #keys = new Map<string, OwnKeys>()
  readonly #operations: Readonly<Record<string, Operation>> = {
    mine: { kind: 'do', fields: { blocks: 'number' }, perform: ({ blocks = 1 }) => this.mine(blocks) },
    pay: { kind: 'do', fields: { 'to!': 'text', 'amount!': 'text' }, perform: (said) => this.#pay(said) },
    reorganise: { kind: 'do', fields: { 'blocks!': 'number', payments: 'text', without: 'text' }, perform: (said) => this.#reorganise(said) },
    newAddress: { kind: 'do', fields: { kind: 'text' }, perform: (said, who) => this.#newAddress(said, who) },
    newKey: { kind: 'do', fields: {}, perform: (_said, who) => Promise.resolve({ result: { key: this.#keysOf(who).key() } }) },
    signPsbt: { kind: 'do', fields: { 'psbt!': 'text' }, perform: (said, who) => this.#signPsbt(said, who) },
    received: { kind: 'query', fields: { 'address!': 'text' }, perform: async ({ address = '' }) => ({ result: { amount: await this.#options.chain.holds(address) } }) },
  }

  constructor(options: BitcoinDoorOptions) {
    this.#options = options
  }

  perform({ name }: Actor, request: Request): Promise<Outcome> {
    return performOf('bitcoin', this.#operations, name, request)
  }

  /** Blocks, one after the other where somebody else looks at each. */
  async mine(blocks: number): Promise<Outcome> {
    const { chain, block, watch } = this.#options
    // What was asked of the node has left it by then.
    await watch.rest()
    if (block === undefined) await chain.mine(blocks)
    for (let mined = 0; block !== undefined && mined < blocks; mined++) {
      await chain.mine(1)
      await block()
      await watch.rest()
    }
    return this.#seen()
  }

  async #seen(): Promise<Outcome> {
    const height = await this.#options.chain.height()
    await this.#options.watch.seen('bitcoin', height)
    return { result: { height } }
  }

  async #pay({ to = '', amount = '' }: Said): Promise<Outcome> {
    const sats = unitsOf(amount, SATOSHI)
    if (sats === undefined) return invalid(`pay: an amount is a decimal with at most ${SATOSHI} decimals, not ${amount}`)
    this.#options.note?.(to)
    return { result: { txid: await this.#options.chain.pay(to, decimalOf(sats, SATOSHI)), amount: decimalOf(sats, SATOSHI) } }
  }

  async #reorganise({ blocks = 1, payments = 'waiting', without }: Said): Promise<Outcome> {
    const { chain } = this.#options
    if (payments !== 'waiting' && payments !== 'again') return invalid('reorganise: payments are waiting (in no block), or mined again')
    if (without !== undefined && payments === 'again') return invalid('reorganise: a payment whose coins are spent otherwise cannot come again')
    await this.#options.watch.rest()
    await (without === undefined ? chain.reorganise(blocks) : chain.doubleSpend(blocks, without))
    // Between the two it must have seen that the payments are gone.
    const seen = await this.#seen()
    return payments === 'again' ? this.mine(1) : seen
  }

  #newAddress({ kind = 'p2wpkh' }: Said, who: string): Promise<Outcome> {
    if (kind !== 'p2wpkh' && kind !== 'p2tr') return Promise.resolve(invalid('newAddress: a kind is p2wpkh or p2tr'))
    const address = this.#keysOf(who).address(kind satisfies AddressKind)
    this.#options.note?.(address)
    return Promise.resolve({ result: { address } })
  }

  #signPsbt({ psbt = '' }: Said, who: string): Promise<Outcome> {
    return Promise.resolve({ result: this.#keysOf(who).sign(psbt) })
  }

  #keysOf(who: string): OwnKeys {
    const known = this.#keys.get(who) ?? new OwnKeys(who)
    this.#keys.set(who, known)
    return known
  }
}
