import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Hex } from 'viem'
import { tokenCode } from './testing.token.ts'

/** Where the npm package put anvil; what it lacks is said plainly. */
export function anvilPath(): string {
  const found = process.env['ANVIL_PATH']
  if (found) return found
  const require = createRequire(import.meta.url)
  const file = join(dirname(require.resolve('@foundry-rs/anvil-linux-amd64/package.json')), 'bin', 'anvil')
  if (!existsSync(file)) throw new Error('anvil is not here: npm install, or ANVIL_PATH')
  return file
}

export interface Anvil {
  readonly url: string
  /** An account with 10,000 RBTC that signs by itself. */
  readonly rich: Hex
  call(method: string, ...params: readonly unknown[]): Promise<unknown>
  mine(blocks: number): Promise<void>
  /** The last blocks are replaced by as many empty ones, which are others even where those were empty; what waits goes on waiting. */
  reorganise(blocks: number): Promise<void>
  /** Rich pays, unmined; the transaction's hash. */
  pay(to: string, value: bigint): Promise<Hex>
  deployToken(supply: bigint, decimals: number): Promise<Hex>
  stop(): Promise<void>
}

/** A Rootstock-like node on loopback: chain 33, legacy transactions, nothing mined but on demand. Ended by its own process id. */
export async function startAnvil(): Promise<Anvil> {
  const port = await freePort()
  const child = spawn(anvilPath(), ['--host', '127.0.0.1', '--port', String(port), '--chain-id', '33', '--hardfork', 'berlin', '--gas-price', '60000000', '--no-mining',
    '--accounts', '1', '--derivation-path', "m/44'/137'/0'/0/", '--silent', '--order', 'fifo'], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  let id = 0
  async function call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }) })
    const answer = await response.json() as { result?: unknown; error?: { message: string } }
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result
  }
  await ready(child, () => call('eth_chainId'))
  const [rich] = await call('eth_accounts') as [Hex]
  const sendFrom = (tx: Record<string, unknown>) => call('eth_sendTransaction', { from: rich, gasPrice: '0x3938700', ...tx }) as Promise<Hex>
  const mine = async (blocks: number) => { await call('anvil_mine', `0x${blocks.toString(16)}`) }
  let miners = 0
  return {
    url, rich, call, mine,
    async reorganise(blocks) {
      await call('anvil_setCoinbase', `0x${(++miners).toString(16).padStart(40, '0')}`)
      await call('anvil_reorg', blocks, [])
    },
    pay: (to, value) => sendFrom({ to: to.toLowerCase(), value: `0x${value.toString(16)}`, gas: '0x5208' }),
    async deployToken(supply, decimals) {
      const hash = await sendFrom({ data: tokenCode(supply, decimals), gas: '0x1e8480' })
      await mine(1)
      const receipt = await call('eth_getTransactionReceipt', hash) as { contractAddress: Hex }
      return receipt.contractAddress.toLowerCase() as Hex
    },
    stop: () => new Promise(resolve => {
      child.once('exit', () => resolve())
      child.kill()
    }),
  }
}

async function ready(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  const end: { why?: string } = {}
  child.once('error', error => { end.why = error.message })
  child.once('exit', code => { end.why ??= `ended with ${code}` })
  for (let attempt = 0; attempt < 600; attempt++) {
    if (end.why !== undefined) throw new Error(`anvil does not start: ${end.why}`)
    try {
      await ask()
      return
    } catch { await new Promise(resolve => { setTimeout(resolve, 100) }) }
  }
  child.kill()
  throw new Error('anvil does not answer')
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
