import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createResolver, CREDENTIAL_CODES, CREDENTIAL_TYPES, CredentialError, keyOfDidJwk, keyOfDidKey, parseCredential, parseCriteria, parseDidDocument, parsePublicJwk,
  parseDidWeb, StatusList, validateClaims, verifyConnectorStatement, verifyDocument,
} from './index.ts'
import { parseJws, signJws } from './jws.ts'
import { parsePresentation } from './presentation.ts'
import { parseStatusList } from './status-list.ts'
import { NOW, person, world } from './testing/people.ts'

// Whatever comes in, each parser gives a value or a refusal with a code of the catalogue. fast-check prints the seed of a failure.

const scene = world()
const resolver = createResolver()
const connector = { jwk: person().jwk, issuer: 'i', subject: 's', audience: 'a', nonce: 'n', type: 'KYC', now: NOW } as const

const PARSERS: Record<string, (value: unknown) => unknown> = {
  parseJws: (value) => parseJws(value, 65_536),
  parseCredential,
  parsePresentation,
  parseStatusList,
  decodeStatusList: (value) => StatusList.decode(value),
  parseCriteria,
  parsePublicJwk,
  parseDidDocument: (value) => parseDidDocument(value, 'did:web:growr.example:issuer'),
  keyOfDidJwk: (value) => keyOfDidJwk(value as string),
  keyOfDidKey: (value) => keyOfDidKey(value as string),
  parseDidWeb: (value) => parseDidWeb(value as string),
  resolve: (value) => resolver.resolve(value as string),
  validateClaims: (value) => validateClaims('Ownership', value),
  verifyDocument: (value) => verifyDocument('receipt', value, { resolver, now: NOW, signedBy: 'did:web:a' }),
  verifyConnectorStatement: (value) => verifyConnectorStatement(value, connector),
}

async function answers(parse: (value: unknown) => unknown, value: unknown): Promise<boolean> {
  try {
    await parse(value)
    return true
  } catch (error) {
    return error instanceof CredentialError && CREDENTIAL_CODES.includes(error.code)
  }
}

const part = fc.oneof(fc.string(), fc.json(), fc.constant('{"alg":"ES256","typ":"JWT"}'), fc.constant('{"alg":"EdDSA"}'))
  .map((text) => Buffer.from(text).toString('base64url'))
const token = fc.oneof(
  fc.tuple(part, part, fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes).toString('base64url'))).map((parts) => parts.join('.')),
  fc.array(fc.string(), { maxLength: 5 }).map((parts) => parts.join('.')),
)
const did = fc.tuple(fc.constantFrom('did:jwk:', 'did:key:z', 'did:key:', 'did:web:', 'did:'), fc.oneof(fc.string(), fc.base64String(), part)).map((parts) => parts.join(''))
const anything = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true }), fc.json().map((text) => JSON.parse(text) as unknown), fc.json(), token, did,
)
// Members that our formats have, with anything in them.
const members = fc.dictionary(
  fc.constantFrom('id', 'vc', 'vp', 'iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'type', '@context', 'credentialSubject', 'credentialStatus', 'evidence',
    'verificationMethod', 'assertionMethod', 'publicKeyJwk', 'kty', 'crv', 'x', 'y', 'd', 'required', 'trusted', 'rules', 'all', 'any', 'not', 'fact', 'path',
    'operator', 'value', '__proto__', 'constructor', 'toString'),
  fc.oneof(fc.anything(), fc.array(fc.dictionary(fc.string(), fc.anything()), { maxLength: 3 }), fc.integer(), fc.constant('KYC')),
)

describe('any input', () => {
  for (const [name, parse] of Object.entries(PARSERS)) {
    it(`${name} gives a value or a refusal with a code`, async () => {
      await fc.assert(fc.asyncProperty(fc.oneof(anything, members), (value) => answers(parse, value)), { numRuns: 300 })
    })
  }

  it('in a presentation that its holder signed gives a verdict', async () => {
    await fc.assert(fc.asyncProperty(members, fc.array(fc.oneof(anything, token), { maxLength: 4 }), async (change, verifiableCredential) => {
      const vp = { type: ['VerifiablePresentation'], verifiableCredential, ...change }
      const base = { iss: scene.holder.signer.did, iat: 1, exp: 2, vp }
      let signed: string
      try {
        signed = await signJws(scene.holder.signer, 'JWT', base)
      } catch {
        // What has no JSON (a bigint, a cycle) cannot be signed either.
        return
      }
      const { verdict, checks } = await scene.verify(signed)
      expect(verdict).not.toBe('valid')
      expect(checks.length).toBeGreaterThan(0)
    }), { numRuns: 200 })
  })

  it('in a credential that a trusted issuer signed gives a verdict', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...CREDENTIAL_TYPES), members, members, async (type, change, subject) => {
      const { payload } = parseJws(await scene.issue(type), 16_384)
      let signed: string
      try {
        const vc = { ...(payload['vc'] as object), credentialSubject: subject, ...change }
        signed = await signJws(scene.issuer.signer, 'JWT', { ...payload, vc })
      } catch {
        return
      }
      expect((await scene.verify(await scene.present([signed]))).verdict).not.toBe('valid')
    }), { numRuns: 200 })
  })

  it('one changed character anywhere makes a presentation not valid', async () => {
    const criteria = { ...scene.criteria, required: [], rules: { all: [{ fact: 'KYC', path: 'level', operator: 'greaterThan', value: 0 }] } } as const
    const good = await scene.present([await scene.issue('KYC')])
    expect((await scene.verify(good, { criteria })).verdict).toBe('valid')
    await fc.assert(fc.asyncProperty(fc.nat(good.length - 1), fc.constantFrom(...'AZaz09-_.=+/ '), async (at, character) => {
      fc.pre(good[at] !== character)
      expect((await scene.verify(good.slice(0, at) + character + good.slice(at + 1), { criteria })).verdict).not.toBe('valid')
    }), { numRuns: 500 })
  })
})

describe('size', () => {
  it('is bounded before anything is decoded', async () => {
    const long = 'A'.repeat(50_000_000)
    for (const parse of Object.values(PARSERS)) {
      const start = performance.now()
      expect(await answers(parse, long)).toBe(true)
      expect(await answers(parse, `${long}.${long}.${long}`)).toBe(true)
      expect(performance.now() - start).toBeLessThan(2_000)
    }
  })
})
