import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hdSignerOf } from '@growr/networks/testing'
import { ROOTSTOCK_POLICY } from '../src/policy.ts'
import { Rooted } from '../src/rooted.ts'
import { RootstockRpc, TRANSFER_TOPIC } from '../src/rpc.ts'
import { readRange, scan } from '../src/scan.ts'
import { RootstockStore } from '../src/store.ts'

export const about = 'blocks of 100 transactions and 100 transfers of a token, a payment of coins and one of tokens to an address of ours in each, read over HTTP, looked at, stored and told, with 1,000, 10,000 and 100,000 watched addresses, against reading and decoding the same blocks and logs without looking'
export const bound = 'JSON over HTTP; looking costs one receipt for each payment found, and one commit for each range'

const BLOCKS = 800
const TRANSACTIONS = 100
const ROUNDS = 5
const WATCHED = [1_000, 10_000, 100_000] as const
const TOKEN = `0x${'70'.repeat(20)}`
/** Ours are found among the first of them, whatever is watched besides. */
const PAID = 1_000

const hex = (value: number): string => `0x${value.toString(16)}`
const digest = (what: string): string => createHash('sha256').update(what).digest('hex')
const watched = (n: number): string => `0x${digest(`watched ${n}`).slice(24)}`
const stranger = (what: string): string => `0x${digest(`stranger ${what}`).slice(24)}`
const hashAt = (height: number): string => `0x${digest(`block ${height}`)}`

