import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { StatusEntry } from './credential.ts'
import { createResolver } from './did/resolver.ts'
import { CredentialError } from './errors.ts'
import { signJws } from './jws.ts'
import { allocateStatusIndex, MIN_STATUS_BITS, signStatusList, StatusList, type StatusListRequest } from './status-list.ts'
import { StatusListReader, type StatusVerdict } from './status-source.ts'
import { after, LIST_URL, NOW, webIssuer } from './testing/people.ts'
import { refusalOf } from './testing/refusal.ts'

const entry = (index: number, purpose: StatusEntry['purpose'] = 'revocation'): StatusEntry => ({ purpose, list: LIST_URL, index })

describe('a status list', () => {
  it('has the most significant bit of the first byte first', () => {
    const list = new StatusList()
    for (const index of [0, 9, MIN_STATUS_BITS - 1]) list.set(index, true)
    const bytes = list.toBytes()
    expect([bytes[0], bytes[1], bytes.at(-1)]).toEqual([0b1000_0000, 0b0100_0000, 0b0000_0001])
    list.set(9, false)
    expect([list.get(0), list.get(9), list.get(MIN_STATUS_BITS - 1)]).toEqual([true, false, true])
  })

  it('reads the example of the specification: an empty list of 131,072 bits', async () => {
    // Bitstring Status List v1.0, example 4 (encodedList).
    const list = await StatusList.decode('uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA')
    expect(list.length).toBe(131_072)
    expect(list.toBytes().every((byte) => byte === 0)).toBe(true)
  })

  it('survives packing', async () => {
    const list = new StatusList()
    for (let index = 3; index < list.length; index += 997) list.set(index, true)
    expect((await StatusList.decode(await list.encode())).toBytes()).toEqual(list.toBytes())
  })

  it('refuses short lists, other encodings and bombs', async () => {
    expect(await refusalOf(() => new StatusList(1024))).toBe('STATUS_LIST_MALFORMED')
    expect(await refusalOf(() => StatusList.decode(`u${gzipSync(Buffer.alloc(100)).toString('base64url')}`))).toBe('STATUS_LIST_MALFORMED')
    for (const encoded of [undefined, 7, '', 'H4sI', 'u!!!', 'uAAAA', 'z11']) expect(await refusalOf(() => StatusList.decode(encoded))).toBe('STATUS_LIST_MALFORMED')
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(400_000)
    const before = process.memoryUsage().rss
    expect(await refusalOf(() => StatusList.decode(`u${bomb.toString('base64url')}`))).toBe('STATUS_LIST_TOO_LARGE')
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
    for (const index of [-1, 0.5, MIN_STATUS_BITS]) expect(await refusalOf(() => new StatusList().get(index))).toBe('STATUS_INDEX_OUT_OF_RANGE')
  })

  it('gives out free places at random, and says when it is full', async () => {
    const taken = new Set<number>()
    for (let i = 0; i < 500; i += 1) taken.add(allocateStatusIndex((index) => taken.has(index)))
    expect(taken.size).toBe(500)
    const sorted = [...taken].sort((a, b) => a - b)
    expect(sorted).not.toEqual([...taken])
    expect(Math.max(...taken) - Math.min(...taken)).toBeGreaterThan(MIN_STATUS_BITS / 2)
    expect(await refusalOf(() => allocateStatusIndex(() => true))).toBe('STATUS_LIST_FULL')
    const tries = [3, 5, 7]
    expect(allocateStatusIndex((index) => index !== 7, 8, () => tries.shift() as number)).toBe(7)
  })
})

