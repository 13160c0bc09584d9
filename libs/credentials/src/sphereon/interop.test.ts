// Sphereon, Veramo and did-jwt-vc as implementations that know nothing of ours: what we make they verify, what they make we verify.
import { createAgent, type ICredentialPlugin, type IDIDManager, type IKeyManager, type IResolver } from '@veramo/core'
import { CredentialPlugin } from '@veramo/credential-w3c'
import { DIDManager, MemoryDIDStore } from '@veramo/did-manager'
import { DIDResolverPlugin } from '@veramo/did-resolver'
import { AbstractKeyManagementSystem, AbstractKeyStore, SphereonKeyManager } from '@sphereon/ssi-sdk-ext.key-manager'
import { JwkDIDProvider } from '@sphereon/ssi-sdk-ext.did-provider-jwk'
import { createVerifiableCredentialJwt, createVerifiablePresentationJwt, verifyCredential, verifyPresentation } from 'did-jwt-vc'
import { Resolver } from 'did-resolver'
import { beforeAll, describe, expect, it } from 'vitest'
import { createResolver, didJwk, didKey, nativeSigner, publicJwkOf, type DidDocument, type Signer } from '../index.ts'
import { after, CHALLENGE, CLAIMS, keyPair, LIST_URL, NOW, ORGANIZATION, person, VERIFIER, world } from '../testing/people.ts'
import { refusalOf } from '../testing/refusal.ts'
import { custodyKms, KMS, publicKeyStore, type KeyCustody } from './custody-kms.ts'
import { createWallet, presentationDefinition, registryFallback, selectCredentials, sphereonRegistry } from './index.ts'

/** Keys in this process, as a custody would hold them. */
function custody(): KeyCustody & { readonly keys: Map<string, ReturnType<typeof nativeSigner>> } {
  const keys = new Map<string, ReturnType<typeof nativeSigner>>()
  return {
    keys,
    async createKey(curve) {
      const { privateKey, publicKey } = keyPair(curve)
      const ref = `key-${keys.size}`
      keys.set(ref, nativeSigner(privateKey, ref, ref))
      return { ref, jwk: publicJwkOf(publicKey) }
    },
    sign: (ref, _algorithm, bytes) => (keys.get(ref) as Signer).sign(bytes),
    deleteKey: async (ref) => void keys.delete(ref),
  }
}

const scene = world()
const documents = new Map<string, DidDocument>([[scene.issuer.document.id, scene.issuer.document]])
let foreign: Resolver

beforeAll(async () => {
  foreign = new Resolver({
    ...(await sphereonRegistry()),
    web: async (did) => ({ didResolutionMetadata: {}, didDocumentMetadata: {}, didDocument: (documents.get(did) ?? null) as never }),
  })
})

/** did-jwt's form of a signer: a function over text that gives base64url. */
const jwtSigner = (signer: Signer) => ({
  did: signer.did, alg: signer.algorithm,
  signer: async (data: string | Uint8Array) => Buffer.from(await signer.sign(Buffer.from(data as string))).toString('base64url'),
})

function veramo(keys: KeyCustody) {
  return createAgent<IKeyManager & IDIDManager & IResolver & ICredentialPlugin>({
    plugins: [
      new SphereonKeyManager({ store: publicKeyStore(AbstractKeyStore), kms: { [KMS]: custodyKms(AbstractKeyManagementSystem, keys) } }),
      new DIDManager({ store: new MemoryDIDStore(), defaultProvider: 'did:jwk', providers: { 'did:jwk': new JwkDIDProvider({ defaultKms: KMS }) } }),
      new DIDResolverPlugin({ resolver: foreign }),
      new CredentialPlugin(),
    ],
  })
}

