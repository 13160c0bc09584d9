import type { NetworkErrorCode } from '@growr/networks'
import { NetworkError } from '@growr/networks'
import { findInBlock, findInTransaction, headOf, outpointKey, outpointOf, Watched, type Found } from './block.ts'
import type { Chain } from './chain.ts'
import { RpcRefusal, type BitcoinRpc } from './rpc.ts'
import type { BitcoinStore } from './store.ts'

/** Blocks in one step, unless a reorganisation is deeper. */
const STEP = 50
/** So many heights below the tip are kept, to find where a reorganisation began. */
const KEPT = 2_016
/** So many blocks before the first look are read, too. */
const BEFORE = 100
/** Steps of one look: beyond that the node moves faster than it is read. */
const MOST_STEPS = 100_000

export interface ChainInfo {
  readonly chain: string
  readonly blocks: number
  readonly headers: number
  readonly bestblockhash: string
  readonly initialblockdownload: boolean
}

interface Waiting {
  readonly txids: ReadonlySet<string>
  readonly raws: readonly Buffer[]
}

/**
 * Reads the chain forward from the stored place, and back to the common ancestor where it was reorganised. What stands in blocks and what
 * waits goes into the store together with the place; what is to be told of it follows from the store alone (`tell.ts`). Whether it is
 * woken by ZMQ or by a timer makes no difference.
 */
export class Scanner {
  readonly #rpc: BitcoinRpc
  readonly #store: BitcoinStore
  readonly #chain: Chain
  readonly #scripts = new Watched()
  readonly #coins = new Watched()
  /** Waiting transactions that were looked at. */
  #looked: ReadonlySet<string> = new Set()

  constructor(rpc: BitcoinRpc, store: BitcoinStore, chain: Chain) {
    this.#rpc = rpc
    this.#store = store
    this.#chain = chain
    this.#load()
  }

  #load(): void {
    this.#scripts.clear()
    this.#coins.clear()
    for (const { script } of this.#store.all('SELECT script FROM address')) this.watch(script as Uint8Array)
    for (const { txid, vout } of this.#store.all('SELECT txid, vout FROM credit WHERE spentHeight IS NULL')) this.#coins.add(outpointKey(String(txid), Number(vout)))
  }

  /** An output script to look for from now on. */
  watch(script: Uint8Array): void {
    this.#scripts.add(Buffer.from(script).toString('latin1'))
  }

  get height(): number {
    return Number(this.#store.get('SELECT max(height) AS height FROM block')?.['height'] ?? 0)
  }

  /** What the node says of its chain. NETWORK_REFUSED where it is another than the one configured. */
  async info(): Promise<ChainInfo> {
    const info = await this.#rpc.call<ChainInfo>('getblockchaininfo')
    if (info.chain !== this.#chain) throw refused('NETWORK_REFUSED', `bitcoind is on the chain «${info.chain}», not on «${this.#chain}»`)
    return info
  }

  /** Reads until all that the node has is in the store. Gives what waits in the mempool. */
  async look(): Promise<ReadonlySet<string>> {
    for (let step = 0; step < MOST_STEPS; step++) {
      const done = await this.#step().catch((error: unknown) => {
        this.#looked = new Set()
        throw error
      })
      if (done !== null) return done
    }
    throw refused('NETWORK_SYNCING', 'the chain moves faster than it is read: try again later')
  }

  /** Null where there is more, or something moved meanwhile. */
  async #step(): Promise<ReadonlySet<string> | null> {
    const info = await this.info()
    const top = this.#store.get('SELECT height, hash FROM block ORDER BY height DESC LIMIT 1')
    if (top === undefined) {
      // Nobody can have paid to an address before it was made; so far back that no reorganisation leaves what is known.
      const height = Math.max(0, info.blocks - BEFORE)
      const hash = await this.#hashAt(height)
      if (hash !== null) this.#store.run('INSERT INTO block (height, hash, time) VALUES (?, ?, 0)', height, hash)
      return null
    }
    const ancestor = await this.#ancestor(Number(top['height']), info.blocks)
    if (ancestor === null) return null
    // A chain that only ends earlier has displaced nothing: the node is being restored, or reads its blocks anew.
    if (ancestor.height === info.blocks && info.blocks < Number(top['height'])) throw refused('NETWORK_SYNCING', 'bitcoind holds less of the chain than was read already: wait until it has caught up')
    const blocks = await this.#blocks(ancestor, info.blocks, Math.max(STEP, Number(top['height']) - ancestor.height + 1))
    if (blocks === null) return null
    const height = ancestor.height + blocks.length
    const waiting = height === info.blocks ? await this.#waiting() : null
    if (waiting !== null && (await this.#rpc.call('getbestblockhash')) !== info.bestblockhash) return null
    try {
      this.#store.together(() => {
        this.#disconnect(ancestor.height)
        for (const [place, raw] of blocks.entries()) this.#connect(raw, ancestor.height + 1 + place)
        this.#store.run('DELETE FROM block WHERE height < ?', height - KEPT)
        if (waiting !== null) this.#note(waiting)
      })
    } catch (error) {
      this.#load()
      throw error
    }
    if (waiting === null) return null
    this.#looked = waiting.txids
    return waiting.txids
  }