describe('the reader of status lists', () => {
  const { signer, document } = webIssuer()
  const other = webIssuer('did:web:other.example:issuer')
  const resolver = createResolver({ local: (did) => [document, other.document].find(({ id }) => id === did) })
  const list = new StatusList()
  list.set(7, true)

  function reader(answer: () => string | Promise<string>, options: { maxTtlMs?: number } = {}) {
    const fetcher = { calls: 0, async fetch() { this.calls += 1; return answer() } }
    return { fetcher, source: new StatusListReader({ resolver, fetcher, ...options }) }
  }

  const signed = (change: Partial<StatusListRequest> = {}, by = signer): Promise<string> =>
    signStatusList({ url: LIST_URL, purpose: 'revocation', list, now: NOW, ...change }, by)

  const verdictOf = async (token: Promise<string> | string, of: StatusEntry = entry(1), now = NOW): Promise<StatusVerdict> =>
    reader(() => token).source.check(of, signer.did, now)

  it('says valid or revoked, and fetches once for its ttl', async () => {
    const { fetcher, source } = reader(() => signed({ ttlSeconds: 60 }))
    const verdicts = await Promise.all([1, 7, 1].map(async (index) => source.check(entry(index), signer.did, NOW)))
    expect(verdicts).toEqual([{ verdict: 'valid' }, { verdict: 'invalid', code: 'CREDENTIAL_REVOKED' }, { verdict: 'valid' }])
    await source.check(entry(1), signer.did, new Date(NOW.getTime() + 59_999))
    expect(fetcher.calls).toBe(1)
    await source.check(entry(1), signer.did, new Date(NOW.getTime() + 60_000))
    expect(fetcher.calls).toBe(2)
  })

  it('keeps no list longer than told, and forgets one on demand', async () => {
    const { fetcher, source } = reader(() => signed({ ttlSeconds: 86_400 }), { maxTtlMs: 1_000 })
    await source.check(entry(1), signer.did, NOW)
    await source.check(entry(1), signer.did, new Date(NOW.getTime() + 1_000))
    expect(fetcher.calls).toBe(2)
    source.forget(LIST_URL, signer.did)
    await source.check(entry(1), signer.did, new Date(NOW.getTime() + 1_001))
    expect(fetcher.calls).toBe(3)
  })

  it('does not keep a list that was forgotten while it was being read', async () => {
    const revoking = new StatusList()
    let release: (token: string) => void = () => undefined
    const answers = [new Promise<string>((resolve) => (release = resolve)), signed({ list: revoking })]
    const { source } = reader(() => answers.shift() as Promise<string>)
    const first = source.check(entry(1), signer.did, NOW)
    revoking.set(1, true)
    source.forget(LIST_URL, signer.did)
    release(await signed({ list: new StatusList() }))
    expect(await first).toEqual({ verdict: 'valid' })
    answers[0] = signed({ list: revoking })
    expect(await source.check(entry(1), signer.did, NOW)).toEqual({ verdict: 'invalid', code: 'CREDENTIAL_REVOKED' })
  })

  it('does not know where the list cannot be reached or is out of date, and asks again', async () => {
    let up = false
    const { source } = reader(async () => (up ? signed() : Promise.reject(new CredentialError('FETCH_FAILED', 'down'))))
    expect(await source.check(entry(1), signer.did, NOW)).toEqual({ verdict: 'unknown', code: 'STATUS_UNKNOWN' })
    up = true
    expect(await source.check(entry(1), signer.did, NOW)).toEqual({ verdict: 'valid' })
    expect(await new StatusListReader({ resolver }).check(entry(1), signer.did, NOW)).toEqual({ verdict: 'unknown', code: 'STATUS_UNKNOWN' })
    expect(await verdictOf(signed({ lifetimeSeconds: 60 }), entry(1), after(1))).toEqual({ verdict: 'unknown', code: 'STATUS_LIST_EXPIRED' })
    expect(await verdictOf(signed({ now: after(1) }))).toEqual({ verdict: 'unknown', code: 'STATUS_LIST_EXPIRED' })
  })

  it('does not serve a kept list once its time is over and its server is gone', async () => {
    let up = true
    const { source } = reader(async () => (up ? signed() : Promise.reject(new Error('down'))))
    expect(await source.check(entry(1), signer.did, NOW)).toEqual({ verdict: 'valid' })
    up = false
    expect(await source.check(entry(1), signer.did, after(1))).toEqual({ verdict: 'unknown', code: 'STATUS_UNKNOWN' })
  })

  it('refuses a list of another issuer, purpose, address, or with a wrong signature, each by its reason', async () => {
    const code = async (token: Promise<string> | string, of?: StatusEntry): Promise<string> => {
      const verdict = await verdictOf(token, of)
      return verdict.verdict === 'invalid' ? verdict.code : verdict.verdict
    }
    expect(await code(signed({}, other.signer))).toBe('STATUS_LIST_WRONG_ISSUER')
    expect(await code(signed({}, { ...other.signer, did: signer.did, kid: signer.kid }))).toBe('STATUS_LIST_TAMPERED')
    expect(await code(signed({}, { ...signer, kid: `${signer.did}#other` }))).toBe('STATUS_LIST_TAMPERED')
    expect(await code(signed({ purpose: 'suspension' }))).toBe('STATUS_LIST_WRONG_PURPOSE')
    expect(await code(signed({ url: `${LIST_URL}0` }))).toBe('STATUS_LIST_MALFORMED')
    expect(await code(signed(), entry(MIN_STATUS_BITS))).toBe('STATUS_INDEX_OUT_OF_RANGE')
    expect(await code('{}')).toBe('STATUS_LIST_MALFORMED')
    expect(await code('x'.repeat(3 * 1024 * 1024))).toBe('STATUS_LIST_TOO_LARGE')
    expect(await code(Promise.reject(new CredentialError('FETCH_TOO_LARGE', 'large')))).toBe('STATUS_LIST_TOO_LARGE')
    const bomb = `u${gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64url')}`
    const subject = { type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: bomb }
    const vc = { type: ['VerifiableCredential', 'BitstringStatusListCredential'], credentialSubject: subject }
    expect(await code(signJws(signer, 'JWT', { iss: signer.did, jti: LIST_URL, nbf: 0, vc }))).toBe('STATUS_LIST_TOO_LARGE')
  })

  it('never calls an address that is not https', async () => {
    const { fetcher, source } = reader(() => signed())
    expect(await source.check({ ...entry(1), list: 'http://169.254.169.254/latest' }, signer.did, NOW)).toEqual({ verdict: 'unknown', code: 'STATUS_UNKNOWN' })
    expect(fetcher.calls).toBe(0)
  })
})