describe('what we make', () => {
  it('is a DID that Sphereon resolves to the same key', async () => {
    for (const curve of ['P-256', 'Ed25519'] as const) {
      const { jwk } = person(curve)
      const { didDocument } = await foreign.resolve(didJwk(jwk))
      expect(didDocument?.verificationMethod?.[0]?.publicKeyJwk).toMatchObject(jwk)
      expect(didDocument?.assertionMethod).toEqual([`${didJwk(jwk)}#0`])
      const key = await foreign.resolve(didKey(jwk))
      expect(key.didDocument?.id).toBe(didKey(jwk))
    }
  })

  it('is a credential and a presentation that did-jwt-vc verifies', async () => {
    for (const curve of ['P-256', 'Ed25519'] as const) {
      const holder = person(curve).signer
      const jwt = await scene.issue('KYC', { subject: holder.did })
      const policies = { now: NOW.getTime() / 1000 }
      const credential = await verifyCredential(jwt, foreign, { policies })
      expect(credential.verifiableCredential.credentialSubject).toEqual({ id: holder.did, ...CLAIMS.KYC })
      expect(credential.verifiableCredential.issuer).toEqual({ id: scene.issuer.signer.did })
      const token = await scene.present([jwt], { by: holder })
      const presentation = await verifyPresentation(token, foreign, { challenge: CHALLENGE, audience: VERIFIER, policies })
      expect(presentation.verified).toBe(true)
      await expect(verifyPresentation(token, foreign, { challenge: 'other', audience: VERIFIER, policies })).rejects.toThrow()
    }
  })

  it('is a credential and a presentation that Veramo verifies', async () => {
    const agent = veramo(custody())
    const jwt = await scene.issue('KYC')
    const policies = { credentialStatus: false, now: NOW.getTime() / 1000 }
    expect((await agent.verifyCredential({ credential: jwt, policies })).verified).toBe(true)
    const token = await scene.present([jwt])
    expect((await agent.verifyPresentation({ presentation: token, challenge: CHALLENGE, domain: VERIFIER, policies })).verified).toBe(true)
    const [header, payload, signature] = jwt.split('.') as [string, string, string]
    const forged = `${header}.${Buffer.from(Buffer.from(payload, 'base64url').toString().replace('"level":2', '"level":3')).toString('base64url')}.${signature}`
    expect((await agent.verifyCredential({ credential: forged, policies })).verified).toBe(false)
  })
})

