import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aloneConfig, startAlone, type Alone } from './alone.ts'

describe('the group as a process of its own', () => {
  let dir: string
  let alone: Alone

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'growr-alone-'))
    const passphraseFile = join(dir, 'passphrase')
    await writeFile(passphraseFile, 'a pass phrase for tests\n', { mode: 0o600 })
    alone = await startAlone(aloneConfig.parse({ data: join(dir, 'data'), passphraseFile, publicUrl: 'https://growr.example', port: 0, logLevel: 'silent' }))
  })
  afterAll(async () => {
    await alone.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const graphql = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${alone.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) })
    return (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] }
  }

  it('serves its subgraph, its documents and its health', async () => {
    expect(await graphql('{ issuer { did } }')).toEqual({ data: { issuer: { did: 'did:web:growr.example:issuer' } } })
    expect((await graphql('{ me { id } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await graphql('{ me { id } }', { 'x-growr-user': 'made.up.token' })).errors?.[0]?.extensions.code).toBe('CALL_TOKEN_INVALID')
    const document = await fetch(`${alone.url}/issuer/did.json`)
    expect([document.status, document.headers.get('content-type')]).toEqual([200, 'application/did+json'])
    expect((await fetch(`${alone.url}/health`)).status).toBe(200)
    expect((await fetch(`${alone.url}/org/none/did.json`)).status).toBe(404)
    expect((await fetch(`${alone.url}/anything`)).status).toBe(404)
    expect(alone.key).toMatchObject({ kty: 'OKP', crv: 'Ed25519' })
  })
})