  /** The highest block that both have. NETWORK_REFUSED where that lies deeper than is kept. */
  async #ancestor(top: number, tip: number): Promise<{ height: number; hash: string } | null> {
    for (let height = Math.min(top, tip); ; height--) {
      const known = this.#store.get('SELECT hash FROM block WHERE height = ?', height)
      if (known === undefined) throw refused('NETWORK_REFUSED', 'the chain was reorganised deeper than is kept, or the node holds another one: look at the node')
      const hash = await this.#hashAt(height)
      if (hash === null) return null
      if (hash === known['hash']) return { height, hash }
    }
  }

  async #hashAt(height: number): Promise<string | null> {
    return this.#rpc.call<string>('getblockhash', height).catch((error: unknown) => {
      if (error instanceof RpcRefusal) return null
      throw error
    })
  }

  /** The blocks that follow, each on the one before; null where the chain moved meanwhile. */
  async #blocks(from: { height: number; hash: string }, tip: number, most: number): Promise<Buffer[] | null> {
    const blocks: Buffer[] = []
    let previous = from.hash
    for (let height = from.height + 1; height <= tip && blocks.length < most; height++) {
      const hash = await this.#hashAt(height)
      if (hash === null) return null
      const raw = Buffer.from(await this.#rpc.call<string>('getblock', hash, 0), 'hex')
      const head = headOf(raw)
      if (head.hash !== hash || head.previous !== previous) return null
      blocks.push(raw)
      previous = hash
    }
    return blocks
  }

  async #waiting(): Promise<Waiting> {
    const txids = new Set(await this.#rpc.call<string[]>('getrawmempool'))
    const raws: Buffer[] = []
    for (const txid of txids) {
      if (this.#looked.has(txid)) continue
      const raw = await this.#rpc.call<string>('getrawtransaction', txid).catch((error: unknown) => {
        // It has left the mempool since: the next look sees where to.
        if (error instanceof RpcRefusal) return null
        throw error
      })
      if (raw === null) txids.delete(txid)
      else raws.push(Buffer.from(raw, 'hex'))
    }
    return { txids, raws }
  }

  #disconnect(above: number): void {
    const store = this.#store
    store.run('UPDATE credit SET height = NULL, waiting = 0 WHERE height > ?', above)
    for (const { txid, vout } of store.all('SELECT txid, vout FROM credit WHERE spentHeight > ?', above)) this.#coins.add(outpointKey(String(txid), Number(vout)))
    store.run('UPDATE credit SET spentHeight = NULL, spentBy = CASE WHEN spentBy IN (SELECT txid FROM version) THEN spentBy END WHERE spentHeight > ?', above)
    store.run('UPDATE version SET height = NULL WHERE height > ?', above)
    store.run('DELETE FROM block WHERE height > ?', above)
  }

  #connect(raw: Buffer, height: number): void {
    const { hash, time } = headOf(raw)
    this.#store.run('INSERT INTO block (height, hash, time) VALUES (?, ?, ?)', height, hash, time)
    for (const found of findInBlock(raw, { scripts: this.#scripts, coins: this.#coins })) this.#record(found, height, time)
  }

  #record({ txid, outputs, spends, inputs }: Found, height: number | null, time: number): void {
    const store = this.#store
    const ours = store.get('SELECT 1 AS ours FROM version WHERE txid = ?', txid) !== undefined
    for (const { vout, sats, script } of outputs) {
      const bytes = Buffer.from(script, 'latin1')
      // Change is what a send of ours left; from outside, a payment is one to an address of change, too.
      const told = ours && store.get('SELECT branch FROM address WHERE script = ?', bytes)?.['branch'] === 1 ? 'INTERNAL' : 'NONE'
      store.run(
        `INSERT INTO credit (txid, vout, script, sats, inputs, height, time, waiting, told, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
         ON CONFLICT (txid, vout) DO UPDATE SET height = excluded.height, time = excluded.time, waiting = excluded.waiting`,
        txid, vout, bytes, sats, JSON.stringify(inputs.map((key) => Object.values(outpointOf(key)))), height, time, height === null ? 1 : 0, told,
      )
      this.#coins.add(outpointKey(txid, vout))
    }
    for (const key of spends) {
      const coin = outpointOf(key)
      if (height !== null) {
        store.run('UPDATE credit SET spentBy = ?, spentHeight = ? WHERE txid = ? AND vout = ?', txid, height, coin.txid, coin.vout)
        this.#coins.delete(key)
      } else {
        store.run('UPDATE credit SET spentBy = ? WHERE txid = ? AND vout = ? AND spentHeight IS NULL', txid, coin.txid, coin.vout)
      }
    }
    if (spends.length > 0) store.run('UPDATE version SET height = ?, time = ? WHERE txid = ?', height, time, txid)
  }

  /** What waits: what was not met before, parents before children, and what waits no longer. */
  #note({ txids, raws }: Waiting): void {
    const store = this.#store
    for (const { txid, vout } of store.all('SELECT txid, vout FROM credit WHERE height IS NULL')) {
      store.run('UPDATE credit SET waiting = ? WHERE txid = ? AND vout = ?', txids.has(String(txid)) ? 1 : 0, String(txid), Number(vout))
    }
    for (const { txid, vout, spentBy } of store.all('SELECT txid, vout, spentBy FROM credit WHERE spentBy IS NOT NULL AND spentHeight IS NULL AND spentBy NOT IN (SELECT txid FROM version)')) {
      if (!txids.has(String(spentBy))) store.run('UPDATE credit SET spentBy = NULL WHERE txid = ? AND vout = ?', String(txid), Number(vout))
    }
    const now = Math.floor(Date.now() / 1000)
    for (let rest = raws, before = Infinity; rest.length < before;) {
      before = rest.length
      rest = rest.filter((raw) => {
        const found = findInTransaction(raw, { scripts: this.#scripts, coins: this.#coins })
        if (found !== null) this.#record(found, null, now)
        return found === null
      })
    }
  }
}

const refused = (code: NetworkErrorCode, message: string): NetworkError => new NetworkError(code, message)
