import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

// A bitcoind of a test's own: regtest, alone, in a directory of its own, on a port that was free.

export interface TestNode {
  readonly url: string
  /** Where it publishes `sequence`. */
  readonly zmq: string
  /** Calls it, for a wallet of its own where one is named; fails with the message of the node. */
  call<T = unknown>(method: string, params?: readonly unknown[], wallet?: string): Promise<T>
  stop(): Promise<void>
}

export async function startNode(binary: string): Promise<TestNode> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(binary, await freePort(), await freePort())
    } catch (error) {
      // Somebody else took the port in between.
      if (attempt === 5) throw error
    }
  }
}

async function start(binary: string, port: number, zmqPort: number): Promise<TestNode> {
  const directory = mkdtempSync(join(tmpdir(), 'bitcoind '))
  const zmq = `tcp://127.0.0.1:${zmqPort}`
  const child = spawn(binary, [
    '-regtest', `-datadir=${directory}`, '-server', '-txindex=1', '-listen=0', '-rpcbind=127.0.0.1', '-rpcallowip=127.0.0.1', `-rpcport=${port}`, '-rpcuser=test', '-rpcpassword=test',
    '-fallbackfee=0.0001', '-dnsseed=0', '-fixedseeds=0', '-discover=0', '-listenonion=0', '-natpmp=0', '-debuglogfile=0', '-printtoconsole=1', `-zmqpubsequence=${zmq}`,
  ], { stdio: ['ignore', 'pipe', 'ignore'] })
  const stop = async (): Promise<void> => {
    await end(child)
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await loaded(child)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://127.0.0.1:${port}`, zmq, stop, call: <T>(method: string, params: readonly unknown[] = [], wallet = '') => call<T>(port, method, params, wallet) }
}

async function call<T>(port: number, method: string, params: readonly unknown[], wallet: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}${wallet === '' ? '' : `/wallet/${wallet}`}`, {
    method: 'POST', headers: { authorization: `Basic ${Buffer.from('test:test').toString('base64')}` }, body: JSON.stringify({ jsonrpc: '1.0', id: 1, method, params }),
  })
  const { result, error } = await response.json() as { result: T; error: { message: string } | null }
  if (error !== null) throw new Error(`${method}: ${error.message}`)
  return result
}

async function loaded(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('bitcoind has no output')
  const lines = createInterface({ input: child.stdout })
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => { if (line.includes('Done loading')) resolve() })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`bitcoind ended with ${String(code)} before it was ready`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
