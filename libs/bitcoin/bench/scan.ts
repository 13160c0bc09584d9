import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findInBlock, headOf, Watched } from '../src/block.ts'
import { BitcoinRpc } from '../src/rpc.ts'

export const about = 'full blocks (4,000 transactions of two inputs and two outputs, a coin and an address of ours in every fiftieth) read over HTTP, with 1,000, 10,000 and 100,000 watched scripts, against reading and decoding the same blocks without looking'
export const bound = 'hexadecimal JSON over HTTP: half of the time goes into receiving and decoding it'

const TRANSACTIONS = 4_000
const BLOCKS = 12
const ROUNDS = 5
const WATCHED = [1_000, 10_000, 100_000] as const

const script = (n: number): Buffer => Buffer.concat([Buffer.from([0, 20]), createHash('ripemd160').update(`watched ${n}`).digest()])
const outpoint = (n: number): Buffer => Buffer.concat([createHash('sha256').update(`coin ${n}`).digest(), Buffer.from([n % 4, 0, 0, 0])])

/** A block in the form of BIP 144, whose contents are random but for what is ours. */
function blockOf(number: number): Buffer {
  const parts: Buffer[] = [Buffer.concat([Buffer.from([0, 0, 0, 0x20]), randomBytes(64), Buffer.from([0, 0, 0, 0, 0xff, 0xff, 0x7f, 0x20, 0, 0, 0, 0])]), Buffer.from([0xfd, TRANSACTIONS & 0xff, TRANSACTIONS >> 8])]
  for (let n = 0; n < TRANSACTIONS; n++) {
    const ours = n % 50 === 0 ? number * TRANSACTIONS + n : -1
    const input = (known: boolean): Buffer => Buffer.concat([known ? outpoint(ours % 1_000) : Buffer.concat([randomBytes(32), Buffer.from([1, 0, 0, 0])]), Buffer.from([0, 0xfd, 0xff, 0xff, 0xff])])
    const output = (known: boolean): Buffer => Buffer.concat([Buffer.from([0x10, 0x27, 0, 0, 0, 0, 0, 0, 22]), known ? script(ours % 1_000) : Buffer.concat([Buffer.from([0, 20]), randomBytes(20)])])
    const witness = Buffer.concat([Buffer.from([2, 71]), randomBytes(71), Buffer.from([33]), randomBytes(33)])
    parts.push(Buffer.from([2, 0, 0, 0, 0, 1, 2]), input(ours >= 0), input(false), Buffer.from([2]), output(ours >= 0), output(false), witness, witness, Buffer.from([0, 0, 0, 0]))
  }
  return Buffer.concat(parts)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Blocks a second, and how the cost changes with what is watched; the target is at most 1.2 between any two. */
export async function run(): Promise<Record<string, unknown>> {
  const answers = Array.from({ length: BLOCKS }, (_, n) => JSON.stringify({ result: blockOf(n).toString('hex'), error: null, id: 'growr' }))
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => response.end(answers[Number((JSON.parse(Buffer.concat(chunks).toString()) as { params: [string] }).params[0])]))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const rpc = new BitcoinRpc({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, user: 'u', password: 'p' })
  const watched = (count: number, key: (n: number) => Buffer): Watched => Array.from({ length: count }, (_, n) => key(n).toString('latin1')).reduce((all, each) => all.add(each), new Watched())
  const looks = new Map(WATCHED.map((count) => [count, { scripts: watched(count, script), coins: watched(count, outpoint) }]))
  const read = async (look: (raw: Buffer) => number): Promise<{ ms: number; found: number }> => {
    const from = performance.now()
    let found = 0
    for (let n = 0; n < BLOCKS; n++) {
      const raw = Buffer.from(await rpc.call<string>('getblock', String(n), 0), 'hex')
      headOf(raw)
      found += look(raw)
    }
    return { ms: performance.now() - from, found }
  }
  const without = (): number => 0
  const withLook = (count: (typeof WATCHED)[number]) => (raw: Buffer): number => [...findInBlock(raw, looks.get(count) as NonNullable<ReturnType<typeof looks.get>>)].length
  const times: Record<string, number[]> = { none: [] }
  for (let round = -1; round < ROUNDS; round++) {
    const { ms } = await read(without)
    if (round >= 0) times['none']?.push(ms)
    for (const count of WATCHED) {
      const { ms: spent, found } = await read(withLook(count))
      if (found !== BLOCKS * (TRANSACTIONS / 50)) throw new Error(`${found} found`)
      if (round >= 0) (times[String(count)] ??= []).push(spent)
    }
  }
  await new Promise((closed) => { server.close(closed); server.closeAllConnections() })
  const bySize = WATCHED.map((count) => median(times[String(count)] ?? []))
  const none = median(times['none'] ?? [])
  const perSecond = (ms: number): number => Math.round((BLOCKS / ms) * 1_000 * 10) / 10
  const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
  return {
    ratio: rounded(Math.max(...bySize) / Math.min(...bySize)),
    ratioToReadingAlone: rounded((bySize.at(-1) ?? NaN) / none),
    ...Object.fromEntries(WATCHED.map((count, at) => [`blocksASecondWith${count}`, perSecond(bySize[at] ?? NaN)])),
    blocksASecondReadAlone: perSecond(none),
    megabytesABlock: rounded(answers[0] === undefined ? 0 : answers[0].length / 2 / 1e6),
  }
}
