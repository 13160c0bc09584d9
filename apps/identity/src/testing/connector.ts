import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nativeSigner, publicJwkOf, signConnectorStatement, type Claims, type ConnectorStatementRequest, type CredentialType } from '@growr/credentials'

export interface Asked {
  readonly type: CredentialType
  readonly subject: string
  readonly audience: string
  readonly nonce: string
}

/** An originator's own system: answers over HTTP on this machine, as the test says. */
export interface Connector {
  readonly url: string
  readonly publicKey: ReturnType<typeof publicJwkOf>
  readonly asked: Asked[]
  /** What comes back instead of an honest answer. */
  answer: (asked: Asked, honest: (change?: Partial<ConnectorStatementRequest>) => Promise<string>) => Promise<{ status?: number; body?: string; headers?: Record<string, string>; hang?: true }>
  stop(): Promise<void>
}

export async function startConnector(issuer: string, claims: (type: CredentialType) => Claims, now: () => Date): Promise<Connector> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = nativeSigner(privateKey, issuer, 'key-1')
  const asked: Asked[] = []
  const hanging = new Set<{ destroy(): unknown }>()
  const server: Server = createServer((request, response) => {
    void (async () => {
      const question = JSON.parse(await read(request)) as Asked
      asked.push(question)
      const honest = (change: Partial<ConnectorStatementRequest> = {}) =>
        signConnectorStatement({ issuer, ...question, claims: claims(question.type), now: now(), ...change }, { algorithm: signer.algorithm, sign: (bytes) => signer.sign(bytes), kid: 'key-1' })
      const { status = 200, body = '', headers = {}, hang } = await connector.answer(question, honest)
      if (hang) return hanging.add(response)
      return response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    })()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const connector: Connector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/growr`,
    publicKey: publicJwkOf(privateKey),
    asked,
    answer: async (_question, honest) => ({ body: JSON.stringify({ statement: await honest() }) }),
    stop: async () => {
      for (const response of hanging) response.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
  return connector
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
