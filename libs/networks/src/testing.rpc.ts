import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

const BODY_LIMIT = 16 * 1024 * 1024

/** What a proxy does with a call: lets it through, never answers, answers this result instead, or takes it and says nothing of it. */
export type Treatment = 'PASS' | 'HANG' | { readonly result: unknown } | { readonly error: { readonly code: number; readonly message: string } }

export interface RpcProxy {
  readonly url: string
  /** Asked for each call of a JSON-RPC request. */
  treat: (method: string, params: unknown) => Treatment
  /** Methods in the order in which they came. */
  readonly calls: string[]
  /** Nobody listens until `up`, which takes the same port again. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

interface Call { readonly id?: unknown; readonly method?: string; readonly params?: unknown }

/** A proxy in front of a node's JSON-RPC over HTTP, on loopback, by which tests make the node fail. Headers and credentials pass. */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  const calls: string[] = []
  const proxy = { treat: (): Treatment => 'PASS' } as Pick<RpcProxy, 'treat'>

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): void {
    const headers = { ...incoming.headers, host: to.host, 'content-length': String(body.length) }
    delete headers['transfer-encoding']
    const path = incoming.url === '/' || incoming.url === undefined ? to.pathname : incoming.url
    const asked = request({ host: to.hostname, port: to.port, method: incoming.method, path, headers, auth: to.username ? `${to.username}:${to.password}` : undefined }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    asked.on('error', () => outgoing.destroy())
    asked.end(body)
  }

  function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const parts: Buffer[] = []
    let length = 0
    incoming.on('data', (part: Buffer) => {
      length += part.length
      if (length > BODY_LIMIT) incoming.destroy()
      else parts.push(part)
    })
    incoming.on('end', () => {
      const body = Buffer.concat(parts)
      const asked = read(body)
      for (const { method } of asked) calls.push(String(method))
      const treated = asked.map(call => proxy.treat(String(call.method), call.params))
      if (treated.includes('HANG')) return
      const [first] = treated
      if (asked.length !== 1 || first === undefined || first === 'PASS') return forward(incoming, outgoing, body)
      outgoing.setHeader('content-type', 'application/json')
      outgoing.end(JSON.stringify({ jsonrpc: '2.0', id: asked[0]?.id ?? null, ...(typeof first === 'object' ? first : {}) }))
    })
  }

  const make = () => createServer(serve).on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  let server = make()
  await listen(server, 0)
  const { port } = server.address() as AddressInfo
  const down = async () => {
    if (!server.listening) return
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    calls,
    down,
    close: down,
    async up() {
      if (server.listening) return
      server = make()
      await listen(server, port)
    },
  })
}

function read(body: Buffer): Call[] {
  try {
    const json: unknown = JSON.parse(body.toString())
    return (Array.isArray(json) ? json : [json]) as Call[]
  } catch {
    return []
  }
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
