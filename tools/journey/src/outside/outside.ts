import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BitcoinDoor } from '../doors/bitcoin.ts'
import type { Door } from '../doors/door.ts'
import { LightningDoor } from '../doors/lightning.ts'
import type { Watch } from '../doors/networks.ts'
import { RatesDoor } from '../doors/rates.ts'
import { RootstockDoor } from '../doors/rootstock.ts'
import { BitcoinChain } from './bitcoin-chain.ts'
import { LightningPeer } from './lightning-peer.ts'
import { RootstockChain } from './rootstock-chain.ts'

export type NetworkName = 'bitcoin' | 'lightning' | 'rootstock'

export interface OutsideOptions {
  readonly networks: readonly NetworkName[]
  readonly rates: Readonly<Record<string, string>>
  readonly now: Date
}

/** Where `npm test` and `npm run networks` put a bitcoind. */
const SET_UP = fileURLToPath(new URL('../../../../.networks/bitcoind/run/bitcoind', import.meta.url))

/** The payment networks of a journey, each a real node on loopback, and what the journey's own node has to know of them. */
export class Outside {
  readonly #bitcoin: BitcoinChain | undefined
  readonly #peer: LightningPeer | undefined
  readonly #rootstock: RootstockChain | undefined
  readonly #rates: RatesDoor
  readonly #folder: string

  private constructor(parts: { bitcoin?: BitcoinChain | undefined; peer?: LightningPeer | undefined; rootstock?: RootstockChain | undefined; rates: RatesDoor; folder: string }) {
    this.#bitcoin = parts.bitcoin
    this.#peer = parts.peer
    this.#rootstock = parts.rootstock
    this.#rates = parts.rates
    this.#folder = parts.folder
  }

  /** Starts what the journey names, Lightning over the Bitcoin chain. Throws where there is no bitcoind or anvil. */
  static async start({ networks, rates, now }: OutsideOptions): Promise<Outside> {
    const folder = await mkdtemp(join(tmpdir(), 'growr-outside-'))
    const parts: { bitcoin?: BitcoinChain; peer?: LightningPeer; rootstock?: RootstockChain } = {}
    try {
      const table = await RatesDoor.open(join(folder, 'rates.json'), rates)
      // Each looks for a free port: one after the other.
      if (networks.includes('bitcoin') || networks.includes('lightning')) parts.bitcoin = await BitcoinChain.start(bitcoind(), now)
      if (networks.includes('rootstock')) parts.rootstock = await RootstockChain.start()
      if (networks.includes('lightning')) parts.peer = await LightningPeer.start(parts.bitcoin!)
      return new Outside({ ...parts, rates: table, folder })
    } catch (error) {
      await endOf(parts, folder)
      throw error
    }
  }

  /** The settings of the node. */
  get env(): Readonly<Record<string, string>> {
    const bitcoin = this.#bitcoin && { GROWR_BITCOIN_URL: this.#bitcoin.rpc.url, GROWR_BITCOIN_USER: this.#bitcoin.rpc.user, GROWR_BITCOIN_PASSWORD: this.#bitcoin.rpc.password, GROWR_BITCOIN_CHAIN: 'regtest' }
    const lightning = this.#peer && { GROWR_LIGHTNING_NODE: 'ldk', GROWR_LIGHTNING_LISTEN: '127.0.0.1:0' }
    const rootstock = this.#rootstock && { GROWR_ROOTSTOCK_URL: this.#rootstock.url, GROWR_ROOTSTOCK_CHAIN: '33', GROWR_ROOTSTOCK_TOKENS: this.#rootstock.tokens }
    return { ...bitcoin, ...lightning, ...rootstock, GROWR_RATES_FILE: this.#rates.file, GROWR_NETWORK_SECONDS: '1' }
  }

  /** `note` is told of each address or invoice of a person's. */
  doors(watch: Watch, note: (address: string) => void): Door[] {
    const [chain, peer, rootstock] = [this.#bitcoin, this.#peer, this.#rootstock]
    const bitcoin = chain && new BitcoinDoor({ chain, watch, note, ...(peer && { block: () => peer.look() }) })
    const miner = { name: 'miner', person: { role: 'NODE_OPERATOR' } } as const
    const mine = async (blocks: number): Promise<void> => void (await bitcoin?.perform(miner, { kind: 'do', operation: 'mine', with: { blocks } }))
    return [
      this.#rates,
      ...(bitcoin ? [bitcoin] : []),
      ...(peer ? [new LightningDoor({ peer, watch, note, mine })] : []),
      ...(rootstock ? [new RootstockDoor({ chain: rootstock, watch, note })] : []),
    ]
  }

  /** The blocks of Bitcoin bear the time of the journey. */
  async setTime(to: Date): Promise<void> {
    await this.#bitcoin?.setTime(to)
  }

  close(): Promise<void> {
    return endOf({ peer: this.#peer, rootstock: this.#rootstock, bitcoin: this.#bitcoin }, this.#folder)
  }
}

async function endOf({ peer, rootstock, bitcoin }: { peer?: LightningPeer | undefined; rootstock?: RootstockChain | undefined; bitcoin?: BitcoinChain | undefined }, folder: string): Promise<void> {
  for (const part of [peer, rootstock, bitcoin]) await part?.stop()
  await rm(folder, { recursive: true, force: true })
}

function bitcoind(): string {
  const named = process.env['BITCOIND_PATH']
  if (named) return named
  if (existsSync(SET_UP)) return SET_UP
  throw Object.assign(new Error('there is no bitcoind: `node tools/networks/bitcoind.mjs` sets one up, or give the path of another as BITCOIND_PATH'), { code: 'NO_BITCOIND' })
}
