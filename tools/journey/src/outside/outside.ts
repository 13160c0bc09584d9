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

/** What there is of the outside; somebody's Lightning node takes its time to start. */
interface Parts {
  bitcoin?: BitcoinChain
  peer?: Promise<LightningPeer>
  rootstock?: RootstockChain
}

/** The payment networks of a journey, each a real node on loopback, and what the journey's own node has to know of them. */
export class Outside {
  readonly #parts: Readonly<Parts>
  readonly #rates: RatesDoor
  readonly #folder: string

  private constructor(parts: Readonly<Parts>, rates: RatesDoor, folder: string) {
    this.#parts = parts
    this.#rates = rates
    this.#folder = folder
  }

  /** Starts what the journey names, Lightning over the Bitcoin chain. Throws where there is no bitcoind or anvil. */
  static async start({ networks, rates, now }: OutsideOptions): Promise<Outside> {
    const folder = await mkdtemp(join(tmpdir(), 'growr-outside-'))
    const parts: Parts = {}
    try {
      const table = await RatesDoor.open(join(folder, 'rates.json'), rates)
      // Each looks for a free port: one after the other.
      if (networks.includes('bitcoin') || networks.includes('lightning')) parts.bitcoin = await BitcoinChain.start(bitcoind(), now)
      if (networks.includes('rootstock')) parts.rootstock = await RootstockChain.start()
      if (networks.includes('lightning')) parts.peer = LightningPeer.start(parts.bitcoin!)
      // Whoever needs it hears of it; nobody may ever do.
      parts.peer?.catch(() => undefined)
      return new Outside(parts, table, folder)
    } catch (error) {
      await endOf(parts, folder)
      throw error
    }
  }

  /** The settings of the node. */
  get env(): Readonly<Record<string, string>> {
    const { bitcoin, peer, rootstock } = this.#parts
    return {
      ...(bitcoin && { GROWR_BITCOIN_URL: bitcoin.rpc.url, GROWR_BITCOIN_USER: bitcoin.rpc.user, GROWR_BITCOIN_PASSWORD: bitcoin.rpc.password, GROWR_BITCOIN_CHAIN: 'regtest' }),
      ...(peer && { GROWR_LIGHTNING_NODE: 'ldk', GROWR_LIGHTNING_LISTEN: '127.0.0.1:0' }),
      ...(rootstock && { GROWR_ROOTSTOCK_URL: rootstock.url, GROWR_ROOTSTOCK_CHAIN: '33', GROWR_ROOTSTOCK_TOKENS: rootstock.tokens }),
      GROWR_RATES_FILE: this.#rates.file,
      GROWR_NETWORK_SECONDS: '1',
    }
  }

  /** Once all of it has started. `note` is told of each address or invoice of a person's. */
  async doors(watch: Watch, note: (address: string) => void): Promise<Door[]> {
    const { bitcoin: chain, rootstock } = this.#parts
    const peer = await this.#parts.peer
    const bitcoin = chain && new BitcoinDoor({ chain, watch, note, ...(peer && { block: () => peer.look() }) })
    const mine = async (blocks: number): Promise<void> => {
      await bitcoin?.mine(blocks)
    }
    return [
      this.#rates,
      ...(bitcoin ? [bitcoin] : []),
      ...(peer ? [new LightningDoor({ peer, watch, note, mine })] : []),
      ...(rootstock ? [new RootstockDoor({ chain: rootstock, watch, note })] : []),
    ]
  }

  /** The blocks of Bitcoin bear the time of the journey. */
  async setTime(to: Date): Promise<void> {
    await this.#parts.bitcoin?.setTime(to)
  }

  close(): Promise<void> {
    return endOf(this.#parts, this.#folder)
  }
}

async function endOf({ peer, rootstock, bitcoin }: Readonly<Parts>, folder: string): Promise<void> {
  await (await peer?.catch(() => undefined))?.stop()
  await rootstock?.stop()
  await bitcoin?.stop()
  await rm(folder, { recursive: true, force: true })
}

function bitcoind(): string {
  const path = process.env['BITCOIND_PATH'] || SET_UP
  if (existsSync(path)) return path
  throw Object.assign(new Error(`there is no bitcoind at ${path}: \`node tools/networks/bitcoind.mjs\` sets one up, or give the path of another as BITCOIND_PATH`), { code: 'NO_BITCOIND' })
}
