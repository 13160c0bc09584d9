// What a query over two subgraphs costs through the gateway in one process, against the same query on one plain Apollo schema.
// Both serve HTTP in a process of their own, by the same express; what is compared is the CPU time that those processes use.
import { fork, type ChildProcess } from 'node:child_process'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'

export const name = 'gateway'

export interface GatewayResult {
  /** CPU through the gateway over CPU of the plain schema; at most 1.6 is asked for. */
  readonly ratio: number
  readonly limit: number
  readonly ratios: readonly number[]
  /** Microseconds of CPU a request, medians. */
  readonly gateway: number
  readonly plain: number
  /** The node's whole front (security headers, rates, identity, call token) over the plain schema, for information. */
  readonly whole: number
  readonly requestsARound: number
}

const limit = 1.6
const modes = ['plain', 'gateway', 'whole'] as const
type Mode = (typeof modes)[number]
const query = '{ me { name loans { key amount } } loans { key amount borrower { id name } } }'
const inFlight = 16

/** Warmed, then five rounds in which the servers take turns in small portions, so that what else the machine does meets all of them. */
export async function run({ rounds = 5, portions = 6, portion = 500, warmUp = 6000 } = {}): Promise<GatewayResult> {
  const servers = await Promise.all(modes.map((mode) => start(mode)))
  try {
    for (const server of servers) await server.load(warmUp)
    const costs: Record<Mode, number[]> = { plain: [], gateway: [], whole: [] }
    for (let round = 0; round < rounds; round++) {
      const sums = modes.map(() => 0)
      for (let turn = 0; turn < portions; turn++) {
        for (const [index, server] of servers.entries()) sums[index]! += await server.cost(portion)
      }
      for (const [index, mode] of modes.entries()) costs[mode].push(sums[index]! / portions)
    }
    const ratios = costs.gateway.map((cost, round) => cost / costs.plain[round]!)
    const whole = costs.whole.map((cost, round) => cost / costs.plain[round]!)
    const requestsARound = portions * portion
    return { ratio: median(ratios), limit, ratios, gateway: median(costs.gateway), plain: median(costs.plain), whole: median(whole), requestsARound }
  } finally {
    for (const server of servers) server.stop()
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

interface Measured {
  load(requests: number): Promise<void>
  /** Microseconds of CPU a request. */
  cost(requests: number): Promise<number>
  stop(): void
}

async function start(mode: Mode): Promise<Measured> {
  const child = fork(fileURLToPath(new URL('gateway-server.ts', import.meta.url)), [mode], {
    execArgv: ['--conditions=@growr/source'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const { url, token } = (await answer(child)) as { url: string; token?: string }
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const load = async (requests: number): Promise<void> => {
    let sent = 0
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (sent++ < requests) await ask(agent, url, token)
      }),
    )
  }
  const used = async (): Promise<number> => {
    child.send('cpu')
    return ((await answer(child)) as { cpu: number }).cpu
  }
  return {
    load,
    async cost(requests) {
      const before = await used()
      await load(requests)
      return ((await used()) - before) / requests
    },
    stop() {
      agent.destroy()
      child.kill()
    },
  }
}

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the server ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}

const body = JSON.stringify({ query })

function ask(agent: Agent, url: string, token: string | undefined): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...(token ? { authorization: `Bearer ${token}` } : {}) }
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => (response.statusCode === 200 && !text.includes('"errors"') ? resolve() : reject(new Error(text.slice(0, 300)))))
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run(), null, 2))
