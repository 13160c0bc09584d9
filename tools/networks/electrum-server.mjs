// A small Electrum server (protocol 1.4) over a regtest bitcoind, for tests: the whole chain lies in memory, and it listens on loopback.
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'

const POLL_MS = 100
const HEADERS = 2016

const sha256 = (bytes) => createHash('sha256').update(bytes).digest()
/** Hashes are shown the other way round than they are stored. */
const turned = (bytes) => Buffer.from(bytes).reverse()
const shown = (bytes) => turned(bytes).toString('hex')
const scriptHash = (script) => shown(sha256(Buffer.from(script, 'hex')))

/** The hashes beside the way from one of a block's transactions up to its root. */
export function merkleBranch(txids, position) {
  const branch = []
  let level = txids.map((txid) => turned(Buffer.from(txid, 'hex')))
  for (let at = position; level.length > 1; at >>= 1) {
    if (level.length % 2 === 1) level.push(level.at(-1))
    branch.push(shown(level[at ^ 1]))
    level = Array.from({ length: level.length / 2 }, (_, pair) => sha256(sha256(Buffer.concat([level[2 * pair], level[2 * pair + 1]]))))
  }
  return branch
}

/** Which transactions touch a script, in blocks and in the mempool. */
class ChainIndex {
  #call
  #outputs = new Map()
  #mempool = new Map()
  #mempoolKey = ''
  #touched = new Map()
  blocks = []

  constructor(call) {
    this.#call = call
  }

