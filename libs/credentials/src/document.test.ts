import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  buildDidWebDocument, createResolver, didWebKid, organizationDid, signDocument, signVerificationResult, verifyDocument, verifyVerificationResult,
  type DidDocument,
} from './index.ts'
import { publicJwkOf, type PublicJwk } from './jwk.ts'
import { nativeSigner, parseJws, signJws } from './jws.ts'
import { after, HOST, keyPair, NOW, person, VERIFIER, webIssuer, world } from './testing/people.ts'
import { refusalOf } from './testing/refusal.ts'

const organization = webIssuer(organizationDid(HOST, 'COMSA'), 'Ed25519')
const documents: DidDocument[] = [organization.document]
const resolver = createResolver({ local: (did) => documents.find(({ id }) => id === did) })
const options = { resolver, now: NOW, signedBy: organization.signer.did }
const receipt = { reference: 'r-1', amount: '500000.00', currency: 'HNL' }

describe('a signed document', () => {
  it('verifies as what it is, by whom it is', async () => {
    const token = await signDocument('receipt', receipt, organization.signer, { now: NOW })
    const verified = await verifyDocument('receipt', token, options)
    expect(verified).toMatchObject({ type: 'receipt', issuer: organization.signer.did, kid: organization.signer.kid, issuedAt: NOW, payload: receipt })
    expect(verified.digest).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const borrower = person()
    const contract = await signDocument('contract', { loan: 'l-1' }, borrower.signer, { now: NOW })
    expect(await verifyDocument('contract', contract, { ...options, signedBy: [organization.signer.did, borrower.signer.did] })).toMatchObject({ payload: { loan: 'l-1' } })
  })

  it('is refused by its own reason', async () => {
    const token = await signDocument('receipt', receipt, organization.signer, { now: NOW, validUntil: after(1) })
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const larger = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('500000.00', '900000.00')).toString('base64url')
    expect(await refusalOf(() => verifyDocument('contract', token, options))).toBe('DOCUMENT_WRONG_TYPE')
    expect(await refusalOf(() => verifyDocument('receipt', `${header}.${larger}.${signature}`, options))).toBe('DOCUMENT_TAMPERED')
    expect(await refusalOf(() => verifyDocument('receipt', token, { ...options, signedBy: VERIFIER }))).toBe('DOCUMENT_WRONG_SIGNER')
    expect(await refusalOf(() => verifyDocument('receipt', token, { ...options, signedBy: [] }))).toBe('DOCUMENT_WRONG_SIGNER')
    expect(await refusalOf(() => verifyDocument('receipt', token, { ...options, now: after(1) }))).toBe('DOCUMENT_EXPIRED')
    expect(await refusalOf(() => verifyDocument('receipt', token, { ...options, now: after(-1) }))).toBe('DOCUMENT_NOT_YET_VALID')
    expect(await refusalOf(() => verifyDocument('receipt', 'x', options))).toBe('DOCUMENT_MALFORMED')
    const none = `${Buffer.from('{"alg":"none","typ":"growr-receipt+jwt"}').toString('base64url')}.${payload}.`
    expect(await refusalOf(() => verifyDocument('receipt', none, options))).toBe('ALGORITHM_REFUSED')
    const other = { ...organization.signer, kid: `${organization.signer.did}#other` }
    expect(await refusalOf(async () => verifyDocument('receipt', await signDocument('receipt', receipt, other, { now: NOW }), options))).toBe('DOCUMENT_TAMPERED')
    const bare = await signJws(organization.signer, 'growr-receipt+jwt', { iss: organization.signer.did, iat: 1 })
    expect(await refusalOf(() => verifyDocument('receipt', bare, options))).toBe('DOCUMENT_MALFORMED')
    expect(await refusalOf(() => signDocument('Receipt!', receipt, organization.signer, { now: NOW }))).toBe('DOCUMENT_MALFORMED type')
  })

  it('is no credential and no presentation, nor are they documents', async () => {
    const scene = world()
    const token = await scene.present([await scene.issue('KYC')])
    expect(await refusalOf(() => verifyDocument('receipt', token, { ...options, signedBy: scene.holder.signer.did }))).toBe('DOCUMENT_WRONG_TYPE')
    const document = await signDocument('receipt', receipt, organization.signer, { now: NOW })
    expect((await scene.verify(document)).checks).toMatchObject([{ code: 'PRESENTATION_MALFORMED' }])
  })

  it('verifies after its signer has changed the key, until the old key is taken out', async () => {
    const did = organizationDid(HOST, 'ROTATING')
    const made = (): { privateKey: KeyObject; jwk: PublicJwk } => {
      const { privateKey } = keyPair()
      return { privateKey, jwk: publicJwkOf(privateKey) }
    }
    const [old, fresh] = [made(), made()]
    const token = await signDocument('receipt', receipt, nativeSigner(old.privateKey, did, didWebKid(did, old.jwk)), { now: NOW })
    const rotated = createResolver({ local: () => buildDidWebDocument(did, { current: [fresh.jwk], retired: [old.jwk] }) })
    expect(await verifyDocument('receipt', token, { resolver: rotated, now: NOW, signedBy: did })).toMatchObject({ payload: receipt })
    const removed = createResolver({ local: () => buildDidWebDocument(did, { current: [fresh.jwk] }) })
    expect(await refusalOf(() => verifyDocument('receipt', token, { resolver: removed, now: NOW, signedBy: did }))).toBe('DOCUMENT_TAMPERED')
  })
})

describe('the result of a verification', () => {
  const verifier = webIssuer(VERIFIER)
  documents.push(verifier.document)

  it('is signed with verdict, project, holder and digests, and nothing else', async () => {
    const scene = world()
    const verification = await scene.verify(await scene.present([await scene.issue('KYC')]))
    const token = await signVerificationResult(verification, 'project-1', verifier.signer, NOW)
    const { holder, digest, criteriaDigest } = verification
    const payload = { verdict: 'invalid', project: 'project-1', holder, digest, criteriaDigest }
    expect(parseJws(token, 10_000).payload).toEqual({ iss: VERIFIER, iat: 1772712000, document: payload })
    expect(await verifyVerificationResult(token, { ...options, signedBy: VERIFIER })).toEqual({ ...payload, verifier: VERIFIER, issuedAt: NOW })
    expect(await refusalOf(() => verifyVerificationResult(token, options))).toBe('DOCUMENT_WRONG_SIGNER')
  })

  it('is not signed where nobody was presented, nor believed with another verdict', async () => {
    const scene = world()
    const nobody = await scene.verify('x')
    expect(await refusalOf(() => signVerificationResult(nobody, 'project-1', verifier.signer, NOW))).toBe('DOCUMENT_MALFORMED holder')
    const payload = { verdict: 'fine', project: 'p', holder: scene.holder.signer.did, digest: 'd', criteriaDigest: 'c' }
    const odd = await signDocument('verification', payload, verifier.signer, { now: NOW })
    expect(await refusalOf(() => verifyVerificationResult(odd, { ...options, signedBy: VERIFIER }))).toBe('DOCUMENT_MALFORMED verdict')
  })
})
