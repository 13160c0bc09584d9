import { describe, expect, it } from 'vitest'
import { validateClaims } from './claims.ts'
import { issueCredential, parseCredential, type CredentialRequest } from './credential.ts'
import { signJws } from './jws.ts'
import { CLAIM_SCHEMAS, CREDENTIAL_TYPES, claimTypeAt, type ClaimSchema } from './schemas.ts'
import { after, CLAIMS, LIST_URL, ORGANIZATION, person, webIssuer } from './testing/people.ts'
import { refusalOf } from './testing/refusal.ts'

const issuer = webIssuer().signer
const holder = person().signer.did

const request = (change: Partial<CredentialRequest> = {}): CredentialRequest => ({
  type: 'KYC', subject: holder, organization: ORGANIZATION, claims: CLAIMS.KYC, validFrom: after(-30), validUntil: after(335),
  status: { purpose: 'revocation', list: LIST_URL, index: 4711 }, ...change,
})

describe('the nine schemas', () => {
  it('take a good example of each type and refuse one claim more', async () => {
    expect(CREDENTIAL_TYPES).toHaveLength(9)
    for (const type of CREDENTIAL_TYPES) {
      expect(validateClaims(type, CLAIMS[type])).toBe(CLAIMS[type])
      expect(await refusalOf(() => validateClaims(type, { ...CLAIMS[type], phone: '+504' }))).toBe('CREDENTIAL_SCHEMA claims.phone')
      for (const name of CLAIM_SCHEMAS[type].required) {
        const { [name]: _left, ...rest } = CLAIMS[type]
        expect(await refusalOf(() => validateClaims(type, rest))).toBe(`CREDENTIAL_SCHEMA claims.${name}`)
      }
    }
  })

  it('bound every claim: closed objects, bounded texts, integers that a double holds', () => {
    const bounded = (schema: ClaimSchema): boolean => {
      if (schema.type === 'object') return !schema.additionalProperties && Object.values(schema.properties).every(bounded)
      if (schema.type === 'integer') return schema.minimum >= 0 && schema.maximum <= Number.MAX_SAFE_INTEGER
      return schema.type === 'boolean' || schema.maxLength <= 200
    }
    for (const type of CREDENTIAL_TYPES) expect(bounded(CLAIM_SCHEMAS[type]), type).toBe(true)
  })

  it('take no fraction, no numeric text, no day that is not in the calendar, and name the place', async () => {
    const savings = CLAIMS.SavingsHistory
    for (const averageBalance of [320_000.5, '320000', -1, 2 ** 53, null]) {
      expect(await refusalOf(() => validateClaims('SavingsHistory', { ...savings, averageBalance }))).toBe('CREDENTIAL_SCHEMA claims.averageBalance')
    }
    expect(await refusalOf(() => validateClaims('KYC', { ...CLAIMS.KYC, checkedOn: '2026-02-30' }))).toBe('CREDENTIAL_SCHEMA claims.checkedOn')
    expect(await refusalOf(() => validateClaims('SavingsHistory', { ...savings, currency: 'lempira' }))).toBe('CREDENTIAL_SCHEMA claims.currency')
    expect(await refusalOf(() => validateClaims('Ownership', { ...CLAIMS.Ownership, land: { squareMetres: 1, owner: 'x' } })))
      .toBe('CREDENTIAL_SCHEMA claims.land.owner')
    expect(await refusalOf(() => validateClaims('KYC', []))).toBe('CREDENTIAL_SCHEMA claims')
  })

  it('say of each path which type its claim has', () => {
    expect(claimTypeAt('Ownership', 'land.squareMetres')).toBe('integer')
    expect(claimTypeAt('KYC', 'amlClear')).toBe('boolean')
    for (const path of ['land', 'land.', 'land.x', '__proto__', 'constructor', 'totalValue.length', '$..x']) expect(claimTypeAt('Ownership', path), path).toBeNull()
  })
})

