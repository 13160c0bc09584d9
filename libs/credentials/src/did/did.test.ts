import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { httpFetcher, type DocumentFetcher } from '../fetch.ts'
import { after, HOST, NOW, person, webIssuer } from '../testing/people.ts'
import { refusalOf } from '../testing/refusal.ts'
import { didJwk, didJwkDocument, keyOfDidJwk } from './did-jwk.ts'
import { didKey, didKeyKid, keyOfDidKey } from './did-key.ts'
import { buildDidWebDocument, didWeb, didWebKid, didWebPath, didWebUrl, issuerDid, organizationDid, parseDidWeb, verifierDid } from './did-web.ts'
import { parseDid, parseDidDocument } from './document.ts'
import { createResolver } from './resolver.ts'

const encode = (value: unknown): string => `did:jwk:${Buffer.from(JSON.stringify(value)).toString('base64url')}`

describe('did:jwk', () => {
  // The P-256 example of the method's specification.
  const example =
    'did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9'

  it('gives back its key, and the example of the specification', () => {
    const { jwk } = person()
    expect(keyOfDidJwk(didJwk(jwk))).toEqual(jwk)
    expect(keyOfDidJwk(example)).toEqual({
      kty: 'EC', crv: 'P-256', x: 'acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0', y: '_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE',
    })
    expect(didJwkDocument(example)).toMatchObject({ id: example, authentication: [`${example}#0`], assertionMethod: [`${example}#0`] })
  })

  it('says that its key is for signatures', () => {
    const did = didJwk(person().jwk)
    expect(JSON.parse(Buffer.from(did.slice(8), 'base64url').toString())).toMatchObject({ use: 'sig', alg: 'ES256' })
  })

  it('refuses a private key, other curves, and what is too large', async () => {
    const { jwk } = person()
    expect(await refusalOf(() => keyOfDidJwk(encode({ ...jwk, d: jwk.x })))).toBe('DID_PRIVATE_KEY')
    expect(await refusalOf(() => keyOfDidJwk(encode({ ...jwk, crv: 'secp256k1' })))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => keyOfDidJwk(encode({ ...jwk, note: 'x'.repeat(1000) })))).toBe('DID_TOO_LARGE')
    expect(await refusalOf(() => keyOfDidJwk('did:jwk:AAAA'))).toBe('DID_MALFORMED')
    expect(await refusalOf(() => parseDid(`did:jwk:${'A'.repeat(3000)}`))).toBe('DID_TOO_LARGE')
  })
})