  /** True where anything is new. */
  async look() {
    const height = await this.#call('getblockcount')
    const tip = this.blocks.at(-1)
    // After a reorganisation all is read anew: a test's chain is short.
    const gone = tip !== undefined && (this.blocks.length - 1 > height || await this.#call('getblockhash', [this.blocks.length - 1]) !== tip.hash)
    if (gone) {
      this.blocks = []
      this.#touched.clear()
    }
    let changed = gone
    while (this.blocks.length <= height) {
      const hash = await this.#call('getblockhash', [this.blocks.length])
      const { tx } = await this.#call('getblock', [hash, 2])
      for (const one of tx) this.#add(this.#touched, one, this.blocks.length)
      this.blocks.push({ hash, header: await this.#call('getblockheader', [hash, false]), txids: tx.map(({ txid }) => txid) })
      changed = true
    }
    const waiting = await this.#call('getrawmempool')
    const key = waiting.toSorted().join()
    if (key === this.#mempoolKey && !changed) return false
    this.#mempoolKey = key
    const mempool = new Map()
    for (const txid of waiting) {
      const tx = await this.#call('getrawtransaction', [txid, 1]).catch(() => null)
      if (tx) this.#add(mempool, tx, tx.vin.some(({ txid: spent }) => waiting.includes(spent)) ? -1 : 0)
    }
    this.#mempool = mempool
    return true
  }

  #add(into, { txid, vin, vout }, height) {
    const hashes = vout.map(({ n, scriptPubKey }) => {
      const hash = scriptHash(scriptPubKey.hex)
      this.#outputs.set(`${txid}:${n}`, hash)
      return hash
    })
    for (const { txid: from, vout: n } of vin) {
      const hash = this.#outputs.get(`${from}:${n}`)
      if (hash !== undefined) hashes.push(hash)
    }
    for (const hash of new Set(hashes)) into.set(hash, [...(into.get(hash) ?? []), { tx_hash: txid, height, ...(height > 0 ? {} : { fee: 0 }) }])
  }

  history(hash) {
    return [...(this.#touched.get(hash) ?? []), ...(this.#mempool.get(hash) ?? [])]
  }

  /** What a client compares, to know whether it has all of it. */
  status(hash) {
    const history = this.history(hash)
    return history.length === 0 ? null : sha256(history.map(({ tx_hash, height }) => `${tx_hash}:${height}:`).join('')).toString('hex')
  }
}

/** What a client may ask, by name. */
function methodsOf(index, call) {
  const tip = () => ({ hex: index.blocks.at(-1).header, height: index.blocks.length - 1 })
  return {
    'server.version': () => ['regtest', '1.4'],
    'server.features': () => ({ genesis_hash: index.blocks[0].hash, hosts: {}, protocol_min: '1.4', protocol_max: '1.4', hash_function: 'sha256', server_version: 'regtest', pruning: null }),
    'server.banner': () => '', 'server.donation_address': () => '', 'server.peers.subscribe': () => [], 'server.ping': () => null,
    'mempool.get_fee_histogram': () => [], 'blockchain.estimatefee': () => 0.00002, 'blockchain.relayfee': () => 0.00001,
    'blockchain.headers.subscribe': (_, client) => {
      client.headers = index.blocks.at(-1).hash
      return tip()
    },
    'blockchain.block.header': ([height]) => index.blocks[height].header,
    'blockchain.block.headers': ([from, count]) => {
      const headers = index.blocks.slice(from, from + Math.min(count, HEADERS)).map(({ header }) => header)
      return { hex: headers.join(''), count: headers.length, max: HEADERS }
    },
    'blockchain.scripthash.subscribe': ([hash], client) => {
      const status = index.status(hash)
      client.scripts.set(hash, status)
      return status
    },
    'blockchain.scripthash.unsubscribe': ([hash], client) => client.scripts.delete(hash),
    'blockchain.scripthash.get_history': ([hash]) => index.history(hash),
    'blockchain.transaction.get': ([txid, verbose]) => call('getrawtransaction', [txid, verbose ? 1 : 0]),
    'blockchain.transaction.broadcast': ([raw]) => call('sendrawtransaction', [raw, 0]),
    'blockchain.transaction.get_merkle': ([txid, height]) => {
      const { txids } = index.blocks[height]
      const position = txids.indexOf(txid)
      if (position < 0) throw new Error('this transaction is not in this block')
      return { merkle: merkleBranch(txids, position), pos: position, block_height: height }
    },
    'blockchain.transaction.id_from_pos': ([height, position, proven]) => {
      const { txids } = index.blocks[height]
      return proven ? { tx_hash: txids[position], merkle: merkleBranch(txids, position) } : txids[position]
    },
  }
}

/** Starts one over the node that `call(method, params)` asks; it needs the node's index of transactions. */
export async function startElectrumServer(call) {
  const index = new ChainIndex(call)
  await index.look()
  const methods = methodsOf(index, call)
  const clients = new Set()
  const answer = async ({ id, method, params = [] }, client) => {
    try {
      if (!Object.hasOwn(methods, method)) return { jsonrpc: '2.0', id, error: { code: -32_601, message: `there is no ${method} here` } }
      return { jsonrpc: '2.0', id, result: await methods[method](params, client) }
    } catch (error) {
      return { jsonrpc: '2.0', id, error: { code: 1, message: error instanceof Error ? error.message : String(error) } }
    }
  }
  const notify = () => {
    const { hash, header } = index.blocks.at(-1)
    for (const client of clients) {
      if (client.headers !== undefined && client.headers !== hash) {
        client.headers = hash
        client.send({ jsonrpc: '2.0', method: 'blockchain.headers.subscribe', params: [{ hex: header, height: index.blocks.length - 1 }] })
      }
      for (const [script, before] of client.scripts) {
        const status = index.status(script)
        if (status === before) continue
        client.scripts.set(script, status)
        client.send({ jsonrpc: '2.0', method: 'blockchain.scripthash.subscribe', params: [script, status] })
      }
    }
  }
  const server = createServer((socket) => {
    const client = { headers: undefined, scripts: new Map(), socket, send: (message) => { if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`) } }
    clients.add(client)
    socket.on('error', () => undefined)
    socket.on('close', () => clients.delete(client))
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (piece) => {
      const lines = (text + piece).split('\n')
      text = lines.pop()
      for (const line of lines) {
        const asked = JSON.parse(line)
        void (Array.isArray(asked) ? Promise.all(asked.map((one) => answer(one, client))) : answer(asked, client)).then(client.send)
      }
    })
  })
  await new Promise((resolve, reject) => { server.once('error', reject).listen(0, '127.0.0.1', resolve) })
  let looking = Promise.resolve()
  const look = () => {
    looking = looking.then(async () => { if (await index.look()) notify() }).catch(() => undefined)
    return looking
  }
  const timer = setInterval(() => void look(), POLL_MS)
  return {
    port: server.address().port,
    async stop() {
      clearInterval(timer)
      await looking
      for (const { socket } of clients) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
