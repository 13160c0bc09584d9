import { describe, expect, it } from 'vitest'
import {
  buildDidWebDocument, createResolver, decisiveCheck, didKey, didKeyKid, issueCredential, nativeSigner, parseCriteria, publicJwkOf, type Check, type StatusListSource, type Verification,
} from './index.ts'
import { parseJws, signJws, type Signer } from './jws.ts'
import { after, CLAIMS, HOST, keyPair, LIST_URL, NOW, ORGANIZATION, person, VERIFIER, webIssuer, world, type World } from './testing/people.ts'
import { refusalOf } from './testing/refusal.ts'

const TYPES = ['KYC', 'SavingsHistory', 'CreditHistory'] as const

async function three(scene: World): Promise<[string, string, string]> {
  return [await scene.issue('KYC'), await scene.issue('SavingsHistory'), await scene.issue('CreditHistory')]
}

/** The checks that are not valid, as `path code`; those that were merely not made are left out unless asked for. */
function refused({ checks }: Verification, unmade = false): string[] {
  return checks.filter(({ verdict, code }) => verdict !== 'valid' && (unmade || code !== 'NOT_CHECKED')).map(({ path, code }) => `${path} ${code}`)
}

/** Changes one claim of a signed credential and leaves its signature. */
function tampered(jwt: string, from: string, to: string): string {
  const [header, payload, signature] = jwt.split('.') as [string, string, string]
  const changed = Buffer.from(payload, 'base64url').toString().replace(from, to)
  return `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`
}

describe('a good presentation', () => {
  it('is valid, and lists every check that was made', async () => {
    const scene = world()
    const result = await scene.verify(await scene.present(await three(scene)))
    expect(result.verdict).toBe('valid')
    expect(result.holder).toBe(scene.holder.signer.did)
    expect(decisiveCheck(result)).toBeUndefined()
    const ids = (path: string): string[] => result.checks.filter((check) => check.path === path).map(({ id }) => id)
    expect(ids('checks.presentation')).toEqual(['form', 'signature', 'time', 'verifier', 'challenge'].map((name) => `presentation.${name}`))
    for (const type of TYPES) {
      expect(ids(`checks.${type}`)).toEqual(['form', 'signature', 'holder', 'issuer', 'time', 'status', 'schema', 'present'].map((name) => `credential.${name}`))
    }
    expect(ids('checks.trusted')).toEqual(['trust'])
    expect(ids('checks.criteria')).toEqual(['criteria'])
    expect(result.checks.every(({ verdict, code }) => verdict === 'valid' && code === null)).toBe(true)
  })

  it('tells nothing of what it says', async () => {
    const scene = world()
    const kyc = await scene.issue('KYC', { claims: { ...CLAIMS.KYC, level: 1, fullName: 'Beatriz Quiroz', documentNumber: '0801-1990-12345' } })
    const savings = await scene.issue('SavingsHistory', { claims: { ...CLAIMS.SavingsHistory, averageBalance: 987_654_321 } })
    const result = await scene.verify(await scene.present([kyc, savings, await scene.issue('CreditHistory')]))
    expect(refused(result)).toEqual(['checks.criteria CRITERIA_NOT_MET'])
    for (const word of ['Beatriz', '0801-1990', '987654321', 'fullName', '"HN"', '2026-01-15']) expect(JSON.stringify(result)).not.toContain(word)
  })

  it('may come from a did:key, by Ed25519', async () => {
    const scene = world()
    const { privateKey, publicKey } = keyPair('Ed25519')
    const did = didKey(publicJwkOf(publicKey))
    const holder = nativeSigner(privateKey, did, didKeyKid(did))
    const credentials = await Promise.all(TYPES.map((type) => scene.issue(type, { subject: did })))
    expect((await scene.verify(await scene.present(credentials, { by: holder }))).verdict).toBe('valid')
  })
})