describe('did:key', () => {
  it('gives back its key', () => {
    for (const curve of ['P-256', 'Ed25519'] as const) {
      for (let i = 0; i < 20; i += 1) {
        const { jwk } = person(curve)
        expect(keyOfDidKey(didKey(jwk))).toEqual(jwk)
      }
    }
  })

  it('reads the vectors of the specification', () => {
    // did:key specification, test vectors for Ed25519 and P-256.
    const ed25519 = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'
    expect(keyOfDidKey(ed25519)).toEqual({ kty: 'OKP', crv: 'Ed25519', x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' })
    const p256 = 'did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169'
    expect(keyOfDidKey(p256)).toEqual({
      kty: 'EC', crv: 'P-256', x: 'fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI', y: 'hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU',
    })
    expect(didKey(keyOfDidKey(p256))).toBe(p256)
  })

  it('refuses secp256k1, points off the curve and other bases', async () => {
    expect(await refusalOf(() => keyOfDidKey('did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme'))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => keyOfDidKey('did:key:f6MkiTBz1'))).toBe('DID_MALFORMED')
    expect(await refusalOf(() => keyOfDidKey('did:key:z0OIl'))).toBe('DID_MALFORMED')
    expect(await refusalOf(() => keyOfDidKey(`did:key:z${'1'.repeat(500)}`))).toBe('DID_MALFORMED')
  })
})

describe('did:web', () => {
  it('names issuer, verifier and organizations, each with a path of its own', () => {
    expect(issuerDid('Growr.example')).toBe('did:web:growr.example:issuer')
    expect(verifierDid('127.0.0.1:8443')).toBe('did:web:127.0.0.1%3A8443:verifier')
    expect(organizationDid('growr.example', '01HX-a_b.c')).toBe('did:web:growr.example:org:01HX-a_b.c')
    expect(didWebPath('did:web:growr.example:issuer')).toBe('/issuer/did.json')
    expect(didWebPath('did:web:growr.example:org:COMSA')).toBe('/org/COMSA/did.json')
    expect(didWebPath('did:web:growr.example')).toBe('/.well-known/did.json')
    expect(parseDidWeb('did:web:127.0.0.1%3A8443:verifier')).toEqual({ host: '127.0.0.1:8443', path: ['verifier'] })
    expect(didWebUrl('did:web:growr.example%3A8443:issuer').href).toBe('https://growr.example:8443/issuer/did.json')
    expect(didWebUrl('did:web:127.0.0.1%3A8443:issuer').href).toBe('http://127.0.0.1:8443/issuer/did.json')
  })

  it('refuses hosts and paths that would lead elsewhere', async () => {
    for (const did of [
      'did:web:growr.example:..:secret', 'did:web:growr.example:a%2Fb', 'did:web:user%40growr.example:issuer', 'did:web:growr.example%2F:issuer',
      'did:web:GROWR.example:issuer', 'did:web:growr.example%3a80:issuer', 'did:web:growr.example%3A0:issuer', 'did:web::issuer', 'did:web:a..b:issuer',
    ]) expect(await refusalOf(() => parseDidWeb(did)), did).toMatch(/^DID_MALFORMED/)
    for (const host of ['a b', 'a/b', '[::1]', '', 'a:99999999']) expect(await refusalOf(() => didWeb(host, 'issuer'))).toBe('DID_MALFORMED host')
    expect(await refusalOf(() => organizationDid('growr.example', '..'))).toBe('DID_MALFORMED path')
    expect(await refusalOf(() => organizationDid('growr.example', 'a:b'))).toBe('DID_MALFORMED path')
  })

  it('keeps retired keys for what they signed, but not for logging in', async () => {
    const did = issuerDid(HOST)
    const [fresh, old, stolen] = [person(), person('Ed25519'), person()]
    const document = buildDidWebDocument(did, { current: [fresh.jwk], retired: [old.jwk] })
    const resolver = createResolver({ local: () => document })
    const kids = [fresh, old, stolen].map(({ jwk }) => didWebKid(did, jwk)) as [string, string, string]
    expect(await resolver.keys(did, kids[0], 'ES256', 'assertionMethod')).toHaveLength(1)
    expect(await resolver.keys(did, kids[1], 'EdDSA', 'assertionMethod')).toHaveLength(1)
    expect(await refusalOf(() => resolver.keys(did, kids[1], 'EdDSA', 'authentication'))).toBe('DID_KEY_NOT_FOUND')
    expect(await refusalOf(() => resolver.keys(did, kids[2], 'ES256', 'assertionMethod'))).toBe('DID_KEY_NOT_FOUND')
    expect(await refusalOf(() => resolver.keys(did, kids[0], 'EdDSA', 'assertionMethod'))).toBe('ALGORITHM_REFUSED')
    expect(await refusalOf(() => buildDidWebDocument(did, { current: [] }))).toBe('DID_DOCUMENT_INVALID')
    expect(await refusalOf(() => buildDidWebDocument(did, { current: [fresh.jwk], retired: [fresh.jwk] }))).toBe('DID_DOCUMENT_INVALID')
  })

  it('reads its own documents back, and refuses those of another DID or with a private key', async () => {
    const { document, jwk } = webIssuer()
    expect(parseDidDocument(JSON.parse(JSON.stringify(document)), document.id)).toEqual(document)
    expect(await refusalOf(() => parseDidDocument(document, 'did:web:evil.example:issuer'))).toBe('DID_DOCUMENT_INVALID id')
    const leaking = { ...document, verificationMethod: [{ ...document.verificationMethod[0], publicKeyJwk: { ...jwk, d: jwk.x } }] }
    expect(await refusalOf(() => parseDidDocument(leaking, document.id))).toBe('DID_PRIVATE_KEY')
    const foreign = { id: document.id, verificationMethod: [{ id: '#k', type: 'X', publicKeyMultibase: 'z6Mk' }], assertionMethod: ['#k'] }
    expect(parseDidDocument(foreign, document.id)).toMatchObject({ verificationMethod: [], assertionMethod: [`${document.id}#k`], authentication: [] })
  })
})

describe('the resolver', () => {
  const { document, signer } = webIssuer('did:web:far.example:issuer')

  function counting(answer: () => string): DocumentFetcher & { calls: number } {
    return { calls: 0, async fetch() { this.calls += 1; return answer() } }
  }

  it('asks the network only where it may, once, and again after its time', async () => {
    const fetcher = counting(() => JSON.stringify(document))
    let now = NOW
    const resolver = createResolver({ fetcher, clock: { now: () => now }, ttlMs: 60_000 })
    expect(await refusalOf(() => resolver.resolve(signer.did))).toBe('DID_REMOTE_REFUSED')
    expect(fetcher.calls).toBe(0)
    await Promise.all([1, 2, 3].map(() => resolver.resolve(signer.did, { remote: true })))
    expect(fetcher.calls).toBe(1)
    expect(await resolver.resolve(signer.did)).toEqual(document)
    now = new Date(NOW.getTime() + 60_000)
    await resolver.resolve(signer.did, { remote: true })
    expect(fetcher.calls).toBe(2)
    now = after(-1)
    await resolver.resolve(signer.did, { remote: true })
    expect(fetcher.calls).toBe(3)
    resolver.forget(signer.did)
    expect(await refusalOf(() => resolver.resolve(signer.did))).toBe('DID_REMOTE_REFUSED')
  })

  it('says what is wrong with an answer, and keeps none of it', async () => {
    let answer = '{'
    const resolver = createResolver({ fetcher: counting(() => answer) })
    expect(await refusalOf(() => resolver.resolve(signer.did, { remote: true }))).toBe('DID_DOCUMENT_INVALID')
    answer = JSON.stringify({ ...document, id: 'did:web:other.example' })
    expect(await refusalOf(() => resolver.resolve(signer.did, { remote: true }))).toBe('DID_DOCUMENT_INVALID id')
    answer = JSON.stringify(document)
    expect(await resolver.resolve(signer.did, { remote: true })).toEqual(document)
    expect(await refusalOf(() => resolver.resolve('did:ion:abc', { remote: true }))).toBe('DID_METHOD_UNSUPPORTED')
    const failing = createResolver({ fallback: async () => { throw new Error('down') } })
    expect(await refusalOf(() => failing.resolve('did:ion:abc', { remote: true }))).toBe('DID_UNRESOLVED')
  })

  it('names the key of a did:jwk and did:key by its own kid only', async () => {
    const resolver = createResolver()
    const { signer: jwk, jwk: key } = person()
    expect(await resolver.keys(jwk.did, jwk.kid, 'ES256', 'authentication')).toHaveLength(1)
    expect(await refusalOf(() => resolver.keys(jwk.did, `${jwk.did}#1`, 'ES256', 'authentication'))).toBe('DID_KEY_NOT_FOUND')
    expect(await refusalOf(() => resolver.keys(jwk.did, undefined, 'EdDSA', 'authentication'))).toBe('ALGORITHM_REFUSED')
    const did = didKey(key)
    expect(await resolver.keys(did, didKeyKid(did), 'ES256', 'assertionMethod')).toHaveLength(1)
  })
})

describe('the fetcher over HTTP', () => {
  let stop: (() => void) | undefined
  afterEach(() => stop?.())

  async function serve(listener: RequestListener): Promise<URL> {
    const server = createServer(listener)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    stop = () => { server.closeAllConnections(); server.close() }
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/issuer/did.json`)
  }

  const limits = { maxBytes: 1000, timeoutMs: 2000 }

  it('reads a text, and no more of it than allowed, whatever its length says', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/issuer/did.json') return void response.end('{"id":1}')
      const timer = setInterval(() => response.write('x'.repeat(500)), 1)
      response.on('close', () => clearInterval(timer))
    })
    expect(await httpFetcher().fetch(url, limits)).toBe('{"id":1}')
    expect(await refusalOf(() => httpFetcher().fetch(new URL('/endless', url), limits))).toBe('FETCH_TOO_LARGE')
  })

  it('follows no redirect, takes no error page, waits no longer than told', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: '/issuer/did.json' }).end()
      else if (request.url === '/missing') response.writeHead(404).end('{}')
      else if (request.url === '/issuer/did.json') response.end('{}')
    })
    expect(await refusalOf(() => httpFetcher().fetch(new URL('/redirect', url), limits))).toBe('FETCH_FAILED')
    expect(await refusalOf(() => httpFetcher().fetch(new URL('/missing', url), limits))).toBe('FETCH_FAILED')
    expect(await refusalOf(() => httpFetcher().fetch(new URL('/silent', url), { ...limits, timeoutMs: 50 }))).toBe('FETCH_FAILED')
  })

  it('refuses addresses that are not https, but for this machine', async () => {
    const never: typeof fetch = () => Promise.reject(new Error('it was called'))
    for (const address of ['http://growr.example/a', 'ftp://growr.example/a', 'file:///etc/passwd', 'https://user:pw@growr.example/a', 'http://127.evil.example/']) {
      expect(await refusalOf(() => httpFetcher(never).fetch(new URL(address), limits)), address).toBe('FETCH_URL_REFUSED')
    }
  })
})
