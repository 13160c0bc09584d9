import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode, type TestNode } from '@growr/bitcoin/testing'
import { LdkNode } from './ldk/ldk-node.ts'

/** Two embedded nodes over a regtest chain of their own, with a channel from the first to the second. */
export interface LightningPair {
  readonly chain: TestNode
  readonly ours: LdkNode
  readonly theirs: LdkNode
  readonly folder: string
  mine(blocks: number): Promise<void>
  /** Mines one block after the other, and lets both nodes look at each. */
  pass(blocks: number): Promise<void>
  /** Waits for a fact: it is there long before the time is up. */
  until(what: string, fact: () => Promise<boolean>): Promise<void>
  usable(): Promise<void>
  /** A node on the files of one that was stopped or killed. */
  node(which: 'ours' | 'theirs'): LdkNode
  stop(): Promise<void>
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const WAIT_MS = 120_000
const SEEDS = { ours: 1, theirs: 2 } as const

export interface PairOptions {
  readonly capacityMsat?: bigint
  readonly pushMsat?: bigint
}

/** `binary` is a bitcoind. Ours opens a channel of 4,000,000 satoshis and pushes a quarter of it to theirs, unless told otherwise. */
export async function startLightningPair(binary: string, { capacityMsat = 4_000_000_000n, pushMsat = 1_000_000_000n }: PairOptions = {}): Promise<LightningPair> {
  const chain = await startNode(binary)
  const folder = mkdtempSync(join(tmpdir(), 'growr-lightning-'))
  // Each keeps its place, so that the other finds it again after a stop.
  const ports = { ours: await freePort(), theirs: await freePort() }
  const node = (which: 'ours' | 'theirs'): LdkNode => new LdkNode({
    rpc: { url: chain.url, user: 'test', password: 'test' }, chain: 'regtest', directory: join(folder, which), seed: new Uint8Array(32).fill(SEEDS[which]), listen: { host: '127.0.0.1', port: ports[which] },
  })
  const [ours, theirs] = [node('ours'), node('theirs')]
  const stop = async (): Promise<void> => {
    await Promise.all([ours, theirs].map((one) => one.stop()))
    await chain.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const until = async (what: string, fact: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + WAIT_MS; ;) {
      if (await fact()) return
      if (Date.now() > end) throw new Error(`never happened: ${what}`)
      await new Promise((resolve) => { setTimeout(resolve, 30) })
    }
  }
  try {
    await chain.call('createwallet', ['miner'])
    const to = await chain.call<string>('getnewaddress', [], 'miner')
    const mine = async (blocks: number): Promise<void> => void await chain.call('generatetoaddress', [blocks, to])
    const pass = async (blocks: number): Promise<void> => {
      for (let block = 0; block < blocks; block++) {
        await mine(1)
        for (const one of [ours, theirs]) if (one.pid !== undefined) await one.sync()
      }
    }
    const usable = (): Promise<void> => until('the channel is usable', async () => (await Promise.all([ours, theirs].map(async (one) => (await one.channels()).some((channel) => channel.usable)))).every(Boolean))
    await mine(101)
    await Promise.all([ours.start(), theirs.start()])
    await chain.call('sendtoaddress', [await ours.onchainAddress(), '0.1'], 'miner')
    await pass(3)
    const { nodeId, address } = await theirs.info()
    await ours.openChannel({ id: 'first', peer: nodeId, address: address ?? '', capacityMsat, pushMsat })
    await until('the channel is funded', async () => (await chain.call<string[]>('getrawmempool')).length > 0)
    await pass(6)
    await usable()
    return { chain, ours, theirs, folder, mine, pass, until, usable, node, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
