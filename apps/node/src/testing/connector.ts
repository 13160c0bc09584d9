import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nativeSigner, publicJwkOf, signConnectorStatement } from '@growr/credentials'
import { KYC } from './lending.ts'

/** An organization's own system on this machine, which confirms whatever it is asked. */
export interface Connector {
  readonly url: string
  readonly publicKey: Readonly<Record<string, string | undefined>>
  /** Resolves when it has been asked for the first time. */
  readonly asked: Promise<void>
  close(): void
}

/** `organization` is the one in whose name it signs; it answers as soon as `until` lets it. */
export async function startConnector(organization: string, until: Promise<void> = Promise.resolve()): Promise<Connector> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = nativeSigner(privateKey, 'did:example:system', 'did:example:system#1')
  const { promise: asked, resolve: wasAsked } = Promise.withResolvers<void>()
  const confirm = async (question: string): Promise<string> => {
    wasAsked()
    await until
    const { subject, audience, nonce, type } = JSON.parse(question) as { subject: string; audience: string; nonce: string; type: 'KYC' | 'FinancialHealth' }
    const claims = type === 'KYC' ? KYC : { coursesCompleted: 1, score: 60 }
    return JSON.stringify({ statement: await signConnectorStatement({ issuer: organization, subject, audience, nonce, type, claims, now: new Date() }, signer) })
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void confirm(Buffer.concat(chunks).toString()).then((text) => response.setHeader('content-type', 'application/json').end(text)))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  server.unref()
  const { kty, crv, x, y } = publicJwkOf(privateKey) as unknown as Record<string, string | undefined>
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, publicKey: { kty, crv, x, y }, asked, close: () => server.close() }
}