describe('each check refuses by its own reason alone', () => {
  const cases: [string, string[], (scene: World) => Promise<Verification>][] = [
    ['a tampered credential', ['checks.KYC CREDENTIAL_TAMPERED'], async (scene) => {
      const [kyc, ...others] = await three(scene)
      return scene.verify(await scene.present([tampered(kyc, '"level":2', '"level":3'), ...others]))
    }],
    ['a tampered presentation', ['checks.presentation PRESENTATION_TAMPERED'], async (scene) => {
      const token = await scene.present(await three(scene))
      return scene.verify(tampered(token, '"jti":"urn:uuid:', '"jti":"urn:uuix:'))
    }],
    ['a thief', TYPES.map((type) => `checks.${type} HOLDER_MISMATCH`), async (scene) =>
      scene.verify(await scene.present(await three(scene), { by: person().signer }))],
    ['a thief who says that he is the holder', ['checks.presentation PRESENTATION_TAMPERED'], async (scene) => {
      const { did, kid } = scene.holder.signer
      return scene.verify(await scene.present(await three(scene), { by: { ...person().signer, did, kid } }))
    }],
    ['a wrong challenge', ['checks.presentation WRONG_CHALLENGE'], async (scene) =>
      scene.verify(await scene.present(await three(scene), { challenge: 'yesterday' }))],
    ['a wrong verifier', ['checks.presentation WRONG_VERIFIER'], async (scene) =>
      scene.verify(await scene.present(await three(scene), { verifierDid: 'did:web:evil.example:verifier' }))],
    ['an old presentation', ['checks.presentation PRESENTATION_EXPIRED'], async (scene) =>
      scene.verify(await scene.present(await three(scene), { now: new Date(NOW.getTime() - 120_000) }))],
    ['a presentation of the future', ['checks.presentation PRESENTATION_NOT_YET_VALID'], async (scene) =>
      scene.verify(await scene.present(await three(scene), { now: new Date(NOW.getTime() + 1_000) }))],
    ['an issuer that is not trusted', ['checks.KYC ISSUER_UNTRUSTED'], async (scene) => {
      const rogue = person()
      const [, ...others] = await three(scene)
      return scene.verify(await scene.present([await scene.issue('KYC', {}, rogue.signer), ...others]))
    }],
    ['a trusted issuer in the name of another organization', ['checks.KYC ISSUER_UNTRUSTED'], async (scene) => {
      const [, ...others] = await three(scene)
      return scene.verify(await scene.present([await scene.issue('KYC', { organization: 'OTHER' }), ...others]))
    }],
    ['an expired credential', ['checks.KYC CREDENTIAL_EXPIRED'], async (scene) => {
      const [, ...others] = await three(scene)
      return scene.verify(await scene.present([await scene.issue('KYC', { validUntil: NOW }), ...others]))
    }],
    ['a credential of the future', ['checks.KYC CREDENTIAL_NOT_YET_VALID'], async (scene) => {
      const [, ...others] = await three(scene)
      return scene.verify(await scene.present([await scene.issue('KYC', { validFrom: after(1) }), ...others]))
    }],
    ['a revoked credential', ['checks.CreditHistory CREDENTIAL_REVOKED'], async (scene) => {
      const credentials = await three(scene)
      scene.list.set(2, true)
      return scene.verify(await scene.present(credentials))
    }],
    ['a missing credential', ['checks.CreditHistory CREDENTIAL_MISSING'], async (scene) =>
      scene.verify(await scene.present((await three(scene)).slice(0, 2)))],
    ['criteria that are not met', ['checks.criteria CRITERIA_NOT_MET'], async (scene) => {
      const [, ...others] = await three(scene)
      return scene.verify(await scene.present([await scene.issue('KYC', { claims: { ...CLAIMS.KYC, level: 1 } }), ...others]))
    }],
    ['a second credential of a type', ['checks.CreditHistory CREDENTIAL_DUPLICATE'], async (scene) =>
      scene.verify(await scene.present([...(await three(scene)), await scene.issue('CreditHistory')]))],
    ['claims outside the schema', ['checks.KYC CREDENTIAL_SCHEMA'], async (scene) => {
      const [kyc, ...others] = await three(scene)
      const { payload } = parseJws(kyc, 16_384)
      const vc = payload['vc'] as { credentialSubject: object }
      const odd = await signJws(scene.issuer.signer, 'JWT', { ...payload, vc: { ...vc, credentialSubject: { ...vc.credentialSubject, level: '2' } } })
      return scene.verify(await scene.present([odd, ...others]))
    }],
    ['a credential that is none', ['checks.credentials.0 CREDENTIAL_MALFORMED', 'checks.KYC CREDENTIAL_MISSING'], async (scene) => {
      const [, ...others] = await three(scene)
      return scene.verify(await scene.present(['a.b.c', ...others]))
    }],
    ['a malformed credential of a known type', ['checks.KYC CREDENTIAL_MALFORMED'], async (scene) => {
      const [kyc, ...others] = await three(scene)
      const { payload } = parseJws(kyc, 16_384)
      return scene.verify(await scene.present([await signJws(scene.issuer.signer, 'JWT', { ...payload, exp: undefined }), ...others]))
    }],
    ['a credential that could never be revoked', ['checks.KYC STATUS_UNKNOWN'], async (scene) => {
      const [kyc, ...others] = await three(scene)
      const { payload } = parseJws(kyc, 16_384)
      const vc = { ...(payload['vc'] as object), credentialStatus: undefined }
      return scene.verify(await scene.present([await signJws(scene.issuer.signer, 'JWT', { ...payload, vc }), ...others]))
    }],
    ['a key that its holder has retired', ['checks.presentation PRESENTATION_TAMPERED'], async (scene) => {
      const holder = webIssuer('did:web:holder.example')
      const document = buildDidWebDocument(holder.signer.did, { current: [person().jwk], retired: [holder.jwk] })
      const resolver = createResolver({ local: (did) => [document, scene.issuer.document].find(({ id }) => id === did) })
      const credentials = await Promise.all(TYPES.map((type) => scene.issue(type, { subject: document.id })))
      return scene.verify(await scene.present(credentials, { by: holder.signer }), { resolver })
    }],
    ['a status that cannot be asked', TYPES.map((type) => `checks.${type} STATUS_UNKNOWN`), async (scene) => {
      const down: StatusListSource = { check: () => Promise.reject(new Error('down')) }
      return scene.verify(await scene.present(await three(scene)), { statusSource: down })
    }],
  ]

  for (const [name, expected, run] of cases) {
    it(name, async () => {
      const result = await run(world())
      expect(refused(result)).toEqual(expected)
      expect(result.verdict).toBe(expected.every((line) => line.endsWith('STATUS_UNKNOWN')) ? 'unknown' : 'invalid')
      const [path, code] = (expected[0] as string).split(' ')
      expect(decisiveCheck(result)).toMatchObject({ path, code })
    })
  }

  it('no trusted issuer is no trust', async () => {
    const scene = world()
    const criteria = { ...scene.criteria, trusted: [] }
    const result = await scene.verify(await scene.present(await three(scene)), { criteria })
    expect(refused(result)).toEqual(['checks.trusted NO_TRUSTED_ISSUER', ...TYPES.map((type) => `checks.${type} NO_TRUSTED_ISSUER`)])
    expect((await scene.verify(await scene.present([]), { criteria: { required: [], trusted: [] } })).verdict).toBe('invalid')
  })

  it('goes on after a failure, and says what it could not look at', async () => {
    const scene = world()
    const [kyc, savings] = await three(scene)
    scene.list.set(1, true)
    const token = await scene.present([tampered(kyc, '"level":2', '"level":3'), savings], { challenge: 'other' })
    expect(refused(await scene.verify(token), true)).toEqual([
      'checks.presentation WRONG_CHALLENGE', 'checks.KYC CREDENTIAL_TAMPERED', 'checks.KYC NOT_CHECKED', 'checks.SavingsHistory CREDENTIAL_REVOKED',
      'checks.CreditHistory CREDENTIAL_MISSING', 'checks.criteria NOT_CHECKED',
    ])
  })

  it('judges no criterion by a credential that was refused', async () => {
    const scene = world()
    const lying = await scene.issue('CreditHistory', { claims: { loansRepaid: 99, defaults: 0 } }, person().signer)
    const [kyc, savings] = await three(scene)
    const result = await scene.verify(await scene.present([kyc, savings, lying]))
    expect(result.checks.find(({ id }) => id === 'criteria')).toMatchObject({ verdict: 'unknown', code: 'NOT_CHECKED' })
  })

  it('names each criterion that failed, by id and text', async () => {
    const scene = world()
    const savings = await scene.issue('SavingsHistory', { claims: { ...CLAIMS.SavingsHistory, months: 3 } })
    const credit = await scene.issue('CreditHistory', { claims: { loansRepaid: 3, defaults: 7 } })
    const { checks } = await scene.verify(await scene.present([await scene.issue('KYC'), savings, credit]))
    expect(checks.find(({ id }) => id === 'criteria')).toEqual<Check>({
      id: 'criteria', path: 'checks.criteria', verdict: 'invalid', code: 'CRITERIA_NOT_MET',
      criteria: [
        { id: 'savings-months', text: 'A year of saving', fact: 'SavingsHistory', path: 'months' },
        { id: 'no-defaults', text: 'CreditHistory.defaults is 0', fact: 'CreditHistory', path: 'defaults' },
      ],
    })
  })
})

