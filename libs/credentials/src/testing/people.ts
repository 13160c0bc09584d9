// People, keys and a status list for this library's own tests and bench. Not part of the package.
import { generateKeyPairSync } from 'node:crypto'
import {
  buildDidWebDocument, createPresentation, createResolver, didJwk, didJwkKid, didWebKid, issueCredential, issuerDid, nativeSigner,
  parseCriteria,   publicJwkOf, signStatusList, StatusList, StatusListReader, verifierDid, verifyPresentation,
  type Claims, type CredentialRequest, type CredentialType, type Criteria, type DidDocument, type DidResolver, type PublicJwk, type Signer,
  type Verification, type VerifyOptions,
} from '../index.ts'

export const NOW = new Date('2026-03-05T12:00:00Z')
export const DAY = 86_400_000
export const HOST = 'node.growr.example'
export const VERIFIER = verifierDid(HOST)
export const ORGANIZATION = 'COMSA'
export const LIST_URL = `https://${HOST}/status/1`
export const CHALLENGE = 'a-challenge-of-one-use'

export function after(days: number, from: Date = NOW): Date {
  return new Date(from.getTime() + days * DAY)
}

export interface Person {
  readonly signer: Signer
  readonly jwk: PublicJwk
}

export function keyPair(curve: 'P-256' | 'Ed25519' = 'P-256') {
  return curve === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
}

export function person(curve: 'P-256' | 'Ed25519' = 'P-256'): Person {
  const { privateKey, publicKey } = keyPair(curve)
  const jwk = publicJwkOf(publicKey)
  const did = didJwk(jwk)
  return { signer: nativeSigner(privateKey, did, didJwkKid(did)), jwk }
}

export interface Publisher extends Person {
  readonly document: DidDocument
}

export function webIssuer(did: string = issuerDid(HOST), curve: 'P-256' | 'Ed25519' = 'P-256'): Publisher {
  const { privateKey, publicKey } = keyPair(curve)
  const jwk = publicJwkOf(publicKey)
  return { signer: nativeSigner(privateKey, did, didWebKid(did, jwk)), jwk, document: buildDidWebDocument(did, { current: [jwk] }) }
}

export const CLAIMS: Record<CredentialType, Claims> = {
  KYC: { level: 2, country: 'HN', amlClear: true, checkedOn: '2026-01-15' },
  FinancialData: { currency: 'HNL', monthlyIncome: 1_500_000, monthlyExpenses: 1_100_000, periodStart: '2025-01-01', periodEnd: '2025-12-31' },
  SavingsHistory: { currency: 'HNL', months: 14, averageBalance: 320_000 },
  CreditHistory: { loansRepaid: 3, defaults: 0 },
  BusinessActivity: { currency: 'HNL', monthsActive: 40, annualRevenue: 22_000_000 },
  Ownership: { currency: 'HNL', totalValue: 90_000_000, land: { squareMetres: 14_000, titled: true } },
  CommunityMembership: { community: 'COMSA', months: 36, active: true },
  SocialEndorsement: { endorsements: 5, endorsersWithCredit: 3 },
  FinancialHealth: { coursesCompleted: 2, mentored: true },
}

export const RULES = {
  all: [
    { fact: 'KYC', path: 'level', operator: 'greaterThanInclusive', value: 2, id: 'kyc-level' },
    { fact: 'SavingsHistory', path: 'months', operator: 'greaterThanInclusive', value: 12, id: 'savings-months', text: 'A year of saving' },
    { fact: 'CreditHistory', path: 'defaults', operator: 'equal', value: 0, id: 'no-defaults' },
  ],
}

export interface World {
  readonly issuer: Publisher
  readonly holder: Person
  readonly criteria: Criteria
  readonly resolver: DidResolver
  readonly list: StatusList
  readonly statusSource: StatusListReader
  issue(type: CredentialType, change?: Partial<CredentialRequest>, by?: Signer): Promise<string>
  present(credentials: readonly string[], change?: { by?: Signer; verifierDid?: string; challenge?: string; now?: Date }): Promise<string>
  verify(token: unknown, change?: Partial<VerifyOptions>): Promise<Verification>
}

/** An issuer with a status list, a borrower, and a verifier that asks for three credentials. */
export function world(): World {
  const issuer = webIssuer()
  const holder = person()
  const list = new StatusList()
  let index = 0
  const resolver = createResolver({ local: (did) => (did === issuer.signer.did ? issuer.document : undefined) })
  const statusSource = new StatusListReader({
    resolver,
    local: (url) => (url === LIST_URL ? signStatusList({ url, purpose: 'revocation', list, now: NOW }, issuer.signer) : undefined),
  })
  const criteria = parseCriteria({
    required: ['KYC', 'SavingsHistory', 'CreditHistory'],
    trusted: [{ issuer: issuer.signer.did, organization: ORGANIZATION }],
    rules: RULES,
  })
  return {
    issuer, holder, criteria, resolver, list, statusSource,
    async issue(type, change = {}, by = issuer.signer) {
      const status = { purpose: 'revocation', list: LIST_URL, index: index++ } as const
      const { jwt } = await issueCredential({
        type, subject: holder.signer.did, organization: ORGANIZATION, claims: CLAIMS[type],
        validFrom: after(-30), validUntil: after(335), status, ...change,
      }, by)
      return jwt
    },
    present: (credentials, { by = holder.signer, ...change } = {}) =>
      createPresentation({ credentials, verifierDid: VERIFIER, challenge: CHALLENGE, now: NOW, ...change }, by),
    verify: (token, change = {}) =>
      verifyPresentation(token, { verifierDid: VERIFIER, challenge: CHALLENGE, now: NOW, criteria, resolver, statusSource, ...change }),
  }
}