describe('what they make', () => {
  const vc = (type: 'KYC' | 'SavingsHistory' | 'CreditHistory', index: number) => ({
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential', type],
    credentialSubject: { ...CLAIMS[type] },
    credentialStatus: {
      id: `${LIST_URL}#${index}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: String(index), statusListCredential: LIST_URL,
    },
    evidence: [{ type: ['OrganizationStatement'], organization: ORGANIZATION }],
  })
  const times = { nbf: after(-1).getTime() / 1000, exp: after(1).getTime() / 1000 }

  it('by did-jwt-vc, credentials and presentation, verifies here', async () => {
    const issuer = jwtSigner(scene.issuer.signer)
    const holder = jwtSigner(scene.holder.signer)
    const types = ['KYC', 'SavingsHistory', 'CreditHistory'] as const
    const credentials = await Promise.all(types.map((type, index) => createVerifiableCredentialJwt(
      { ...times, sub: holder.did, jti: `urn:uuid:${index}`, vc: vc(type, index) } as never, issuer)))
    const token = await createVerifiablePresentationJwt({
      vp: { '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiablePresentation'], verifiableCredential: credentials },
      nbf: NOW.getTime() / 1000, exp: NOW.getTime() / 1000 + 300,
    } as never, holder, { challenge: CHALLENGE, domain: VERIFIER })
    expect((await scene.verify(token)).checks.filter(({ verdict }) => verdict !== 'valid')).toEqual([])
  })

  it('by Veramo with a key of our custody verifies here', async () => {
    const keys = custody()
    const agent = veramo(keys)
    const issuer = await agent.didManagerCreate({ options: { type: 'Ed25519' } })
    const jwt = (await agent.createVerifiableCredential({
      credential: {
        issuer: { id: issuer.did }, id: 'urn:uuid:1', ...vc('KYC', 1), credentialSubject: { id: scene.holder.signer.did, ...CLAIMS.KYC },
        issuanceDate: after(-1).toISOString(), expirationDate: after(1).toISOString(),
      },
      proofFormat: 'jwt',
    })).proof['jwt'] as string
    const criteria = { required: ['KYC'], trusted: [{ issuer: issuer.did, organization: ORGANIZATION }] } as const
    const statusSource = { check: () => ({ verdict: 'valid' }) as const }
    expect((await scene.verify(await scene.present([jwt]), { criteria, statusSource })).checks.filter(({ verdict }) => verdict !== 'valid')).toEqual([])
    expect(keys.keys.size).toBe(1)
  })
})

describe('a wallet', () => {
  it('is made by Sphereon over our custody: its DID names the custody’s key, and is what we would have made', async () => {
    for (const curve of ['P-256', 'Ed25519'] as const) {
      for (const method of ['jwk', 'key'] as const) {
        const keys = custody()
        const wallet = await createWallet(keys, { method, curve })
        expect([...keys.keys.keys()]).toEqual([wallet.keyRef])
        const algorithm = curve === 'P-256' ? 'ES256' : 'EdDSA'
        expect(await createResolver().keys(wallet.did, wallet.kid, algorithm, 'authentication')).toHaveLength(1)
        const signer: Signer = { did: wallet.did, kid: wallet.kid, algorithm, sign: (bytes) => keys.sign(wallet.keyRef, algorithm, bytes) }
        const credential = await scene.issue('KYC', { subject: wallet.did })
        const criteria = { required: ['KYC'], trusted: scene.criteria.trusted } as const
        expect((await scene.verify(await scene.present([credential], { by: signer }), { criteria })).verdict).toBe('valid')
        if (wallet.madeBy === 'sphereon' && method === 'key') expect(wallet.did).toBe(didKey(wallet.jwk))
      }
    }
  })

  it('names its key even where a coordinate begins with zeros, which Sphereon drops', async () => {
    let leading: { privateKey: ReturnType<typeof keyPair>['privateKey']; publicKey: ReturnType<typeof keyPair>['publicKey'] }
    do leading = keyPair()
    while (null === (publicJwkOf(leading.publicKey) as { y: string }).y.match(/^A[A-P]/))
    const jwk = publicJwkOf(leading.publicKey)
    const wallet = await createWallet({ ...custody(), createKey: async () => ({ ref: 'r', jwk }) })
    expect(wallet).toMatchObject({ did: didJwk(jwk), jwk, madeBy: 'native' })
    expect((await createWallet(custody(), { curve: 'Ed25519' })).madeBy).toBe('sphereon')
  })

  it('hands no private key in or out, and makes none that nobody here can verify', async () => {
    const kms = custodyKms(AbstractKeyManagementSystem, custody())
    expect(await refusalOf(() => kms.importKey())).toBe('DID_PRIVATE_KEY')
    expect(await refusalOf(() => kms.createKey({ type: 'Secp256k1' }))).toBe('DID_KEY_UNSUPPORTED')
    expect(await refusalOf(() => kms.sign({ keyRef: { kid: 'key-0' }, algorithm: 'ES256K', data: new Uint8Array() }))).toBe('ALGORITHM_REFUSED')
    const store = publicKeyStore(AbstractKeyStore)
    expect(await refusalOf(() => store.import({ kid: 'a', kms: KMS, type: 'Ed25519', publicKeyHex: '00', privateKeyHex: '00' }))).toBe('DID_PRIVATE_KEY')
    expect(JSON.stringify(await kms.createKey({ type: 'Ed25519' }))).not.toContain('private')
    const failing = { ...custody(), createKey: () => Promise.reject(new Error('custody is locked')) }
    await expect(createWallet(failing)).rejects.toThrow('custody is locked')
  })
})

describe('selection by pex', () => {
  it('takes what the criteria ask for, from whom they trust, valid now, the newest', async () => {
    const { did } = scene.holder.signer
    const wanted = [await scene.issue('KYC'), await scene.issue('SavingsHistory'), await scene.issue('CreditHistory', { validFrom: after(-2) })]
    const others = [
      await scene.issue('CreditHistory'), await scene.issue('Ownership'), await scene.issue('KYC', { organization: 'OTHER', validFrom: after(-1) }),
      await scene.issue('KYC', { validFrom: after(-1) }, person().signer), await scene.issue('SavingsHistory', { validUntil: after(-1) }),
      await scene.issue('KYC', { subject: person().signer.did, validFrom: after(-1) }), 'not a credential',
    ]
    const selection = await selectCredentials(scene.criteria, [...others, ...wanted], did, NOW)
    expect(selection).toEqual({ credentials: wanted, missing: [] })
    expect((await scene.verify(await scene.present(selection.credentials))).verdict).toBe('valid')
  })

  it('says what is missing, and brings what only a rule looks at where it is there', async () => {
    const { did } = scene.holder.signer
    expect(await selectCredentials(scene.criteria, [], did, NOW)).toEqual({ credentials: [], missing: ['KYC', 'SavingsHistory', 'CreditHistory'] })
    const land = await scene.issue('Ownership')
    const rules = { any: [{ fact: 'Ownership', path: 'totalValue', operator: 'greaterThan', value: 1 }, { fact: 'KYC', path: 'level', operator: 'equal', value: 3 }] } as const
    expect(await selectCredentials({ ...scene.criteria, required: [], rules }, [land], did, NOW)).toEqual({ credentials: [land], missing: [] })
  })

  it('asks with a presentation definition that pex itself finds well formed', async () => {
    const { PEX } = await import('@sphereon/pex')
    expect(PEX.validateDefinition(presentationDefinition(scene.criteria, 'loan-1'))).toEqual([expect.objectContaining({ message: 'ok' })])
  })
})

describe('resolution of other methods', () => {
  it('goes through a registry of DID resolvers, read as strictly as any document', async () => {
    const { jwk } = person()
    const did = 'did:example:far'
    const document = { id: did, verificationMethod: [{ id: '#1', type: 'JsonWebKey2020', controller: did, publicKeyJwk: jwk }], assertionMethod: ['#1'] }
    const registry = { example: async () => ({ didResolutionMetadata: {}, didDocumentMetadata: {}, didDocument: document }) }
    const resolver = createResolver({ fallback: registryFallback(registry) })
    expect(await resolver.keys(did, `${did}#1`, 'ES256', 'assertionMethod', { remote: true })).toHaveLength(1)
    expect(await refusalOf(() => resolver.resolve('did:unknown:x', { remote: true }))).toBe('DID_UNRESOLVED')
  })
})