describe('what is signed is what is believed', () => {
  it('refuses unsigned, other algorithms, other kinds of token', async () => {
    const scene = world()
    const credentials = await three(scene)
    const token = await scene.present(credentials)
    const code = async (value: unknown): Promise<string[]> => refused(await scene.verify(value))
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    expect(await code(`${none}.${token.split('.')[1]}.`)).toEqual(['checks.presentation ALGORITHM_REFUSED'])
    const eddsa = { ...scene.holder.signer, algorithm: 'EdDSA' } as Signer
    expect(await code(await scene.present(credentials, { by: eddsa }))).toEqual(['checks.presentation ALGORITHM_REFUSED'])
    for (const value of [undefined, null, 7, '', 'a.b.c', {}, credentials[0], 'x'.repeat(300_000)]) {
      expect(await code(value)).toEqual(['checks.presentation PRESENTATION_MALFORMED'])
    }
    const { payload } = parseJws(token, 300_000)
    expect(await code(await signJws(scene.holder.signer, 'growr-contract+jwt', payload))).toEqual(['checks.presentation PRESENTATION_MALFORMED'])
    const odd = async (change: object): Promise<string[]> => code(await signJws(scene.holder.signer, 'JWT', { ...payload, ...change }))
    expect(await odd({ aud: [VERIFIER, 'did:web:evil.example:verifier'] })).toEqual(['checks.presentation PRESENTATION_MALFORMED'])
    expect(await odd({ aud: [VERIFIER] })).toEqual([])
    expect(await odd({ nonce: undefined })).toEqual(['checks.presentation WRONG_CHALLENGE'])
    expect(await odd({ exp: (payload['iat'] as number) + 901 })).toEqual(['checks.presentation PRESENTATION_LIFETIME'])
    const leaking = `did:jwk:${Buffer.from('{"kty":"EC","d":"x"}').toString('base64url')}`
    expect(await code(await scene.present(credentials, { by: { ...scene.holder.signer, did: leaking, kid: `${leaking}#0` } })))
      .toContain('checks.presentation DID_PRIVATE_KEY')
  })

  it('needs a verifier and a challenge of the caller', async () => {
    const scene = world()
    const token = await scene.present(await three(scene))
    expect(await refusalOf(() => scene.verify(token, { challenge: '' }))).toBe('PRESENTATION_MALFORMED')
    expect(await refusalOf(() => scene.verify(token, { verifierDid: '' }))).toBe('PRESENTATION_MALFORMED')
  })

  it('asks the network about no DID that the project does not trust, and about no list of theirs', async () => {
    const calls: string[] = []
    const far = webIssuer('did:web:far.example:issuer')
    const fetcher = { async fetch(url: URL) { calls.push(url.href); return JSON.stringify(far.document) } }
    const scene = world()
    const statusSource: StatusListSource = { check: (entry) => { calls.push(entry.list); return { verdict: 'valid' } } }
    const resolver = createResolver({ fetcher })
    const { jwt } = await issueCredential({
      type: 'KYC', subject: scene.holder.signer.did, organization: ORGANIZATION, claims: CLAIMS.KYC, validFrom: after(-1), validUntil: after(1),
      status: { purpose: 'revocation', list: LIST_URL, index: 1 },
    }, far.signer)
    const token = await scene.present([jwt])
    const without = parseCriteria({ required: ['KYC'], trusted: [{ issuer: `did:web:${HOST}:issuer`, organization: ORGANIZATION }] })
    expect(refused(await scene.verify(token, { resolver, statusSource, criteria: without }))).toEqual(['checks.KYC ISSUER_UNTRUSTED'])
    expect(calls).toEqual([])
    const criteria = parseCriteria({ required: ['KYC'], trusted: [{ issuer: far.signer.did, organization: ORGANIZATION }] })
    expect((await scene.verify(token, { resolver, statusSource, criteria })).verdict).toBe('valid')
    expect(calls).toEqual(['https://far.example/issuer/did.json', LIST_URL])
  })

  it('does not know where a trusted issuer cannot be reached', async () => {
    const far = webIssuer('did:web:far.example:issuer')
    const scene = world()
    const resolver = createResolver({ fetcher: { fetch: () => Promise.reject(new Error('down')) } })
    const token = await scene.present([await scene.issue('KYC', {}, far.signer)])
    const criteria = parseCriteria({ required: ['KYC'], trusted: [{ issuer: far.signer.did, organization: ORGANIZATION }] })
    const result = await scene.verify(token, { resolver, criteria })
    expect(result.verdict).toBe('unknown')
    expect(refused(result)).toEqual(['checks.KYC DID_UNRESOLVED'])
  })

  it('keeps no verdict: what was good is refused once it is revoked, or late', async () => {
    const scene = world()
    const token = await scene.present(await three(scene))
    expect((await scene.verify(token)).verdict).toBe('valid')
    scene.list.set(0, true)
    scene.statusSource.forget(LIST_URL, scene.issuer.signer.did)
    expect(refused(await scene.verify(token))).toEqual(['checks.KYC CREDENTIAL_REVOKED'])
    expect(refused(await scene.verify(token, { now: new Date(NOW.getTime() + 120_000) }))).toContain('checks.presentation PRESENTATION_EXPIRED')
  })

  it('is valid to the last second and from the first, and allows for other clocks where told', async () => {
    const scene = world()
    const from = new Date(NOW.getTime() + 5_000)
    const token = await scene.present(await three(scene), { now: from })
    expect((await scene.verify(token, { now: from })).verdict).toBe('valid')
    expect((await scene.verify(token, { now: new Date(from.getTime() + 119_999) })).verdict).toBe('valid')
    expect((await scene.verify(token)).verdict).toBe('invalid')
    expect((await scene.verify(token, { toleranceSeconds: 5 })).verdict).toBe('valid')
  })

  it('evaluates many at once, each by its own facts', async () => {
    const scene = world()
    const results = await Promise.all(Array.from({ length: 64 }, async (_, number) => {
      const claims = { ...CLAIMS.KYC, level: number % 2 === 0 ? 3 : 1 }
      const token = await scene.present([await scene.issue('KYC', { claims }), await scene.issue('SavingsHistory'), await scene.issue('CreditHistory')])
      return (await scene.verify(token)).verdict
    }))
    expect(results).toEqual(results.map((_, number) => (number % 2 === 0 ? 'valid' : 'invalid')))
  })
})