describe('a credential', () => {
  it('is issued in the form of the data model, with organization, status, and times in seconds', async () => {
    const { jwt, id } = await issueCredential(request({ statement: 'digest' }), issuer)
    const { payload } = parseCredential(jwt).jws
    expect(payload).toEqual({
      iss: issuer.did, sub: holder, jti: id, nbf: 1770120000, exp: 1801656000,
      vc: {
        '@context': ['https://www.w3.org/2018/credentials/v1', { '@vocab': 'urn:growr:credential:1:' }],
        type: ['VerifiableCredential', 'KYC'],
        credentialSubject: { id: holder, level: 2, country: 'HN', amlClear: true, checkedOn: '2026-01-15' },
        credentialStatus: {
          id: `${LIST_URL}#4711`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: '4711', statusListCredential: LIST_URL,
        },
        evidence: [{ type: ['OrganizationStatement'], organization: ORGANIZATION, statement: 'digest' }],
      },
    })
    expect(parseCredential(jwt)).toMatchObject({
      id, type: 'KYC', issuer: issuer.did, kid: issuer.kid, organization: ORGANIZATION, subject: holder, claims: CLAIMS.KYC,
      status: { purpose: 'revocation', list: LIST_URL, index: 4711 },
    })
  })

  it('is not issued with bad claims, subjects, times, organizations or places in a list', async () => {
    const refused = (change: Partial<CredentialRequest>): Promise<string> => refusalOf(() => issueCredential(request(change), issuer))
    expect(await refused({ claims: { level: 4, country: 'HN', amlClear: true, checkedOn: '2026-01-15' } })).toBe('CREDENTIAL_SCHEMA claims.level')
    expect(await refused({ type: 'Passport' as 'KYC' })).toBe('CREDENTIAL_TYPE_UNKNOWN type')
    expect(await refused({ subject: 'bea' })).toBe('DID_MALFORMED')
    expect(await refused({ validUntil: after(-30) })).toBe('CREDENTIAL_MALFORMED validUntil')
    expect(await refused({ organization: '' })).toBe('CREDENTIAL_MALFORMED organization')
    expect(await refused({ status: { purpose: 'revocation', list: 'status/1', index: 1 } })).toBe('CREDENTIAL_MALFORMED status')
    expect(await refused({ status: { purpose: 'revocation', list: LIST_URL, index: -1 } })).toBe('CREDENTIAL_MALFORMED status')
  })

  it('is refused where its form is another, by the place', async () => {
    const { jwt } = await issueCredential(request(), issuer)
    const { payload } = parseCredential(jwt).jws
    const vc = payload['vc'] as Record<string, unknown>
    const status = vc['credentialStatus'] as object
    const evidence = vc['evidence'] as unknown[]
    const refused = async (change: object, typ = 'JWT'): Promise<string> => {
      const token = await signJws(issuer, typ, { ...payload, ...change })
      return refusalOf(() => parseCredential(token))
    }
    expect(await refused({}, 'growr-contract+jwt')).toBe('CREDENTIAL_MALFORMED typ')
    expect(await refused({ vc: undefined })).toBe('CREDENTIAL_MALFORMED vc')
    expect(await refused({ vp: {} })).toBe('CREDENTIAL_MALFORMED vp')
    expect(await refused({ sub: undefined })).toBe('CREDENTIAL_MALFORMED iss')
    for (const exp of [undefined, '1801656000', 1801656000.5, 1770120000, 1e300]) expect(await refused({ exp })).toBe('CREDENTIAL_MALFORMED exp')
    expect(await refused({ vc: { ...vc, '@context': ['https://www.w3.org/ns/credentials/v2'] } })).toBe('CREDENTIAL_MALFORMED vc.@context')
    expect(await refused({ vc: { ...vc, type: ['VerifiableCredential', 'KYC', 'Ownership'] } })).toBe('CREDENTIAL_MALFORMED vc.type')
    expect(await refused({ vc: { ...vc, type: ['VerifiableCredential', 'Passport'] } })).toBe('CREDENTIAL_TYPE_UNKNOWN vc.type')
    expect(await refused({ vc: { ...vc, credentialSubject: [] } })).toBe('CREDENTIAL_MALFORMED vc.credentialSubject')
    expect(await refused({ vc: { ...vc, credentialSubject: { id: 'did:example:thief' } } })).toBe('CREDENTIAL_MALFORMED vc.credentialSubject.id')
    expect(await refused({ vc: { ...vc, evidence: [...evidence, ...evidence] } })).toBe('CREDENTIAL_MALFORMED vc.evidence')
    expect(await refused({ vc: { ...vc, credentialStatus: { ...status, type: 'StatusList2021Entry' } } })).toBe('CREDENTIAL_MALFORMED vc.credentialStatus')
    for (const statusListIndex of ['-1', '1.5', '0x1', '01', 7, '1'.repeat(20)]) {
      expect(await refused({ vc: { ...vc, credentialStatus: { ...status, statusListIndex } } })).toBe('CREDENTIAL_MALFORMED vc.credentialStatus.statusListIndex')
    }
  })
})