/** A block as a node tells it, with its logs and the receipt of the coins that are ours. */
function blockAt(height: number): { whole: object; logs: object[]; receipt: readonly [string, object] } {
  const hash = hashAt(height)
  const ours = height % TRANSACTIONS
  const transactions = Array.from({ length: TRANSACTIONS }, (_, n) => ({
    blockHash: hash, blockNumber: hex(height), transactionIndex: hex(n), hash: `0x${digest(`tx ${height} ${n}`)}`, from: stranger(`from ${height} ${n}`),
    to: n === ours ? watched(height % PAID) : stranger(`to ${n}`), value: '0x2386f26fc10000', gas: '0x5208', gasPrice: '0x3938700', nonce: hex(n), input: '0x', type: '0x0', v: '0x65',
    r: `0x${digest(`r ${n}`)}`, s: `0x${digest(`s ${n}`)}`,
  }))
  const logs = Array.from({ length: TRANSACTIONS }, (_, n) => ({
    address: TOKEN, topics: [TRANSFER_TOPIC, ...[stranger(`payer ${height} ${n}`), n === ours ? watched((height + 1) % PAID) : stranger(`payee ${n}`)].map(address => `0x${address.slice(2).padStart(64, '0')}`)],
    data: `0x${'1'.padStart(64, '0')}`, blockHash: hash, blockNumber: hex(height), transactionHash: `0x${digest(`call ${height} ${n}`)}`, transactionIndex: hex(n), logIndex: hex(n), removed: false,
  }))
  const { hash: tx } = transactions[ours]!
  return {
    whole: { number: hex(height), hash, parentHash: hashAt(height - 1), timestamp: hex(1_700_000_000 + height * 30), transactions }, logs,
    receipt: [tx, { transactionHash: tx, status: '0x1', gasUsed: '0x5208', blockHash: hash, logs: [] }],
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Blocks a second, and how the cost changes with what is watched; the target is at most 1.2 between any two. */
export async function run(): Promise<Record<string, unknown>> {
  const chain = Array.from({ length: BLOCKS + 1 }, (_, height) => blockAt(height))
  const answer = (result: object | string | boolean): string => JSON.stringify({ jsonrpc: '2.0', id: 1, result })
  const whole = chain.map(block => answer(block.whole))
  const heads = chain.map(block => answer({ ...block.whole, transactions: [] }))
  const receipts = new Map(chain.map(({ receipt: [tx, receipt] }) => [tx, answer(receipt)]))
  const ranges = new Map<string, string>()
  const answers: Record<string, (params: never) => string | undefined> = {
    eth_chainId: () => answer('0x21'), eth_syncing: () => answer(false), eth_blockNumber: () => answer(hex(BLOCKS)),
    eth_getBlockByNumber: ([height, full]: [string, boolean]) => (full ? whole : heads)[Number(height)],
    eth_getTransactionReceipt: ([tx]: [string]) => receipts.get(tx),
    eth_getLogs([{ fromBlock, toBlock }]: [{ fromBlock: string; toBlock: string }]) {
      const key = `${fromBlock} ${toBlock}`
      if (!ranges.has(key)) ranges.set(key, answer(chain.slice(Number(fromBlock), Number(toBlock) + 1).flatMap(({ logs }) => logs)))
      return ranges.get(key)
    },
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, params } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string; params: never }
      response.setHeader('content-type', 'application/json').end(answers[method]!(params))
    })
  })
  await new Promise<void>(listening => { server.listen(0, '127.0.0.1', listening) })
  const folder = mkdtempSync(join(tmpdir(), 'growr-scan-'))
  const rpc = new RootstockRpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 33, 15_000)
  const tokens = new Map([[TOKEN, { code: 'DOC', address: TOKEN, exponent: 18 }]])

  function watching(count: number): Rooted {
    const store = new RootstockStore(join(folder, `${count}.db`))
    store.atomically(() => {
      for (let n = 0; n < count; n++) store.insert('addresses', { n, address: watched(n), wallet: `w${n % 100}`, tag: `t${n}` })
    })
    return new Rooted({ store, rpc, signer: hdSignerOf(Buffer.alloc(32, 1)), policy: ROOTSTOCK_POLICY, chain: 33, startHeight: 1, tokens })
  }

  /** From the first block to the last, as if nothing of it were known. */
  async function look(net: Rooted): Promise<number> {
    const { store } = net
    for (const table of ['blocks', 'facts', 'changes']) store.run(`DELETE FROM ${table}`)
    const from = performance.now()
    await scan(net)
    const ms = performance.now() - from
    const found = store.get<{ n: number }>('SELECT count(*) AS n FROM facts')!.n
    if (found !== 2 * BLOCKS) throw new Error(`${found} payments were found, not ${2 * BLOCKS}`)
    return ms
  }

  /** As the scan reads, and nothing else. */
  async function readAlone(): Promise<number> {
    const from = performance.now()
    for (let top = 0; top < BLOCKS;) {
      const range = await readRange({ rpc, tokens, policy: ROOTSTOCK_POLICY, hashAt }, top, Math.min(BLOCKS, top + ROOTSTOCK_POLICY.logRange))
      top = range!.blocks.at(-1)!.height
    }
    return performance.now() - from
  }

  const times: Record<string, number[]> = {}
  const nets = WATCHED.map(watching)
  try {
    for (let round = -1; round < ROUNDS; round++) {
      const none = await readAlone()
      if (round >= 0) (times['none'] ??= []).push(none)
      for (let turn = 0; turn < nets.length; turn++) {
        const at = (turn + round + 1) % nets.length
        const ms = await look(nets[at]!)
        if (round >= 0) (times[String(WATCHED[at])] ??= []).push(ms)
      }
    }
  } finally {
    for (const { store } of nets) store.close()
    await new Promise(closed => { server.close(closed); server.closeAllConnections() })
    rmSync(folder, { recursive: true, force: true })
  }
  const bySize = WATCHED.map(count => median(times[String(count)] ?? []))
  const none = median(times['none'] ?? [])
  const perSecond = (ms: number): number => Math.round((BLOCKS / ms) * 1_000)
  const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
  return {
    ratio: rounded(Math.max(...bySize) / Math.min(...bySize)),
    ratioToReadingAlone: rounded((bySize.at(-1) ?? NaN) / none),
    ...Object.fromEntries(WATCHED.map((count, at) => [`blocksASecondWith${count}`, perSecond(bySize[at] ?? NaN)])),
    blocksASecondReadAlone: perSecond(none),
    kilobytesABlock: Math.round(((whole[1]?.length ?? 0) + JSON.stringify(chain[1]?.logs).length) / 1e3),
  }
}
