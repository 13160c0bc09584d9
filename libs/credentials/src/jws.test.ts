import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { importPublicJwk, parsePublicJwk, publicJwkOf, thumbprint } from './jwk.ts'
import { isSignedBy, nativeSigner, parseJws, signJws } from './jws.ts'
import { keyPair, person } from './testing/people.ts'
import { refusalOf } from './testing/refusal.ts'

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

describe('a compact JWS', () => {
  it('is signed and verified by both algorithms, and by no other key', async () => {
    for (const curve of ['P-256', 'Ed25519'] as const) {
      const { signer, jwk } = person(curve)
      const token = await signJws(signer, 'JWT', { iss: signer.did })
      const jws = parseJws(token, 4096)
      expect(isSignedBy(jws, importPublicJwk(jwk))).toBe(true)
      expect(isSignedBy(jws, importPublicJwk(person(curve).jwk))).toBe(false)
      expect(jws.header).toEqual({ alg: curve === 'P-256' ? 'ES256' : 'EdDSA', typ: 'JWT', kid: signer.kid })
    }
  })

  it('verifies ES256 signatures of every shape, leading zeros and high bits among them', () => {
    const { privateKey, publicKey } = keyPair()
    const key = importPublicJwk(publicJwkOf(publicKey))
    let padded = 0
    // One in 64 has a part that begins with a zero byte.
    for (let i = 0; padded < 3 && i < 20_000; i += 1) {
      const input = `${part({ alg: 'ES256' })}.${part({ i })}`
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      if (signature[0] === 0 || signature[32] === 0) padded += 1
      expect(isSignedBy(parseJws(`${input}.${signature.toString('base64url')}`, 4096), key)).toBe(true)
    }
    expect(padded).toBe(3)
  })

  it('verifies the vector of RFC 7515 A.3, and of RFC 8037 A.4', () => {
    const es256 =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
    const jwk = parsePublicJwk({
      kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    })
    expect(isSignedBy(parseJws(es256, 4096), importPublicJwk(jwk))).toBe(true)
    // RFC 8037 A.3: the thumbprint of its Ed25519 key.
    const ed25519 = parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })
    expect(thumbprint(ed25519)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('refuses alg none, HMAC with the public key, other algorithms and extensions', async () => {
    const { signer, jwk } = person()
    const token = await signJws(signer, 'JWT', { iss: 'x' })
    const [, payload, signature] = token.split('.') as [string, string, string]
    for (const alg of ['none', 'None', 'HS256', 'RS256', 'ES256K', 'ES384', undefined, 7]) {
      for (const last of ['', signature]) expect(await refusalOf(() => parseJws(`${part({ alg })}.${payload}.${last}`, 4096))).toBe('ALGORITHM_REFUSED')
    }
    expect(await refusalOf(() => parseJws(`${part({ alg: 'ES256', crit: ['x'] })}.${payload}.${signature}`, 4096))).toBe('ALGORITHM_REFUSED')
    expect(await refusalOf(() => parseJws(`${part({ alg: 'ES256', b64: false })}.${payload}.${signature}`, 4096))).toBe('ALGORITHM_REFUSED')
    // A token that names the other algorithm is not verified with this key at all.
    const confused = parseJws(await signJws({ ...signer, algorithm: 'EdDSA' }, 'JWT', { iss: 'x' }), 4096)
    expect(isSignedBy(confused, importPublicJwk(jwk))).toBe(false)
  })

  it('refuses every other text for the same signature', async () => {
    const { signer } = person()
    const token = await signJws(signer, 'JWT', { iss: 'x' })
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.at(-1) as string)
    // The four spare bits of the last character decode to nothing.
    for (let spare = 1; spare < 16; spare += 1) {
      expect(await refusalOf(() => parseJws(token.slice(0, -1) + alphabet[last ^ spare], 4096))).toBe('JWS_MALFORMED')
    }
    for (const other of [`${token}=`, `${token}\n`, ` ${token}`, `${token}.`, token.replace('.', '..')]) {
      expect(await refusalOf(() => parseJws(other, 4096))).toBe('JWS_MALFORMED')
    }
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const longer = Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.from([0])]).toString('base64url')
    expect(await refusalOf(() => parseJws(`${header}.${payload}.${longer}`, 4096))).toBe('JWS_MALFORMED')
    expect(await refusalOf(() => parseJws(token, token.length - 1))).toBe('JWS_TOO_LARGE')
  })

  it('refuses a signer that gives DER instead of 64 bytes', async () => {
    const { privateKey } = keyPair()
    const der = { ...nativeSigner(privateKey, 'did:example:a', 'did:example:a#0'), sign: (bytes: Uint8Array) => sign('sha256', bytes, privateKey) }
    expect(await refusalOf(() => signJws(der, 'JWT', {}))).toBe('SIGNER_INVALID')
  })
})

describe('a public JWK', () => {
  const { jwk } = person()

  it('is refused with its private part, on another curve, off its curve, or for another use', async () => {
    const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' })
    expect(await refusalOf(() => parsePublicJwk({ ...jwk, d: 'AA' }))).toBe('DID_PRIVATE_KEY')
    expect(await refusalOf(() => parsePublicJwk(secp256k1))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => parsePublicJwk({ ...jwk, use: 'enc' }))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => parsePublicJwk({ ...jwk, alg: 'ES256K' }))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => parsePublicJwk({ ...jwk, x: jwk.x.slice(1) }))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => parsePublicJwk({ ...jwk, x: `${jwk.x.slice(0, 42)}B` }))).toBe('DID_KEY_UNSUPPORTED')
    const zero = 'A'.repeat(43)
    expect(await refusalOf(() => importPublicJwk(parsePublicJwk({ kty: 'EC', crv: 'P-256', x: zero, y: zero })))).toBe('DID_KEY_UNSUPPORTED')
    const one = `${'A'.repeat(42)}E`
    expect(await refusalOf(() => importPublicJwk(parsePublicJwk({ kty: 'EC', crv: 'P-256', x: one, y: one })))).toBe('DID_KEY_UNSUPPORTED')
  })

  it('is the same key natively as when Node reads the JWK', () => {
    for (const curve of ['P-256', 'Ed25519'] as const) {
      const { publicKey } = keyPair(curve)
      expect(importPublicJwk(publicJwkOf(publicKey)).key.equals(publicKey)).toBe(true)
    }
  })
})
