import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Actor, Outcome } from './door.ts'
import { SystemDoor } from './system.ts'
import { WalletDoor } from './wallet.ts'

type Json = Record<string, unknown>
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const payloadOf = (token: string): Json => JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Json
const credential = `${encoded({ alg: 'ES256', kid: 'did:web:issuer#1' })}.${encoded({ iss: 'did:web:issuer', sub: 'did:jwk:bea', vc: { credentialSubject: { id: 'did:jwk:bea', level: 2 } } })}.c2ln`
const presentation = `${encoded({ alg: 'ES256', kid: 'did:jwk:bea#0' })}.${encoded({ iss: 'did:jwk:bea', aud: 'did:web:verifier', nonce: 'n', jti: 'urn:1', vp: { holder: 'did:jwk:bea', verifiableCredential: [credential] } })}.c2ln`

const carl: Actor = { name: 'carl', person: { role: 'BORROWER' } }
const wallet = new WalletDoor()
const made = async (operation: string, given: Json): Promise<string> => ((await wallet.perform(carl, { kind: 'do', operation, with: { presentation, ...given } })) as { result: { presentation: string } }).result.presentation
const holderOf = (token: string): string => (payloadOf(token)['vp'] as { holder: string }).holder
const firstOf = (token: string): string => (payloadOf(token)['vp'] as { verifiableCredential: string[] }).verifiableCredential[0] as string

function isSignedBy(token: string, did: string): boolean {
  const [head, body, signature] = token.split('.') as [string, string, string]
  const jwk = JSON.parse(Buffer.from(did.slice('did:jwk:'.length), 'base64url').toString()) as object
  return verify('sha256', Buffer.from(`${head}.${body}`), { key: createPublicKey({ key: jwk as never, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

test('a tampered presentation has its old signature over something else', async () => {
  const token = await made('tamper', {})
  expect([payloadOf(token)['jti'], token.split('.')[2]]).toEqual(['urn:changed', 'c2ln'])
})

test('a presentation of one\'s own is signed by the key that it names, and binds what it was given', async () => {
  const token = await made('present', { verifier: 'did:web:other' })
  const own = holderOf(token)
  expect(own).toMatch(/^did:jwk:/)
  expect(isSignedBy(token, own)).toBe(true)
  expect(payloadOf(token)).toMatchObject({ iss: own, aud: 'did:web:other', nonce: 'n' })
  expect(firstOf(token)).toBe(credential)
  expect(holderOf(await made('present', {}))).toBe(own)
})

test('a credential that was written into keeps its signature; one that was issued anew is signed by oneself', async () => {
  const written = firstOf(await made('present', { subject: true }))
  const own = payloadOf(written)['sub'] as string
  expect([written.split('.')[2], payloadOf(written)['iss']]).toEqual(['c2ln', 'did:web:issuer'])
  const issued = firstOf(await made('present', { issuer: 'own' }))
  expect([payloadOf(issued)['iss'], isSignedBy(issued, own)]).toEqual([own, true])
  expect(payloadOf(firstOf(await made('present', { issuer: 'did:web:nobody' })))).toMatchObject({ iss: 'did:web:nobody', sub: own })
  expect(firstOf(await made('present', { credentials: ['x'] }))).toBe('x')
})

test.each([
  ['do', 'steal', {}, /a wallet has/], ['do', 'present', { holder: 'x' }, /takes no "holder"/], ['do', 'tamper', { presentation: 'x' }, /no presentation/],
] as const)('what a wallet does not know is refused: %s %s', async (kind, operation, given, message) => {
  expect(await wallet.perform(carl, { kind, operation, with: { presentation, ...given } })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
})

test('a system answers in its mood, and signs what it knows in its organization\'s name', async () => {
  const system = await SystemDoor.open()
  try {
    const perform = (kind: 'do' | 'query', operation: string, given: Json): Promise<Outcome> => system.perform(carl, { kind, operation, with: given })
    const { url } = ((await perform('query', 'register', { organization: 'O1' })) as { result: { url: string } }).result
    const ask = () => fetch(url, { method: 'POST', body: JSON.stringify({ type: 'KYC', subject: 'did:jwk:bea', audience: 'did:web:issuer', nonce: 'n' }) })
    await perform('do', 'knows', { claims: { level: 2 } })
    const { statement } = (await (await ask()).json()) as { statement: string }
    expect(payloadOf(statement)).toMatchObject({ iss: 'O1', sub: 'did:jwk:bea', aud: 'did:web:issuer', nonce: 'n', type: 'KYC', claims: { level: 2 } })
    for (const [mood, status] of [['down', 503], ['declining', 422], ['nonsense', 200], ['forged', 200]] as const) {
      await perform('do', 'become', { mood })
      expect((await ask()).status).toBe(status)
    }
    expect(await perform('do', 'become', { mood: 'angry' })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
    expect(await perform('query', 'become', { mood: 'well' })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
  } finally {
    system.close()
  }
})
